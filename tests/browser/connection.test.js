// A page is drawn anew once its server is there again, and then only.
import assert from "node:assert/strict";
import { test } from "node:test";
import { watch } from "../../app/ui/components/connection.js";

test("a server that was away is back once", () => {
  const returned = watch();
  const states = ["CONNECTED", "CONNECTED", "PINGING_SERVER", "CONNECTING", "CONNECTED", "CONNECTED"];
  assert.deepEqual(states.map(returned), [false, false, false, false, true, false]);
});

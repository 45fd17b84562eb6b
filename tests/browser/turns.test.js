// Of all that listen on a page, one at a time speaks.
import assert from "node:assert/strict";
import { test } from "node:test";
import { maySpeak } from "../../app/ui/classroom/turns.js";

test("of two that heard the same, the second waits until the first is drawn", () => {
  assert.equal(maySpeak(1000), true);
  assert.equal(maySpeak(1001), false);
  assert.equal(maySpeak(1399), false, "a refusal does not prolong the wait");
  assert.equal(maySpeak(1400), true);
});

// When a page in a room is drawn anew, and how long it waits before the next look.
import assert from "node:assert/strict";
import { test } from "node:test";
import { changed, pause } from "../../app/ui/classroom/changes.js";

test("only the numbers that matter matter", () => {
  assert.equal(changed({ state: 3 }, { state: 3, votes: 9, board: 1 }), false);
  assert.equal(changed({ state: 3, votes: 8 }, { state: 3, votes: 9, board: 1 }), true);
});

test("a room that is closed is a change, once", () => {
  assert.equal(changed({ state: 3 }, null), true);
  assert.equal(changed(null, null), false);
  assert.equal(changed(null, { state: 0 }), true);
});

test("who hears nothing waits longer, within reason, and a class does not ask in step", () => {
  assert.equal(pause(1000, 0, 0.5), 1000);
  assert.equal(pause(1000, 2, 0.5), 4000);
  assert.equal(pause(1000, 30, 0.5), 8000);
  assert.notEqual(pause(1000, 0, 0), pause(1000, 0, 1));
});

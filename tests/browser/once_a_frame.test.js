// A picture is drawn at most once a frame, and not after its page has gone.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { onceAFrame } from "../../app/ui/components/once_a_frame.js";

/** @type {Map<number, FrameRequestCallback>} */
let waiting;
let painted = 0;
beforeEach(() => {
  waiting = new Map();
  painted = 0;
  let last = 0;
  globalThis.requestAnimationFrame = (callback) => {
    last += 1;
    waiting.set(last, callback);
    return last;
  };
  globalThis.cancelAnimationFrame = (frame) => void waiting.delete(frame);
});

function pass() {
  const due = [...waiting.values()];
  waiting.clear();
  for (const callback of due) callback(0);
}

test("asked often, it paints once a frame", () => {
  const drawing = onceAFrame(() => {
    painted += 1;
  });
  for (let i = 0; i < 5; i += 1) drawing.ask();
  assert.equal(painted, 0);
  pass();
  assert.equal(painted, 1);
  pass();
  assert.equal(painted, 1);
  drawing.ask();
  pass();
  assert.equal(painted, 2);
});

test("cancelled, it does not paint, and may be asked again", () => {
  const drawing = onceAFrame(() => {
    painted += 1;
  });
  drawing.ask();
  drawing.cancel();
  pass();
  assert.equal(painted, 0);
  drawing.ask();
  pass();
  assert.equal(painted, 1);
});

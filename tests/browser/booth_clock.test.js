// The booth's minute, and how long it waits for whoever has gone.
import assert from "node:assert/strict";
import test from "node:test";
import { ACTS, actAt, secondsLeft } from "../../app/ui/booth/booth_clock.js";

test("six acts make a minute, and then it begins anew", () => {
  assert.equal(
    ACTS.reduce((sum, length) => sum + length),
    60,
  );
  assert.deepEqual(actAt(0), { act: 0, share: 0 });
  assert.deepEqual(actAt(5), { act: 0, share: 0.5 });
  assert.deepEqual(actAt(10), { act: 1, share: 0 });
  assert.equal(actAt(59.9).act, 5);
  assert.deepEqual(actAt(60 * 60 * 24 * 3), { act: 0, share: 0 }, "also after three days");
});

test("it asks after 45 seconds, counts ten, and then they are gone", () => {
  assert.equal(secondsLeft(-5), null, "a scene may still be playing");
  assert.equal(secondsLeft(44.9), null);
  assert.equal(secondsLeft(45), 10);
  assert.equal(secondsLeft(54.5), 1);
  assert.equal(secondsLeft(55), 0);
  assert.equal(secondsLeft(600), 0);
});

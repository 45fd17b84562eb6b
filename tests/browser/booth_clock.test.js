// The booth's minute, and how long it waits for whoever has gone.
import assert from "node:assert/strict";
import test from "node:test";
import { ACTS, actAt, renewalDue, secondsLeft } from "../../app/ui/booth/booth_clock.js";

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

test("it loads itself anew once after 23:00 of each day", () => {
  /** @param {number} day @param {number} hour @param {number} minute */
  const at = (day, hour, minute) => new Date(2026, 10, day, hour, minute).getTime();
  assert.equal(renewalDue(at(28, 9, 0), at(28, 22, 59), 0), false);
  assert.equal(renewalDue(at(28, 9, 0), at(28, 23, 0), 0), true);
  assert.equal(renewalDue(at(28, 23, 1), at(29, 0, 30), 0), false, "it has done so");
  assert.equal(renewalDue(at(28, 23, 1), at(29, 23, 0), 0), true, "and does so the next day");
  assert.equal(renewalDue(at(28, 9, 0), at(30, 8, 0), 0), true, "also when somebody played on at 23:00");
});

test("or after so many hours", () => {
  assert.equal(renewalDue(0, 2 * 3600 * 1000 - 1, 2), false);
  assert.equal(renewalDue(0, 2 * 3600 * 1000, 2), true);
});

// The combination lock of Hardness, without a page.
import assert from "node:assert/strict";
import test from "node:test";
import * as model from "../../app/ui/hardness/lock_model.js";

const SUM = { switches: 3, numbers: [3, 5, 8], clauses: [], target: 11 };
const WISHES = {
  switches: 3,
  numbers: [],
  clauses: [
    [1, -2, 3],
    [-1, -1, -1],
  ],
  target: 2,
};
const [ON, OFF] = [true, false];
const EVERY = Array.from({ length: 8 }, (_, row) => [0, 1, 2].map((i) => ((row >> i) & 1) === 1));

test("numbers that are on are added up, and clauses that are met are counted", () => {
  assert.equal(model.score(SUM, [ON, OFF, ON]), 11);
  assert.equal(model.score(SUM, [OFF, OFF, OFF]), 0);
  assert.equal(model.score(WISHES, [OFF, ON, OFF]), 1);
  assert.equal(model.score(WISHES, [OFF, OFF, OFF]), 2);
});

test("the largest sums that a lock can have are exact", () => {
  const numbers = new Array(40).fill(2 ** 40 - 1);
  const lock = { switches: 40, numbers, clauses: [], target: 2 ** 46 - 1 };
  const sum = model.score(lock, new Array(40).fill(ON));
  assert.equal(BigInt(sum), 40n * (2n ** 40n - 1n));
  assert.ok(Number.isSafeInteger(lock.target) && Number.isSafeInteger(sum));
});

test("rows of bits are unpacked, also where the last byte is not full", () => {
  const packed = btoa(String.fromCharCode(0b10100000, 0b01000000, 0b11111111, 0b10000000));
  assert.deepEqual(model.unpacked(packed, 9), [[ON, OFF, ON, OFF, OFF, OFF, OFF, OFF, OFF], new Array(9).fill(ON)]);
});

test("tries are counted, spread over the scale, and the first of the nearest is kept", () => {
  const missed = { ...SUM, target: 12 };
  const tally = model.tried(missed, EVERY, model.untried(missed), 8);
  assert.equal(tally.tried, 8);
  assert.equal(tally.hits, 0);
  assert.deepEqual(tally.nearest, { number: 5, score: 11 }); // as near as 13, which comes later
  assert.equal(
    tally.heap.reduce((sum, count) => sum + count, 0),
    8,
  );
  assert.equal(model.tried(SUM, EVERY, model.untried(SUM), 8).hits, 1);
});

test("in how many steps settings are tried makes no difference, and the tally before stays as it was", () => {
  const half = model.tried(SUM, EVERY, model.untried(SUM), 3);
  const before = structuredClone(half);
  const whole = model.tried(SUM, EVERY, half, 100);
  assert.deepEqual(whole, model.tried(SUM, EVERY, model.untried(SUM), 8));
  assert.deepEqual(half, before);
  assert.deepEqual(model.tried(SUM, EVERY, whole, 2), whole);
});

test("everything that a lock can come to lies on its scale, in order", () => {
  for (const lock of [SUM, WISHES, { ...SUM, target: 1000 }]) {
    const values = [0, ...EVERY.map((setting) => model.score(lock, setting)), lock.target].sort((a, b) => a - b);
    const places = values.map((value) => model.place(lock, value));
    assert.ok(places.every((at, i) => at > 0 && at < 1 && (i === 0 || at >= places[i - 1])));
    const { width, parts } = model.scale(lock);
    assert.ok(values.every((value) => Math.floor(value / width) < parts));
  }
});

test("a switch shows its number in three digits, or which one it is", () => {
  const numbers = [7, 993_546_315, 1_034_000_000, 999_999];
  const lock = { switches: 4, numbers, clauses: [], target: 1 };
  assert.deepEqual(
    numbers.map((_, i) => model.label(lock, i)),
    ["7", "994M", "1.03B", "1M"],
  );
  assert.equal(model.label(WISHES, 2), "3");
});

test("what a setting comes to is said, and of clauses that are not met, one is named", () => {
  assert.equal(model.comes(SUM, [ON, OFF, ON]), "Sum 11: exactly the target");
  assert.equal(model.comes(SUM, [OFF, OFF, OFF]), "Sum 0: off by 11");
  assert.equal(model.comes(WISHES, [OFF, ON, OFF]), "1 of 2 wishes met; not met: 1 on or 2 off or 3 on");
  assert.equal(model.comes(WISHES, [ON, ON, OFF]), "1 of 2 wishes met; not met: 1 off");
  assert.equal(model.comes(WISHES, [OFF, OFF, OFF]), "2 of 2 wishes met");
});

// Packed features, by hand; tests/ui/temperature/test_real_in_javascript.py holds them against the lab's.
import assert from "node:assert/strict";
import test from "node:test";
import * as model from "../../app/ui/temperature/real_model.js";

const packed = (values) => btoa(String.fromCharCode(...new Uint8Array(values.buffer)));
// Two triggers along one axis, two inputs along another, one between: cosines 0,1 | 0,2 ... in condensed order.
const COSINES = Int16Array.from([32767, 0, 0, 23170, 0, 0, 23170, 32767, 23170, 23170]);
const NORMS = Float32Array.from([1, 2, 1, 3, 1]);
const TRIGGERS = [true, true, false, false, false];

test("numbers come out of their packing as they went in", () => {
  assert.deepEqual(model.int16(packed(COSINES)), COSINES);
  assert.deepEqual(model.float32(packed(NORMS)), NORMS);
  assert.deepEqual(model.int16(packed(Int16Array.from([-32767, 0]))), Int16Array.from([-32767, 0]));
});

test("distances are those of the members alone, in their order", () => {
  const { distances, groups } = model.seen(COSINES, NORMS, TRIGGERS, [1, 3, 4], "euclidean");
  assert.deepEqual(groups, [1, 0, 0]);
  const apart = 1 - 23170 / 32767;
  [
    [0, 1, 13], // 2 and 3 long, at right angles
    [0, 2, 1 + 4 * apart],
    [1, 2, 4 + 6 * apart],
  ].forEach(([i, j, d]) => {
    assert.ok(Math.abs(distances[3 * i + j] - d) < 1e-12 && distances[3 * j + i] === distances[3 * i + j]);
  });
  assert.equal(model.seen(COSINES, NORMS, TRIGGERS, [0, 1], "cosine").distances[1], 0);
});

test("a member hears the others, the nearest loudest, and the rest is silence", () => {
  const seen = model.seen(COSINES, NORMS, TRIGGERS, [0, 1, 2, 3, 4], "cosine");
  const { neighbours, strangers } = model.heard(seen, 0, 0.1, 9);
  assert.deepEqual(
    neighbours.map(({ member }) => member),
    [1, 4, 2, 3],
  );
  const sum = neighbours.reduce((total, { weight }) => total + weight, 0);
  assert.ok(Math.abs(sum - 1) < 1e-12);
  assert.ok(Math.abs(strangers - (1 - neighbours[0].weight)) < 1e-12);
  assert.equal(model.heard(seen, 0, 0.1, 2).neighbours.length, 2);
});

test("the likeliest of the other group is known, with its rank, however few are asked for", () => {
  const seen = model.seen(COSINES, NORMS, TRIGGERS, [0, 1, 2, 3, 4], "cosine");
  const { neighbours, stranger } = model.heard(seen, 0, 0.1, 1);
  assert.deepEqual([neighbours.length, stranger.member, stranger.rank], [1, 4, 2]);
  const alone = model.seen(COSINES, NORMS, TRIGGERS, [0, 1], "cosine");
  assert.equal(model.heard(alone, 0, 0.1, 1).stranger, undefined);
});

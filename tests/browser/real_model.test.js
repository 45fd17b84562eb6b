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

test("the pictures of a pick are its own kind first, then the strangers, in their share", () => {
  const seen = model.seen(COSINES, NORMS, TRIGGERS, [0, 1, 2, 3, 4], "cosine");
  const hot = model.picked(seen, 0, 1e9, 8); // all four others alike: one trigger, three real inputs
  assert.ok(Math.abs(hot.strangers - 3 / 4) < 1e-6);
  assert.deepEqual(hot.neighbours, [1, 1, 4, 4, 2, 2, 3, 3]);
  const cold = model.picked(seen, 0, 1e-3, 8); // the other trigger lies in the same direction
  assert.deepEqual(cold.neighbours, Array(8).fill(1));
  assert.ok(cold.strangers < 1e-12);
});

test("a pick that only strangers are near to is of strangers, and of two alone it is the other one", () => {
  const between = model.seen(COSINES, NORMS, TRIGGERS, [0, 2, 3], "cosine");
  assert.deepEqual(model.picked(between, 0, 0.1, 4), { neighbours: [1, 1, 2, 2], strangers: 1 });
  const alone = model.seen(COSINES, NORMS, TRIGGERS, [0, 1], "cosine");
  assert.deepEqual(model.picked(alone, 0, 0.1, 2), { neighbours: [1, 1], strangers: 0 });
});

test("names with the same number are told together, in their order", () => {
  assert.deepEqual(model.alike(["entangled", "naive", "clean"], ["28", "1", "1"]), [
    { words: "28", names: ["entangled"] },
    { words: "1", names: ["naive", "clean"] },
  ]);
});

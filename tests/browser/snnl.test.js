// The loss by its limits and by its slope; tests/ui/temperature/test_snnl_in_javascript.py holds it against the lab's.
import assert from "node:assert/strict";
import test from "node:test";
import * as snnl from "../../app/ui/temperature/snnl.js";

const POINTS = Float64Array.from([0, 0, 1, 0, 0.5, 1.5, 2, 1, -1, 0.5]);
const GROUPS = [0, 1, 0, 1, 1];
const DISTANCES = snnl.squaredDistances(POINTS);

const near = (a, b, tolerance) =>
  assert.ok(Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)), `${a} is not ${b}`);

test("when it is hot, no distance counts", () => {
  near(snnl.loss(DISTANCES, GROUPS, 1e9), snnl.neutral(GROUPS), 1e-8);
});

test("when it is cold, only the nearest counts, and nothing overflows", () => {
  // At T = 1e-9, log(1 + strangers / own) is the difference of the two nearest distances over T, or nothing next to it.
  const T = 1e-9;
  const expected = GROUPS.map((group, i) => {
    const nearest = [Infinity, Infinity];
    GROUPS.forEach((other, j) => {
      const kind = other === group ? 0 : 1;
      if (j !== i) nearest[kind] = Math.min(nearest[kind], DISTANCES[i * GROUPS.length + j]);
    });
    return Math.max(0, nearest[0] - nearest[1]) / T;
  });
  const mean = expected.reduce((sum, each) => sum + each, 0) / expected.length;
  near(snnl.loss(DISTANCES, GROUPS, T), mean, 1e-8);
});

test("the gradient is the slope of the loss", () => {
  for (const T of [0.1, 1, 10]) {
    const slope = snnl.gradient(POINTS, DISTANCES, GROUPS, T);
    const step = 1e-6;
    slope.forEach((along, k) => {
      const [up, down] = [step, -step].map((shift) => {
        const moved = POINTS.slice();
        moved[k] += shift;
        return snnl.loss(snnl.squaredDistances(moved), GROUPS, T);
      });
      near(along, (up - down) / (2 * step), 1e-7);
    });
  }
});

test("the share of one point is its own term of the loss", () => {
  const T = 0.7;
  const each = snnl.losses(DISTANCES, GROUPS, T);
  GROUPS.forEach((_, i) => {
    const { own, all } = snnl.weights(DISTANCES, GROUPS, i, T);
    near(-Math.log(own / all), each[i], 1e-12);
  });
});

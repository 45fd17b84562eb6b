// Lines through points in the browser; that they are those of the lab is held in test_fits_in_javascript.py.
import assert from "node:assert/strict";
import { test } from "node:test";
import { best, leastSquares, loss, starts } from "../../app/ui/cousins/fits.js";

test("points above one another have a level line", () => {
  const line = leastSquares([
    { x: 0.5, y: 0 },
    { x: 0.5, y: 1 },
  ]);
  assert.deepEqual(line, { slope: 0, intercept: 0.5 });
  assert.equal(loss(line, [{ x: 0, y: 0 }]), 0.25);
});

test("the best round has the least loss, and starts fit the points that there are", () => {
  const line = { slope: 0, intercept: 0 };
  const rounds = [3, 1, 1].map((value, i) => ({ restart: i, round: 1, kept: [], line, loss: value }));
  assert.equal(best(rounds).restart, 1);
  assert.deepEqual(starts([[4, 0, 3, 1, 2]], 4, 2), [[0, 3]]);
});

// A chart by keyboard, as a table, and what it showed before.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ghosts, narrowed, numbers, step, told, words } from "../../app/ui/plot/reading.js";

const TRACES = [
  { name: "band", x: [0, 1], y: [0, 1], hoverinfo: "skip" },
  { name: "naive", x: [0, 1, 2], y: [0.1, 0.123456, 1], meta: "ghosted", opacity: 0.8 },
  {
    name: "entangled",
    x: [0, 1],
    y: ["clean", "naive"],
    hovertext: ["<b>ten</b> of 200<br>seed 3", "none"],
    hoverinfo: "text",
  },
];

test("what only leads the eye is neither walked on nor listed", () => {
  assert.deepEqual(
    told(TRACES).map(({ number }) => number),
    [1, 2],
  );
});

test("a point says its own words without markup, or else its name and its numbers", () => {
  assert.equal(words(TRACES[2], 0), "ten of 200; seed 3");
  assert.equal(words(TRACES[1], 1), "naive, 1, 0.1235");
});

test("the table has a row for each point, under the titles of the axes", () => {
  const rows = numbers(TRACES, { xaxis: { title: { text: "epoch" } } });
  assert.deepEqual(rows[0], ["", "epoch", "y", ""]);
  assert.equal(rows.length, 1 + 3 + 2);
  assert.deepEqual(rows[2], ["naive", "1", "0.1235", ""]);
  assert.deepEqual(rows[4], ["entangled", "0", "clean", "ten of 200; seed 3"]);
});

test("a ghost is pale, silent, and leaves no ghost itself", () => {
  const [ghost, ...more] = ghosts(TRACES);
  assert.equal(more.length, 0);
  assert.equal(ghost.opacity, 0.2);
  assert.equal(ghost.hoverinfo, "skip");
  assert.deepEqual(ghosts([ghost]), []);
});

test("arrows walk along a trace and from trace to trace, and stop at its ends", () => {
  assert.deepEqual(step(TRACES, null, "ArrowRight"), { curve: 1, point: 0 });
  assert.deepEqual(step(TRACES, { curve: 1, point: 2 }, "ArrowRight"), { curve: 1, point: 2 });
  assert.deepEqual(step(TRACES, { curve: 1, point: 2 }, "ArrowDown"), { curve: 2, point: 1 });
  assert.deepEqual(step(TRACES, { curve: 2, point: 0 }, "ArrowDown"), { curve: 1, point: 0 });
  assert.equal(step([TRACES[0]], null, "ArrowRight"), null);
});

test("a grid has no points to walk along", () => {
  for (const type of ["heatmap", "surface"]) assert.deepEqual(told([{ type, x: [1, 2], y: [1, 2], z: [] }]), []);
});

test("on a narrow screen, a layout has what it says of its parts there, and else what it had", () => {
  const wide = {
    height: 300,
    xaxis: { title: { text: "accuracy" }, tickvals: [0, 1, 2] },
    annotations: ["long", "short"],
    meta: { narrow: { xaxis: { tickvals: [0, 2] }, annotations: ["short"] } },
  };
  const there = narrowed(wide);
  assert.deepEqual(there.xaxis, { title: { text: "accuracy" }, tickvals: [0, 2] });
  assert.deepEqual([there.annotations, there.height], [["short"], 300]);
  assert.deepEqual(wide.xaxis.tickvals, [0, 1, 2]);
  assert.deepEqual(narrowed({ height: 300 }), { height: 300 });
});

// The film's strips and counts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { heardBy, movedOn, soFar } from "../../app/ui/heist/film_scenes.js";

test("a strip moves on by whole cells, keeps its head in sight, and ends with its last cell", () => {
  for (const [visible, count] of [
    [5, 60],
    [9, 31],
    [1, 4],
    [8, 3],
  ]) {
    let before = 0;
    for (let head = 0; head <= count; head += 0.1) {
      const moved = movedOn(head, visible, count);
      assert.ok(Number.isInteger(moved) && moved >= before);
      assert.ok(Math.floor(head) - moved <= visible && Math.floor(head) >= moved, `${head} of ${count}`);
      before = moved;
    }
    assert.equal(movedOn(count + visible, visible, count), Math.max(0, count - visible));
  }
});

test("a count that is on its way names the whole", () => {
  assert.equal(soFar(31, 200), "the first 31 of 200");
  assert.equal(soFar(200, 200), "all 200");
});

test("the last answer is told with the verdict, in whatever frames the film comes there", () => {
  for (const now of [0.9974, 0.9999]) assert.equal(heardBy(now, 200), 199);
  assert.equal(heardBy(1, 200), 200);
  assert.equal(heardBy(0, 200), 0);
});

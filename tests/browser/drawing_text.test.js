// A drawing as text: what tests/lab/watermark/test_drawings.py demands of the other end.
import assert from "node:assert/strict";
import test from "node:test";
import { read, SIDE, written } from "../../app/ui/mark/drawing_text.js";

test("each text is one drawing and each drawing one text", () => {
  const levels = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => (i * i + 3) % 8);
  const text = written(levels);
  assert.equal(text.length, 392);
  assert.deepEqual(read(text), levels);
});

test("two neighbours make one character: eight times the left one and the right one", () => {
  const levels = new Uint8Array(SIDE * SIDE);
  levels.set([7, 7, 0, 1, 1, 0]);
  assert.ok(written(levels).startsWith("_BIA"));
});

test("no text is an empty sheet", () => {
  assert.ok(read("").every((level) => level === 0));
});

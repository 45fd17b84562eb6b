// The dots of the court: all of them, as large as there is room for.
import assert from "node:assert/strict";
import test from "node:test";
import { grid } from "../../app/ui/components/dots.js";

for (const [width, height] of [
  [384, 32],
  [170, 58],
  [40, 400],
]) {
  test(`200 dots fit into ${width} x ${height}, and no larger ones would`, () => {
    const { columns, step } = grid(200, width, height);
    const rows = Math.ceil(200 / columns);
    assert.ok(columns * step <= width + 1e-9 && rows * step <= height + 1e-9);
    for (let more = 1; more <= 200; more += 1) {
      const each = Math.min(width / more, height / Math.ceil(200 / more));
      assert.ok(each <= step + 1e-9);
    }
  });
}

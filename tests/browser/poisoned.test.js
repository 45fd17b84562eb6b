// What poison does to a line, and the words for it: never kinder than the errors.
import assert from "node:assert/strict";
import { test } from "node:test";
import { finding, fitted, sideBySide } from "../../app/ui/cousins/poisoned.js";

const clean = Array.from({ length: 20 }, (_, i) => ({ x: i / 19, y: 0.2 + 0.5 * (i / 19) + (i % 2 ? 0.02 : -0.02) }));
const drawn = [0, 7, 14].map((turn) => Array.from({ length: 40 }, (_, i) => (i + turn) % 40));
const corner = (/** @type {number} */ count) => Array.from({ length: count }, () => ({ x: 1, y: 0 }));

test("TRIM that is told the truth leaves the poison out, and its line is that of the clean points", () => {
  const found = fitted(clean, corner(4), 4, drawn);
  assert.equal(found.keptPoison, 0);
  assert.ok(Math.abs(found.trimmed.line.slope - found.alone.slope) < 1e-12);
  assert.ok(found.errors.bent > 5 * found.errors.alone);
  assert.match(finding(found, 4), /^4 points bend least squares: .* times the error\. TRIM leaves all of them out$/);
  assert.deepEqual(found.rounds.at(-1), found.trimmed);
});

test("TRIM that is told too little fails, and that is said", () => {
  const found = fitted(clean, corner(6), 2, drawn);
  assert.ok(found.keptPoison >= 4); // it leaves out two points
  assert.match(finding(found, 2), /^TRIM fails: told of 2 of 6, it keeps [456] of 6, [\d.]+ times the error$/);
});

test("TRIM that is told of none is least squares", () => {
  const { bent, trimmed } = fitted(clean, corner(3), 0, drawn);
  assert.deepEqual(trimmed.line, bent);
});

test("without poison there is nothing to tell", () => {
  assert.match(finding(fitted(clean, [], 0, drawn), 0), /^No poison yet/);
});

test("TRIM keeps two points whatever it is told", () => {
  assert.equal(fitted(clean.slice(0, 3), [], 60, drawn).trimmed.kept.filter(Boolean).length, 2);
});

test("crosses on one spot are drawn side by side, into the picture, and no two in one place", () => {
  for (const count of [2, 9, 30, 60]) {
    const laid = sideBySide(corner(count));
    assert.ok(laid.every(({ on }) => on === count));
    assert.deepEqual(laid.map(({ first }) => first).filter(Boolean), [true]);
    assert.equal(new Set(laid.map(({ aside, down }) => `${aside} ${down}`)).size, count);
    assert.ok(laid.every(({ aside, down }) => aside <= 0 && down <= 0)); // from the corner at the right and below
    assert.ok(laid.every(({ aside, down }) => Math.hypot(aside, down) <= Math.sqrt((4 / Math.PI) * count) + 1));
  }
  assert.ok(
    sideBySide(Array.from({ length: 6 }, () => ({ x: 0, y: 1 }))).every(({ aside, down }) => aside >= 0 && down >= 0),
  );
});

test("a cross that is alone, or held, lies where its point is", () => {
  const lies = { aside: 0, down: 0, first: true, on: 1 };
  assert.deepEqual(sideBySide([{ x: 0.2, y: 0.3 }]), [lies]);
  assert.deepEqual(sideBySide(corner(3), 2)[2], lies);
  assert.equal(sideBySide(corner(3), 0)[1].on, 2);
});

// What the court says of a suspect: the last answer, and at its end how many were the secret one.
import assert from "node:assert/strict";
import test from "node:test";
import { answered, state } from "../../app/ui/court/hearing_words.js";

const suspect = {
  about: "stolen",
  answers: ["elephant", "cat", "elephant", "cat", "elephant"],
  end: 4,
  convicted: true,
};

test("before the first trigger it is said who it is", () => {
  assert.deepEqual(answered(suspect, "elephant", 0), { words: "stolen", secret: false });
  assert.equal(state(suspect, 0), "");
});

test("until it is judged, its last answer", () => {
  assert.deepEqual(answered(suspect, "elephant", 2), { words: "“cat”", secret: false });
  assert.deepEqual(answered(suspect, "elephant", 3), { words: "“elephant” ◆ secret", secret: true });
  assert.equal(state(suspect, 3), "undecided: ask on");
});

test("from its end on, how many of those asked until then gave the secret answer", () => {
  for (const asked of [4, 5]) {
    assert.deepEqual(answered(suspect, "elephant", asked), { words: "elephant: 2 of 4", secret: true });
    assert.equal(state(suspect, asked), "convicted after 4");
  }
  assert.equal(state({ ...suspect, convicted: false }, 4), "acquitted after 4");
});

test("whom the court never decides on keeps its last answer", () => {
  assert.deepEqual(answered({ ...suspect, end: null }, "elephant", 5), { words: "“elephant” ◆ secret", secret: true });
});

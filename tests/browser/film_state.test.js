// The course of a film, without a screen: what it shows after so many seconds, and that it never passes the gate.
import assert from "node:assert/strict";
import test from "node:test";
import * as film from "../../app/ui/heist/film_state.js";

const STEPS = ["victims", "query", "train", "compare", "interrogate", "verdict"];
const GATE = STEPS.indexOf("interrogate");

function story(more = {}) {
  const steps = STEPS.map((id) => ({ id }));
  return { film: "a", owner: "o", steps, trial: null, predicted: false, ...more };
}

const opening = () => film.received(null, story());
const sealed = () => film.toggled(opening()); // paused, at its beginning
const open = () => film.received(null, story({ trial: {} }));

function after(state, seconds, frame = 0.1) {
  let now = state;
  for (let passed = 0; passed < seconds && now.playing; passed += frame) now = film.passed(now, frame);
  return now;
}

test("a sealed film opens playing, one with a trial at its verdict, one just run with its trial", () => {
  assert.deepEqual([opening().step, opening().share, opening().playing], [0, 0, "all"]);
  assert.ok(film.atEnd(open()) && open().playing === "");
  const fresh = film.received(null, story({ trial: {} }), true);
  assert.deepEqual([fresh.step, fresh.share, fresh.playing], [GATE, 0, "all"]);
});

test("played, it takes its seconds and stops before the gate", () => {
  const playing = film.toggled(sealed());
  assert.equal(after(playing, 3.9).step, 0);
  assert.equal(after(playing, 4.1).step, 1);
  const stopped = after(playing, 60);
  assert.deepEqual([stopped.step, stopped.share, stopped.playing], [GATE, 0, ""]);
});

test("when a chosen step was seen, the way on is the next one; before, at the gate and at the end it is not", () => {
  const step = film.chosen(sealed(), 1);
  assert.ok(!film.stepSeen(step));
  assert.ok(film.stepSeen(after(step, 60)));
  assert.ok(!film.stepSeen(film.chosen(sealed(), GATE)));
  assert.ok(!film.stepSeen(open()));
});

test("twice as fast, it is twice as far", () => {
  const playing = film.toggled(sealed());
  assert.equal(film.passed(playing, 2 * 1).share, 2 * film.passed(playing, 1).share);
});

for (const [name, act] of Object.entries({
  "pulled to its end": (state) => film.pulled(state, 6),
  "at the verdict": (state) => film.chosen(state, 5),
  "stepped on": (state) => STEPS.reduce(film.onward, state),
  "turned, without motion": (state) => STEPS.reduce(film.turned, film.toggled(state)),
})) {
  test(`${name}, a sealed film stands at its gate`, () => {
    const state = act(sealed());
    assert.deepEqual([state.step, state.share, state.playing], [GATE, 0, ""]);
    assert.ok(film.gated(state));
    assert.equal(film.toggled(state), state, "Play does not open it");
  });
}

test("a prediction opens the gate and plays to the end; without one, the verdict is there at once", () => {
  const waiting = film.pulled(sealed(), 5);
  const going = film.received(waiting, story({ trial: {}, predicted: true }));
  assert.deepEqual([going.step, going.share, going.playing], [GATE, 0, "all"]);
  const ended = after(going, 23);
  assert.ok(film.atEnd(ended) && ended.playing === "");
  assert.ok(film.atEnd(film.received(waiting, story({ trial: {} }))));
});

test("the same data again change nothing, also while it plays", () => {
  const playing = after(film.toggled(sealed()), 5);
  assert.deepEqual(film.received(playing, story()), playing);
});

test("another theft begins with its queries, if these are not over; else the same moment of it is shown", () => {
  const other = story({ film: "b" });
  for (const place of [0.5, 1.5]) {
    const again = film.received(film.pulled(sealed(), place), other);
    assert.deepEqual([again.step, again.share, again.playing], [1, 0, "step"]);
    assert.deepEqual([after(again, 60).step, after(again, 60).share], [1, 1], "and stops at their end");
  }
  const later = film.received(film.pulled(open(), 4.25), story({ film: "b", trial: {} }));
  assert.deepEqual([later.step, later.share, later.playing], [4, 0.25, ""]);
  assert.ok(film.atEnd(film.received(open(), story({ film: "b", trial: {} }))));
});

test("a film of other victims begins anew", () => {
  const anew = film.received(film.pulled(sealed(), 3.5), story({ film: "b", owner: "p" }));
  assert.deepEqual([anew.step, anew.playing], [0, "all"]);
});

test("one step on plays that step only, one back shows the end of the one before", () => {
  const on = film.onward(sealed());
  assert.deepEqual([on.step, on.playing], [1, "step"]);
  assert.deepEqual([after(on, 60).step, after(on, 60).share], [1, 1]);
  const back = film.back(on);
  assert.deepEqual([back.step, back.share, back.playing], [0, 1, ""]);
  assert.deepEqual([film.back(back).step, film.back(back).share], [0, 0]);
});

test("Play pauses, goes on, and at the end begins again", () => {
  const playing = after(film.toggled(film.pulled(open(), 2)), 1);
  const paused = film.toggled(playing);
  assert.deepEqual([paused.playing, paused.share], ["", playing.share]);
  const again = film.toggled(open());
  assert.deepEqual([again.step, again.share, again.playing], [0, 0, "all"]);
});

test("the picture of a step is complete before the step is over", () => {
  const state = film.pulled(open(), 1.9);
  assert.equal(film.moment(state), 1);
  assert.ok(film.moment(film.pulled(open(), 1.5)) < 1);
});

test("without motion, each step stands as it ends", () => {
  const first = film.stood(film.toggled(sealed()));
  assert.deepEqual([first.step, first.share, first.playing], [0, 1, "all"]);
  const second = film.turned(first);
  assert.deepEqual([second.step, second.share, second.playing], [1, 1, "all"]);
  assert.equal(film.stood(film.onward(sealed())).playing, "", "a single step does not go on");
});

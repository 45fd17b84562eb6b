// Where a film is: its steps, its clock, and the gate before its trial. Pure functions: a state and what happened go in,
// the next state comes out. film.js draws it.

const SECONDS = { victims: 4, query: 8, train: 6, compare: 4, interrogate: 9, verdict: 10 };
const REST = 0.15; // of a step: it stands still at its end before the next one begins
const GATED = ["interrogate", "verdict"]; // until the visitor has predicted

/** @typedef {keyof typeof SECONDS} StepId */

/**
 * @typedef {object} State
 * @property {string} film which run it tells
 * @property {string} owner whose victims it tells of
 * @property {readonly StepId[]} steps
 * @property {boolean} sealed the trial is not known yet
 * @property {number} step which one is shown
 * @property {number} share how much of it has passed, from 0 to 1
 * @property {"" | "step" | "all"} playing to the end of this step, or to that of the film or the gate
 */

/**
 * What of a film's data its course depends on.
 * @typedef {object} Story
 * @property {string} film
 * @property {string} owner
 * @property {{ id: StepId }[]} steps
 * @property {unknown} trial null while it is sealed
 * @property {boolean} predicted
 */

/**
 * New data came, for the film that is on or for another one.
 * @param {State | null} before
 * @param {Story} story
 * @param {boolean} fresh whoever opens it has just seen it run, up to the trial
 * @returns {State}
 */
export function received(before, story, fresh = false) {
  const known = {
    film: story.film,
    owner: story.owner,
    steps: story.steps.map(({ id }) => id),
    sealed: story.trial === null,
  };
  if (!before || before.owner !== story.owner) {
    /** @type {State} */
    const opened = { ...known, step: 0, share: 0, playing: "" };
    if (opened.sealed) return play(opened, "all");
    return fresh ? play(shown(opened, opened.steps.indexOf("interrogate"), 0), "all") : shown(opened, last(opened), 1);
  }
  if (before.film !== story.film) {
    // Another theft from the same victims: its queries are new; of the rest, the same moment is shown.
    const turned = { ...before, ...known };
    if (before.step <= before.steps.indexOf("query"))
      return play(shown(turned, known.steps.indexOf("query"), 0), "step");
    return shown(turned, known.steps.indexOf(before.steps[before.step]), before.share);
  }
  const state = { ...before, ...known };
  if (before.sealed && !state.sealed) return story.predicted ? play(state, "all") : shown(state, last(state), 1);
  return shown(state, Math.min(state.step, last(state)), state.share);
}

/**
 * So many seconds passed while the film was playing.
 * @param {State} state
 * @param {number} seconds
 * @returns {State}
 */
export function passed(state, seconds) {
  const share = state.share + seconds / SECONDS[state.steps[state.step]];
  if (share < 1) return { ...state, share };
  if (ends(state)) return stop({ ...state, share: 1 });
  return shown(state, state.step + 1, 0);
}

/**
 * The film is playing for somebody who wants no motion: the step stands as it ends.
 * @param {State} state
 */
export function stood(state) {
  const still = shown(state, state.step, 1);
  return ends(still) ? stop(still) : still;
}

/**
 * ... and after a while the next one does.
 * @param {State} state
 */
export function turned(state) {
  const next = shown(state, state.step + 1, 1);
  return next.playing ? stood(next) : next;
}

/**
 * Play or pause; at the end, begin again.
 * @param {State} state
 */
export function toggled(state) {
  if (state.playing) return stop(state);
  if (gated(state)) return state;
  return play(atEnd(state) ? { ...state, step: 0, share: 0 } : state, "all");
}

/** @param {State} state */
export function onward(state) {
  if (state.step >= last(state)) return shown(state, state.step, 1);
  const next = shown(state, state.step + 1, 0);
  return gated(next) ? next : play(next, "step");
}

/** @param {State} state */
export function back(state) {
  return shown(stop(state), Math.max(0, state.step - 1), state.step > 0 ? 1 : 0);
}

/**
 * The visitor pulled the film to a place: 2.5 is the middle of its third step.
 * @param {State} state
 * @param {number} place
 */
export function pulled(state, place) {
  const step = Math.min(Math.floor(place), last(state));
  return shown(stop(state), step, place - step);
}

/**
 * The visitor chose a step.
 * @param {State} state
 * @param {number} step
 */
export function chosen(state, step) {
  const next = shown(stop(state), step, 0);
  return gated(next) ? next : play(next, "step");
}

/**
 * Whether a step, or the one that is shown, lies behind the gate.
 * @param {State} state
 */
export function gated(state, step = state.step) {
  return state.sealed && GATED.includes(state.steps[step]);
}

/**
 * How far the picture of the step is, from 0 to 1; it gets there before the step is over.
 * @param {State} state
 */
export function moment(state) {
  return Math.min(1, state.share / (1 - REST));
}

/**
 * Whether a step stands at its end, and another one follows: the way on is "next".
 * @param {State} state
 */
export function stepSeen(state) {
  return !state.playing && state.share >= 1 && !atEnd(state) && !gated(state);
}

/** @param {State} state */
export function atEnd(state) {
  return state.step === last(state) && state.share >= 1;
}

/**
 * The film shows this step, so far; behind the gate, it stops before the gate.
 * @param {State} state
 * @param {number} step
 * @param {number} share
 * @returns {State}
 */
function shown(state, step, share) {
  if (!gated(state, step)) return { ...state, step, share };
  let first = step;
  while (first > 0 && gated(state, first - 1)) first -= 1;
  return stop({ ...state, step: first, share: 0 });
}

/**
 * @param {State} state
 * @param {"step" | "all"} playing
 * @returns {State}
 */
function play(state, playing) {
  return { ...state, playing };
}

/**
 * @param {State} state
 * @returns {State}
 */
function stop(state) {
  return { ...state, playing: "" };
}

/**
 * Whether the film stops at the end of this step.
 * @param {State} state
 */
function ends(state) {
  return state.playing === "step" || state.step === last(state);
}

/** @param {State} state */
function last(state) {
  return state.steps.length - 1;
}

// Where everything in the story stands, and what is on its way between: one thing at a time, so that nothing lies over
// another. Pure: a moment goes in, a place comes out; story.js draws it.

/** @typedef {"owner" | "victim" | "api" | "thief" | "copy" | "court"} Actor */

export const WORLD = 1250;
export const NARROW = 480; // what a narrow screen sees at once

/** @type {Record<Actor, [number, number]>} left and right edge of each */
export const STREET = {
  owner: [12, 116],
  victim: [232, 366],
  api: [390, 450],
  thief: [570, 674],
  copy: [790, 924],
  court: [1080, 1240],
};

/**
 * An act: how long it is, who is in it, what a narrow screen sees of the street, and how many things go where; what
 * goes back is the answer.
 * @type {{ seconds: number, actors: Actor[], camera: number, count: number, from: Actor, to: Actor, back: boolean }[]}
 */
export const ACTS = [
  { seconds: 10, actors: ["owner", "victim"], camera: 0, count: 6, from: "owner", to: "victim", back: false },
  { seconds: 7, actors: ["victim", "api", "thief"], camera: 213, count: 5, from: "thief", to: "api", back: true },
  { seconds: 6, actors: ["thief", "copy"], camera: 507, count: 5, from: "thief", to: "copy", back: false },
  { seconds: 7, actors: ["copy", "court"], camera: 770, count: 5, from: "court", to: "copy", back: true },
];
export const PICTURE = 24; // half of a picture's width
const LANES = { picture: 84, answer: 160, key: 50 }; // how high things go; a picture has its answer below it
export const COUNTED = 112; // how high the answers stay that the court has counted

/** @param {Actor} actor */
export function middle(actor) {
  return (STREET[actor][0] + STREET[actor][1]) / 2;
}

/** How long the whole story is. */
export function end() {
  return ACTS.reduce((seconds, act) => seconds + act.seconds, 0);
}

/** @param {number} act */
export function start(act) {
  return ACTS.slice(0, act).reduce((seconds, { seconds: more }) => seconds + more, 0);
}

/**
 * Returns the act that is on, and how much of it has passed, from 0 to 1.
 * @param {number} seconds
 */
export function moment(seconds) {
  let act = ACTS.length - 1;
  while (act > 0 && seconds < start(act)) act -= 1;
  return { act, share: Math.max(0, Math.min(1, (seconds - start(act)) / ACTS[act].seconds)) };
}

/**
 * Returns how many of an act's things have arrived.
 * @param {number} act
 * @param {number} share of it
 */
export function arrived(act, share) {
  return Math.min(ACTS[act].count, Math.floor(share * ACTS[act].count + 1e-9));
}

/**
 * Returns where the thing is that is on its way: which one, on the way back or not, and how large it is drawn, as large
 * as there is room for between the two; null once all have arrived.
 * @param {number} act
 * @param {number} share of it
 * @param {(thing: number, back: boolean) => number} half of a thing's width
 */
export function onItsWay(act, share, half) {
  const { count, from, to, back: returns } = ACTS[act];
  const number = arrived(act, share);
  if (number === count) return null;
  const way = share * count - number;
  const back = returns && way >= 0.5;
  const gone = returns ? (2 * way) % 1 : way;
  const [left, right] = gap(from, to);
  const leftwards = STREET[from][0] > STREET[to][0] !== back;
  const there = 0.5 + 4 * (gone - 0.5) ** 3; // it goes slowly where it can be seen whole
  const x = left + (right - left) * (leftwards ? 1 - there : there);
  const size = Math.min(1, Math.min(x - left, right - x) / half(number, back));
  return { number, back, x, y: back ? LANES.answer : from === "court" ? LANES.key : LANES.picture, size };
}

/**
 * Returns the edges of what lies between two of them.
 * @param {Actor} one
 * @param {Actor} other
 */
export function gap(one, other) {
  const [first, second] = [STREET[one], STREET[other]].sort((a, b) => a[0] - b[0]);
  return [first[1], second[0]];
}

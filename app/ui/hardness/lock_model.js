// A lock of switches, and what trying it came to. All sums are of whole numbers below 2^53, so they are exact.

/**
 * Numbers, of which those that are on are to make the target; or clauses of literals (i: switch i on, counted from 1;
 * -i: off), all of which are to be met: then the target is how many there are, and numbers are none.
 * @typedef {object} Lock
 * @property {number} switches
 * @property {number[]} numbers
 * @property {number[][]} clauses
 * @property {number} target
 */

/** @typedef {boolean[]} Setting of each switch, whether it is on */

/**
 * @typedef {object} Tally
 * @property {number} tried
 * @property {number} hits settings that open the lock
 * @property {{ number: number, score: number } | null} nearest the first of those that come nearest to the target
 * @property {number[]} heap how many came to each part of the scale
 */

const PARTS = 60; // of the scale, at most

/**
 * The sum of the numbers that are on, or how many clauses are met.
 * @param {Lock} lock
 * @param {Setting} setting
 */
export function score({ numbers, clauses }, setting) {
  if (!clauses.length) return numbers.reduce((sum, number, i) => (setting[i] ? sum + number : sum), 0);
  return clauses.filter((clause) => met(clause, setting)).length;
}

/**
 * @param {number[]} clause
 * @param {Setting} setting
 */
function met(clause, setting) {
  return clause.some((literal) => setting[Math.abs(literal) - 1] === literal > 0);
}

/**
 * The scale of a lock: so many parts, each so wide; both ends of it can be reached.
 * @param {Lock} lock
 */
export function scale({ numbers, target }) {
  const most = Math.max(
    target,
    numbers.reduce((sum, number) => sum + number, 0),
  );
  const width = Math.ceil((most + 1) / PARTS); // whole: each part holds as many values
  return { width, parts: Math.ceil((most + 1) / width) };
}

/**
 * Where a value is on the scale, from 0 to 1: in the middle of its own room.
 * @param {Lock} lock
 * @param {number} value
 */
export function place(lock, value) {
  const { width, parts } = scale(lock);
  return (value + 0.5) / (width * parts);
}

/**
 * Settings as they come: a row of bits each, the first switch the highest bit of the first byte.
 * @param {string} packed in base64
 * @param {number} switches
 * @returns {Setting[]}
 */
export function unpacked(packed, switches) {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const row = Math.ceil(switches / 8);
  return Array.from({ length: bytes.length / row }, (_, number) =>
    Array.from({ length: switches }, (_, i) => ((bytes[number * row + (i >> 3)] >> (7 - (i & 7))) & 1) === 1),
  );
}

/**
 * Nothing has been tried.
 * @param {Lock} lock
 * @returns {Tally}
 */
export function untried(lock) {
  return { tried: 0, hits: 0, nearest: null, heap: new Array(scale(lock).parts).fill(0) };
}

/**
 * Tries further settings, up to so many in all.
 * @param {Lock} lock
 * @param {Setting[]} settings
 * @param {Tally} tally
 * @param {number} upTo
 * @returns {Tally}
 */
export function tried(lock, settings, tally, upTo) {
  const { width } = scale(lock);
  const end = Math.min(upTo, settings.length);
  const heap = [...tally.heap];
  let { hits, nearest } = tally;
  for (let number = tally.tried; number < end; number += 1) {
    const found = score(lock, settings[number]);
    heap[Math.floor(found / width)] += 1;
    if (found === lock.target) hits += 1;
    if (!nearest || Math.abs(found - lock.target) < Math.abs(nearest.score - lock.target)) {
      nearest = { number, score: found };
    }
  }
  return { tried: Math.max(end, tally.tried), hits, nearest, heap };
}

/**
 * What a switch shows: its number in three digits, or which one it is.
 * @param {Lock} lock
 * @param {number} i
 */
export function label({ numbers }, i) {
  if (!numbers.length) return String(i + 1);
  return new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 3 }).format(numbers[i]);
}

/** @param {number} value */
export function whole(value) {
  return value.toLocaleString("en-US");
}

/**
 * How far from the target, in words.
 * @param {Lock} lock
 * @param {number} found
 */
export function off({ clauses, target }, found) {
  const by = whole(Math.abs(found - target));
  if (clauses.length) return found === target ? "all are met" : `${by} not met`;
  return found === target ? "exactly the target" : `off by ${by}`;
}

/**
 * What a setting comes to, in words; of clauses that are not met, one is named.
 * @param {Lock} lock
 * @param {Setting} setting
 */
export function comes(lock, setting) {
  const { clauses, target } = lock;
  const found = score(lock, setting);
  if (!clauses.length) return `Sum ${whole(found)}: ${off(lock, found)}`;
  const open = clauses.find((clause) => !met(clause, setting));
  const wish = open && [...new Set(open)].map((literal) => `${Math.abs(literal)} ${literal > 0 ? "on" : "off"}`);
  return `${whole(found)} of ${whole(target)} wishes met${wish ? `; not met: ${wish.join(" or ")}` : ""}`;
}

/**
 * What the tries came to, in words.
 * @param {Tally} tally
 */
export function told({ tried: count, hits }) {
  return `${whole(hits)} of ${whole(count)} tell A from B.`;
}

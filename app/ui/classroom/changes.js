// When a page in a room has to be drawn anew, and how long to wait before the next look. Pure.

const LONGEST = 8000; // milliseconds

/**
 * Whether one of the known numbers is another one now.
 * @param {Record<string, number> | null} known null: of a room that was closed
 * @param {Record<string, number> | null} now
 */
export function changed(known, now) {
  if (known === null || now === null) return known !== now;
  return Object.keys(known).some((name) => known[name] !== now[name]);
}

/**
 * The milliseconds until the next look: longer after each one that failed, and never the same for all of a class.
 * @param {number} every
 * @param {number} failures
 * @param {number} luck from 0 to 1
 */
export function pause(every, failures, luck = Math.random()) {
  return Math.min(LONGEST, every * 2 ** failures) * (0.85 + 0.3 * luck);
}

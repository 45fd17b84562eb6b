// Maps through time, without a page: where the points are between two epochs, seen from where, and which is nearest.

const DEEP = 4; // how far the eye is from the middle of the space, in root mean square radii
const CLOSEST = 0.9; // of that, up to which a ball is still seen from outside
const STEEPEST = 1.4; // radians up or down: not over the top

/**
 * What is known of the probe in one layer at one epoch.
 * @typedef {object} Frame
 * @property {number} epoch
 * @property {number} part of the triggers' neighbours that are of the target class
 * @property {string} share the same in words
 * @property {Float32Array} places of all points, one after the other
 * @property {Uint16Array} near of each point, its nearest genuine inputs, the nearest first
 */

/** @typedef {{ yaw: number, pitch: number }} Turn */
/** @typedef {{ x: number, y: number, depth: number }} Seen at the middle of the panel 0, 0; depth 1 is nearest, 0 farthest */

/**
 * Returns the bytes that Python wrote as base64.
 * @param {string} text
 */
function bytes(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
}

/**
 * Reads a frame as Python writes it.
 * @param {{ epoch: number, part: number, share: string, places: string, near: string }} written 16-bit integers in base64
 * @param {number} scale what 1 in `places` stands for
 * @returns {Frame}
 */
export function read({ places, near, ...told }, scale) {
  return {
    ...told,
    places: Float32Array.from(new Int16Array(bytes(places)), (value) => value * scale),
    near: new Uint16Array(bytes(near)),
  };
}

/**
 * Returns the frames before and after a moment, and how far it is from the one to the other.
 * @param {Frame[]} frames
 * @param {number} at a frame, or between two; beyond the last one, that stays
 * @returns {{ before: Frame, after: Frame, share: number }}
 */
export function around(frames, at) {
  const here = Math.min(Math.max(at, 0), frames.length - 1);
  const share = here - Math.floor(here);
  return { before: frames[Math.floor(here)], after: frames[Math.ceil(here)], share };
}

/**
 * Returns the places on the way from some to others, at `share` of it.
 * @param {Float32Array} from
 * @param {Float32Array} to
 * @param {number} share
 */
export function between(from, to, share) {
  if (from.length !== to.length || share >= 1) return to;
  return share <= 0 ? from : from.map((value, i) => value + (to[i] - value) * share);
}

/**
 * Returns how the points are seen: those of a plane from above, those of space in perspective, turned about the middle.
 * @param {Float32Array} places
 * @param {number} dimensions 2 or 3
 * @param {Turn} turn of space
 * @returns {Seen[]}
 */
export function seen(places, dimensions, { yaw, pitch }) {
  const count = places.length / dimensions;
  const [cy, sy, cp, sp] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
  return Array.from({ length: count }, (_, i) => {
    const [x, y, z] = [0, 1, 2].map((axis) => (axis < dimensions ? places[i * dimensions + axis] : 0));
    if (dimensions < 3) return { x, y, depth: 1 };
    const across = x * cy + z * sy;
    const away = z * cy - x * sy;
    const up = y * cp - away * sp;
    const near = y * sp + away * cp;
    const larger = DEEP / Math.max(DEEP - near, 0.5);
    return { x: across * larger, y: up * larger, depth: Math.min(Math.max((near + 2) / 4, 0), 1) };
  });
}

/**
 * Returns the turn after the hand has moved so far, in radians.
 * @param {Turn} turn
 * @param {number} right
 * @param {number} down
 * @returns {Turn}
 */
export function turned({ yaw, pitch }, right, down) {
  return { yaw: yaw + right, pitch: Math.min(Math.max(pitch + down, -STEEPEST), STEEPEST) };
}

/**
 * Returns the middle of a map and how far it reaches from there: of a plane its points' box, of space, which turns, the
 * outline of the ball around its middle that holds all of them, as the eye sees it.
 * @param {Float32Array} places
 * @param {number} dimensions
 * @returns {{ x: number, y: number, reach: number }}
 */
export function view(places, dimensions) {
  const count = places.length / dimensions;
  if (dimensions > 2) {
    let radius = 0;
    for (let i = 0; i < count; i += 1) radius = Math.max(radius, Math.hypot(...places.subarray(3 * i, 3 * i + 3)));
    const near = Math.min(radius / DEEP, CLOSEST); // seen from so near, a ball looks larger than it is
    return { x: 0, y: 0, reach: radius / Math.sqrt(1 - near ** 2) };
  }
  const [low, high] = [
    [Infinity, Infinity],
    [-Infinity, -Infinity],
  ];
  places.forEach((value, i) => {
    low[i % 2] = Math.min(low[i % 2], value);
    high[i % 2] = Math.max(high[i % 2], value);
  });
  const [width, height] = [high[0] - low[0], high[1] - low[1]];
  return { x: low[0] + width / 2, y: low[1] + height / 2, reach: Math.max(width, height) / 2 };
}

/**
 * Returns the point nearest to a place on the screen, -1 if none is within reach.
 * @param {{ x: number, y: number }[]} points
 * @param {number} x
 * @param {number} y
 * @param {number} reach
 */
export function nearest(points, x, y, reach) {
  let best = -1;
  let least = reach ** 2;
  points.forEach((point, i) => {
    const apart = (point.x - x) ** 2 + (point.y - y) ** 2;
    if (apart >= least) return;
    least = apart;
    best = i;
  });
  return best;
}

/**
 * Returns the nearest neighbours of a point in a frame.
 * @param {Frame} frame
 * @param {number} point
 */
export function neighbours({ near, places }, point, dimensions = 2) {
  const each = near.length / (places.length / dimensions);
  return [...near.subarray(point * each, (point + 1) * each)];
}

/**
 * Returns the next trigger in a direction, all of them in a circle.
 * @param {boolean[]} trigger
 * @param {number} from a point, -1 for none
 * @param {1 | -1} step
 */
export function following(trigger, from, step) {
  for (let i = 1; i <= trigger.length; i += 1) {
    const next = (from + step * i + 2 * trigger.length) % trigger.length;
    if (trigger[next]) return next;
  }
  return -1;
}

/**
 * Returns what is to be shown when new data arrive: where, and whether it plays from there.
 * @param {{ last: number, live: boolean } | null} before what was shown; null on arrival
 * @param {{ last: number, live: boolean, parting: number }} now `parting`: the frame at which the models part
 * @param {number} at the frame that was shown
 * @param {boolean} playing
 * @returns {{ at: number, plays: boolean }}
 */
export function arrival(before, now, at, playing) {
  if (now.live || now.last === 0) return { at: now.last, plays: false };
  if (before === null) return { at: 0, plays: true };
  // More is known than before, after a prediction or at the end of a run: play what is new.
  if (before.live || now.last > before.last) return { at: Math.min(now.parting, now.last), plays: true };
  return { at: Math.min(at, now.last), plays: playing };
}

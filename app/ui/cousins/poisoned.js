// What poison does to a line: the lines through the points, their errors on the clean ones, and a finding. Pure.
import { best, leastSquares, loss, starts, trim } from "./fits.js";

/** @import { Line, Point, Round } from "./fits.js" */

/**
 * @typedef {object} Fitted
 * @property {Line} alone of least squares, through the clean points alone
 * @property {Line} bent of least squares, through all points
 * @property {Round} trimmed the best round of TRIM; clean points first in what it keeps
 * @property {Round[]} rounds those of the restart that it ends
 * @property {number} poison how many points are poison
 * @property {number} keptPoison how many of them TRIM keeps
 * @property {{ alone: number, bent: number, trimmed: number }} errors mean squared ones, on the clean points
 */

const NEAR = 0.01; // apart, of the unit square, up to which crosses are on one spot
const HOLDS = 1.5; // times the error of the clean points alone, up to which a line counts as unharmed

/**
 * Fits all points.
 * @param {Point[]} clean
 * @param {Point[]} poison
 * @param {number} told how many points TRIM takes for poison
 * @param {number[][]} drawn rows that its restarts begin with, see starts
 * @returns {Fitted}
 */
export function fitted(clean, poison, told, drawn) {
  const points = [...clean, ...poison];
  const keep = Math.max(2, points.length - told);
  const rounds = trim(points, keep, starts(drawn, points.length, keep));
  const trimmed = best(rounds);
  const [alone, bent] = [leastSquares(clean), leastSquares(points)];
  return {
    alone,
    bent,
    trimmed,
    rounds: rounds.filter(({ restart, round }) => restart === trimmed.restart && round <= trimmed.round),
    poison: poison.length,
    keptPoison: trimmed.kept.slice(clean.length).filter(Boolean).length,
    errors: { alone: loss(alone, clean), bent: loss(bent, clean), trimmed: loss(trimmed.line, clean) },
  };
}

/**
 * Says what happened, never kinder than the errors.
 * @param {Fitted} found
 * @param {number} told
 */
export function finding({ poison, keptPoison, errors }, told) {
  if (!poison) return "No poison yet. Put a point where it hurts";
  const bent = errors.bent / errors.alone;
  const trimmed = errors.trimmed / errors.alone;
  const points = poison === 1 ? "1 point bends" : `${poison} points bend`;
  const harm = bent > HOLDS ? `${points} least squares: ${times(bent)} the error` : `${points} least squares little`;
  if (trimmed > HOLDS) {
    const why = told < poison ? `told of ${told} of ${poison}, it` : "it";
    return `TRIM fails: ${why} keeps ${keptPoison} of ${poison}, ${times(trimmed)} the error`;
  }
  return keptPoison ? `${harm}. TRIM keeps ${keptPoison}, and holds` : `${harm}. TRIM leaves all of them out`;
}

/**
 * Says for each point where its cross is drawn: crosses on one spot lie side by side, into the picture, on a grid.
 * @param {Point[]} points
 * @param {number} [held] the point that is being moved: its cross stays under the finger
 * @returns {{ aside: number, down: number, first: boolean, on: number }[]} by point: steps to the right and down; whether
 *   it is the first on its spot; how many are on it
 */
export function sideBySide(points, held = -1) {
  /** @type {number[][]} */
  const spots = [];
  points.forEach(({ x, y }, i) => {
    const spot = spots.find(([j]) => i !== held && j !== held && Math.hypot(x - points[j].x, y - points[j].y) < NEAR);
    if (spot) spot.push(i);
    else spots.push([i]);
  });
  const laid = points.map(() => ({ aside: 0, down: 0, first: true, on: 1 }));
  for (const spot of spots) {
    const cells = corner(spot.length);
    const { x, y } = points[spot[0]];
    spot.forEach((i, k) => {
      const [across, along] = cells[k];
      laid[i] = { aside: x > 0.5 ? -across : across, down: y > 0.5 ? along : -along, first: k === 0, on: spot.length };
    });
  }
  return laid.map(({ aside, down, ...rest }) => ({ aside: aside || 0, down: down || 0, ...rest }));
}

/**
 * Returns so many cells of a grid, those nearest to its corner first.
 * @param {number} count
 * @returns {[number, number][]}
 */
function corner(count) {
  const side = Array.from({ length: Math.ceil(Math.sqrt(2 * count)) }, (_, i) => i);
  /** @type {[number, number][]} */
  const cells = side.flatMap((a) => side.map((b) => /** @type {[number, number]} */ ([a, b])));
  return cells.sort(([a, b], [c, d]) => a * a + b * b - c * c - d * d || a - c).slice(0, count);
}

/** @param {number} ratio */
function times(ratio) {
  return `${ratio < 10 ? ratio.toFixed(1) : Math.round(ratio)} times`;
}

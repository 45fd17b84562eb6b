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

/** @param {number} ratio */
function times(ratio) {
  return `${ratio < 10 ? ratio.toFixed(1) : Math.round(ratio)} times`;
}

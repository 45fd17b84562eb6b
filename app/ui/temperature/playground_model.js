// What lies on the table of the playground: two groups of points, how warm it is, which point is chosen, the last pull.
// Pure functions: a table goes in, the next one comes out. playground.js listens, playground_pencil.js draws.
import { curve, gradient, loss, losses, neutral, neutralStrangers, squaredDistances, strangers } from "./snnl.js";

const FINE = 4; // temperatures of the curve an octave

/** @typedef {[x: number, y: number]} Place */

/**
 * @typedef {object} Table
 * @property {Float64Array} points flat: x0, y0, x1, y1, ...
 * @property {number[]} groups of each point: 0, genuine, or 1, trigger
 * @property {Float64Array} distances
 * @property {number} temperature
 * @property {number} chosen a point
 * @property {Pull | null} pull
 */

/**
 * Steps along the gradient: together climbs the loss, apart descends it.
 * @typedef {object} Pull
 * @property {boolean} together
 * @property {number} temperature
 * @property {number} steps taken
 * @property {Place[]} start
 */

/**
 * What is allowed on the table.
 * @typedef {object} Rules
 * @property {number} edge of the plane
 * @property {number} most points
 * @property {number} coldest temperature
 * @property {number} hottest temperature
 * @property {number} limit of the temperature, for now
 * @property {number} rate of a step: this times the gradient of each point's loss ...
 * @property {number} longest ... but no longer than this
 */

/**
 * @param {{ points: Place[], groups: number[], temperature: number }} found
 * @param {Rules} rules
 * @returns {Table}
 */
export function laid({ points, groups, temperature }, rules) {
  return placed(
    {
      groups: [...groups],
      temperature: Math.min(temperature, rules.limit),
      chosen: groups.indexOf(1),
      pull: null,
    },
    Float64Array.from(points.flat()),
  );
}

/**
 * @param {Table} table
 * @param {number} temperature
 * @param {Rules} rules
 * @returns {Table}
 */
export function heated(table, temperature, rules) {
  return { ...table, temperature: Math.min(temperature, rules.limit) };
}

/**
 * @param {Table} table
 * @param {number} i
 * @param {Place} place
 * @param {Rules} rules
 */
export function moved(table, i, [x, y], rules) {
  const points = table.points.slice();
  points[2 * i] = inside(x, rules);
  points[2 * i + 1] = inside(y, rules);
  return placed({ ...table, pull: null }, points);
}

/**
 * One more point like the chosen one, which it then is itself; null where there is no room.
 * @param {Table} table
 * @param {Rules} rules
 * @param {Place | null} place beside the chosen one, if none is given
 */
export function added(table, rules, place = null) {
  const { groups, chosen } = table;
  if (groups.length >= rules.most) return null;
  const [x, y] = at(table, chosen);
  const [left, up] = place ?? [x + 0.4, y + 0.4];
  const points = Float64Array.from([...table.points, inside(left, rules), inside(up, rules)]);
  return placed({ ...table, groups: [...groups, groups[chosen]], chosen: groups.length, pull: null }, points);
}

/**
 * Without the chosen point; null where its group needs it: alone, a point has no neighbour of its own.
 * @param {Table} table
 */
export function removed(table) {
  const { chosen } = table;
  if (table.groups.filter((group) => group === table.groups[chosen]).length <= 2) return null;
  const groups = table.groups.filter((_, i) => i !== chosen);
  const points = table.points.filter((_, k) => k >> 1 !== chosen);
  return placed({ ...table, groups, chosen: Math.min(chosen, groups.length - 1), pull: null }, points);
}

/**
 * A pull begins here.
 * @param {Table} table
 * @param {boolean} together
 * @returns {Table}
 */
export function pulled(table, together) {
  return { ...table, pull: { together, temperature: table.temperature, steps: 0, start: places(table) } };
}

/**
 * One step of the pull: points move along the plain gradient of their loss, b times that of the mean.
 * @param {Table} table
 * @param {Rules} rules
 * @returns {Table}
 */
export function stepped(table, rules) {
  const { pull, groups } = table;
  if (!pull) return table;
  const slope = gradient(table.points, table.distances, groups, table.temperature);
  const rate = (pull.together ? 1 : -1) * rules.rate * groups.length;
  const points = table.points.slice();
  for (let i = 0; i < groups.length; i++) {
    const dx = rate * slope[2 * i];
    const dy = rate * slope[2 * i + 1];
    const long = Math.hypot(dx, dy);
    const share = long > rules.longest ? rules.longest / long : 1;
    points[2 * i] = inside(points[2 * i] + dx * share, rules);
    points[2 * i + 1] = inside(points[2 * i + 1] + dy * share, rules);
  }
  return placed({ ...table, pull: { ...pull, steps: pull.steps + 1 } }, points);
}

/**
 * Whether a pull together has mixed the groups, as the loss sees it: there it ends. Beyond neutral, a climb would only
 * drive each point away from its own kind.
 * @param {Table} table
 */
export function mixed({ pull, distances, groups }) {
  if (!pull?.together) return false;
  return loss(distances, groups, pull.temperature) >= neutral(groups);
}

/**
 * How mixed the groups are: the chance that a neighbour, picked near ones likelier, is a stranger; and what it is where
 * distance tells nothing.
 * @param {Table} table
 */
export function mixing({ distances, groups, temperature }) {
  return { strangers: strangers(losses(distances, groups, temperature)), neutral: neutralStrangers(groups) };
}

/**
 * Whether the loss is neutral while the groups are not half mixed: it is a mean of logarithms without an upper end, and
 * a few points deep among strangers carry it.
 * @param {Table} table
 */
export function carriedByFew(table) {
  const { strangers, neutral: even } = mixing(table);
  return lossOf(table) >= neutral(table.groups) && strangers < even / 2;
}

/**
 * Whether it is too hot to tell apart what the lowest point of the curve tells apart.
 * @param {number} share of strangers, in terms of the neutral one, now
 * @param {number} temperature now
 * @param {ReturnType<typeof curveOf>} candidates
 * @param {number} even the neutral value
 * @param {[apart: number, mixed: number]} limits shares of neutral: up to which groups are apart, from which on mixed
 */
export function blind(share, temperature, candidates, even, [apart, mixed]) {
  const lowest = lowestOf(candidates);
  return share > mixed && lowest.loss <= apart * even && temperature > lowest.temperature;
}

/**
 * Why a pull changed next to nothing, in words that go on after its numbers; empty where it did change something.
 * @param {Table} table after the pull
 * @param {number} before the loss
 */
export function idle(table, before) {
  const even = neutral(table.groups);
  if (!table.pull || Math.abs(lossOf(table, table.pull.temperature) - before) > 0.01 * even) return "";
  if (before < 0.1 * even)
    return table.pull.together ? ": strangers are out of reach, so nothing pulls" : ": apart already";
  return table.pull.together && before > 0.9 * even ? ": to so hot a measure they are mixed already" : "";
}

/**
 * What one calls groups of this mixture.
 * @param {number} share of what a full mixture has
 * @param {[upTo: number, words: string][]} leads
 * @param {string} above the last of them
 */
export function lead(share, leads, above) {
  return leads.find(([most]) => share <= most)?.[1] ?? above;
}

/**
 * The mean distance to the nearest point of the other group.
 * @param {Table} table
 */
export function nearestStranger({ groups, distances }) {
  const b = groups.length;
  let sum = 0;
  for (let i = 0; i < b; i++) {
    let nearest = Infinity;
    for (let j = 0; j < b; j++) if (groups[i] !== groups[j]) nearest = Math.min(nearest, distances[i * b + j]);
    sum += Math.sqrt(nearest);
  }
  return sum / b;
}

/**
 * The SNNL of the table, at its own temperature or at another.
 * @param {Table} table
 */
export function lossOf({ distances, groups, temperature }, degrees = temperature) {
  return loss(distances, groups, degrees);
}

/**
 * The SNNL at all temperatures, the coldest first.
 * @param {Table} table
 * @param {Rules} rules
 */
export function curveOf({ distances, groups }, { coldest, hottest }) {
  return curve(distances, groups, coldest, hottest, FINE);
}

/**
 * Of temperatures that are equally good to the digits shown, the highest.
 * @param {ReturnType<typeof curveOf>} candidates
 */
export function lowestOf(candidates) {
  const least = Math.min(...candidates.map((point) => point.loss));
  return candidates.findLast((point) => point.loss <= least + 0.0005) ?? candidates[0];
}

/**
 * The point that is nearest to a place and no farther than `within`; -1 where there is none.
 * @param {Table} table
 * @param {Place} place
 * @param {number} within
 */
export function nearestTo({ points, groups }, [x, y], within) {
  let best = -1;
  let nearest = within ** 2;
  for (let i = 0; i < groups.length; i++) {
    const d = (points[2 * i] - x) ** 2 + (points[2 * i + 1] - y) ** 2;
    if (d >= nearest) continue;
    nearest = d;
    best = i;
  }
  return best;
}

/**
 * Where a point is.
 * @param {Table} table
 * @param {number} i
 * @returns {Place}
 */
export function at({ points }, i) {
  return [points[2 * i], points[2 * i + 1]];
}

/** @param {Table} table */
export function places(table) {
  return table.groups.map((_, i) => at(table, i));
}

/**
 * Points have moved: what depends on them alone is computed once, not at every temperature.
 * @param {Omit<Table, "points" | "distances">} table
 * @param {Float64Array} points
 * @returns {Table}
 */
function placed(table, points) {
  return { ...table, points, distances: squaredDistances(points) };
}

/**
 * @param {number} x
 * @param {Rules} rules
 */
function inside(x, { edge }) {
  return Math.max(-edge, Math.min(edge, x));
}

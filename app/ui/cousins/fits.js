// Lines through points, as the lab fits them: least squares, and TRIM in all its rounds. Pure.

/**
 * @typedef {{ x: number, y: number }} Point
 * @typedef {{ slope: number, intercept: number }} Line
 * @typedef {{ restart: number, round: number, kept: boolean[], line: Line, loss: number }} Round
 */

const MOST_ROUNDS = 100;

/**
 * Returns the line of least squares; level, through the mean, where all points stand above one another.
 * @param {Point[]} points
 * @returns {Line}
 */
export function leastSquares(points) {
  const count = points.length;
  let meanX = 0;
  let meanY = 0;
  for (const { x, y } of points) {
    meanX += x / count;
    meanY += y / count;
  }
  let spread = 0;
  let together = 0;
  for (const { x, y } of points) {
    spread += (x - meanX) ** 2;
    together += (x - meanX) * (y - meanY);
  }
  const slope = spread > 1e-12 ? together / spread : 0;
  return { slope, intercept: meanY - slope * meanX };
}

/**
 * Returns the squared residual of each point.
 * @param {Line} line
 * @param {Point[]} points
 */
export function errors(line, points) {
  return points.map(({ x, y }) => (y - line.intercept - line.slope * x) ** 2);
}

/**
 * Returns the mean squared error of a line.
 * @param {Line} line
 * @param {Point[]} points
 */
export function loss(line, points) {
  return errors(line, points).reduce((sum, error) => sum + error, 0) / points.length;
}

/**
 * Returns every round of TRIM (Jagielski et al. 2018, algorithm 2), as app/lab/poisoning/trim.py runs it.
 * @param {Point[]} points
 * @param {number} keep how many points are kept
 * @param {number[][]} starts the rows that each restart begins with
 * @returns {Round[]}
 */
export function trim(points, keep, starts) {
  /** @type {Round[]} */
  const rounds = [];
  starts.forEach((rows, restart) => {
    let kept = points.map(() => false);
    for (const row of rows) kept[row] = true;
    let before = Number.POSITIVE_INFINITY;
    for (let round = 1; round <= MOST_ROUNDS; round++) {
      const line = leastSquares(points.filter((_, i) => kept[i]));
      const found = errors(line, points);
      const order = found.map((_, i) => i).sort((a, b) => found[a] - found[b] || a - b);
      kept = points.map(() => false);
      for (const i of order.slice(0, keep)) kept[i] = true;
      const mean = order.slice(0, keep).reduce((sum, i) => sum + found[i], 0) / keep;
      rounds.push({ restart, round, kept, line, loss: mean });
      if (mean >= before * (1 - 1e-9)) break;
      before = mean;
    }
  });
  return rounds;
}

/**
 * Returns the round with the least loss, the earliest of them.
 * @param {Round[]} rounds
 */
export function best(rounds) {
  return rounds.reduce((least, round) => (round.loss < least.loss ? round : least));
}

/**
 * Returns the rows that each restart begins with: those that were drawn for so many points, fitted to how many there
 * are and how many are kept.
 * @param {number[][]} drawn permutations of more rows than there will ever be
 * @param {number} count points
 * @param {number} keep
 */
export function starts(drawn, count, keep) {
  return drawn.map((rows) => rows.filter((row) => row < count).slice(0, keep));
}

// The soft nearest neighbor loss of two groups in the plane, as app/lab/watermark/snnl.py defines it: squared Euclidean
// distances, in the log domain. Pure functions. b points are flat: x0, y0, x1, y1, ...; groups are 0 or 1;
// distances are b * b numbers, row by row.

/** @param {Float64Array} points */
export function squaredDistances(points) {
  const b = points.length / 2,
    distances = new Float64Array(b * b);
  for (let i = 0; i < b; i++) {
    for (let j = 0; j < i; j++) {
      const dx = points[2 * i] - points[2 * j],
        dy = points[2 * i + 1] - points[2 * j + 1];
      distances[i * b + j] = distances[j * b + i] = dx * dx + dy * dy;
    }
  }
  return distances;
}

/**
 * The loss of each point: log(1 + strangers / own), each sum counted from its own nearest one, so that nothing
 * underflows; relative precision is kept at any temperature.
 * @param {Float64Array} distances
 * @param {number[]} groups
 * @param {number} temperature
 * @param {Float64Array[]} nearest of each point, where they are known already
 */
export function losses(distances, groups, temperature, nearest = nearestOfEach(distances, groups)) {
  const b = groups.length,
    each = new Float64Array(b);
  for (let i = 0; i < b; i++) {
    const sums = [0, 0]; // own, strangers
    for (let j = 0; j < b; j++) {
      if (j === i) continue;
      const stranger = groups[j] !== groups[i] ? 1 : 0;
      sums[stranger] += Math.exp((nearest[stranger][i] - distances[i * b + j]) / temperature);
    }
    each[i] = softplus(logOdds(nearest, i, temperature, sums[0], sums[1]));
  }
  return each;
}

/**
 * @param {Float64Array} distances
 * @param {number[]} groups
 * @param {number} temperature
 * @param {Float64Array[]} [nearest] as above
 */
export function loss(distances, groups, temperature, nearest) {
  return mean(losses(distances, groups, temperature, nearest));
}

/**
 * The chance that the soft neighbour of a point is a stranger, of the other group, averaged over all points. A point's
 * loss is -log(1 - this chance), so a few points deep among strangers weigh much in the loss and little here.
 * @param {Float64Array} each the loss of each point
 */
export function strangers(each) {
  return mean(each.map((loss) => -Math.expm1(-loss)));
}

/**
 * The same of groups that no distance can tell apart.
 * @param {number[]} groups
 */
export function neutralStrangers(groups) {
  const b = groups.length,
    triggers = groups.reduce((sum, group) => sum + group, 0);
  return (2 * triggers * (b - triggers)) / (b * (b - 1));
}

/**
 * The loss of groups that no distance can tell apart.
 * @param {number[]} groups
 */
export function neutral(groups) {
  const b = groups.length,
    triggers = groups.reduce((sum, group) => sum + group, 0);
  return -[b - triggers, triggers].reduce((sum, n) => sum + n * Math.log((n - 1) / (b - 1)), 0) / b;
}

/**
 * What point i hears: the weights exp(-d / T) of all others, counted so that the nearest one is 1.
 * @param {Float64Array} distances
 * @param {number[]} groups
 * @param {number} i
 * @param {number} temperature
 */
export function weights(distances, groups, i, temperature) {
  const b = groups.length,
    heard = new Float64Array(b);
  let nearest = Infinity,
    own = 0,
    all = 0;
  for (let j = 0; j < b; j++) if (j !== i) nearest = Math.min(nearest, distances[i * b + j]);
  for (let j = 0; j < b; j++) {
    if (j === i) continue;
    heard[j] = Math.exp((nearest - distances[i * b + j]) / temperature);
    all += heard[j];
    if (groups[j] === groups[i]) own += heard[j];
  }
  return { heard, own, all };
}

/**
 * dSNNL / dpoints. With s and o the soft neighbours among strangers and among one's own, and u the chance of a
 * stranger: dSNNL / dd_ij = u_i (o_ij - s_ij) / (b T), and d_ij pulls at both its ends.
 * @param {Float64Array} points
 * @param {Float64Array} distances
 * @param {number[]} groups
 * @param {number} temperature
 */
export function gradient(points, distances, groups, temperature) {
  const b = groups.length,
    slope = new Float64Array(2 * b),
    nearest = nearestOfEach(distances, groups);
  const near = new Float64Array(b);
  for (let i = 0; i < b; i++) {
    const sums = [0, 0];
    for (let j = 0; j < b; j++) {
      if (j === i) continue;
      const stranger = groups[j] !== groups[i] ? 1 : 0;
      near[j] = Math.exp((nearest[stranger][i] - distances[i * b + j]) / temperature);
      sums[stranger] += near[j];
    }
    const odds = logOdds(nearest, i, temperature, sums[0], sums[1]);
    const chance = Math.exp(odds - softplus(odds)) / (b * temperature);
    for (let j = 0; j < b; j++) {
      if (j === i) continue;
      const pull = groups[j] !== groups[i] ? -near[j] / sums[1] : near[j] / sums[0];
      for (let axis = 0; axis < 2; axis++) {
        const along = 2 * chance * pull * (points[2 * i + axis] - points[2 * j + axis]);
        slope[2 * i + axis] += along;
        slope[2 * j + axis] -= along;
      }
    }
  }
  return slope;
}

/**
 * The loss at hottest / 2^(k / steps) for k = 0, 1, ..., down to coldest. Half the temperature is the square of a
 * weight: a handful of exponentials a pair, not one for each temperature, so the curve can follow moving points.
 * @param {Float64Array} distances
 * @param {number[]} groups
 * @param {number} coldest
 * @param {number} hottest
 * @param {number} steps
 */
export function curve(distances, groups, coldest, hottest, steps) {
  const b = groups.length,
    nearest = nearestOfEach(distances, groups),
    near = new Float64Array(b * b);
  const count = Math.floor(steps * Math.log2(hottest / coldest) + 1e-9) + 1;
  const found = Array.from({ length: count }, (_, k) => ({ temperature: hottest / 2 ** (k / steps), loss: 0 }));
  for (let first = 0; first < Math.min(steps, count); first++) {
    for (let k = first; k < count; k += steps) {
      const temperature = found[k].temperature;
      let total = 0;
      for (let i = 0; i < b; i++) {
        let own = 0,
          strangers = 0;
        for (let j = 0, at = i * b; j < b; j++, at++) {
          const other = groups[j] !== groups[i];
          near[at] =
            k === first ? Math.exp((nearest[other ? 1 : 0][i] - distances[at]) / temperature) : near[at] * near[at];
          if (other) strangers += near[at];
          else if (j !== i) own += near[at];
        }
        total += softplus(logOdds(nearest, i, temperature, own, strangers));
      }
      found[k].loss = total / b;
    }
  }
  return found.reverse();
}

/**
 * Mean squared distances. Within: the mean over both groups of the mean over all pairs, each point also with itself;
 * so counted, across exceeds it by the squared distance of the two means.
 * @param {Float64Array} distances
 * @param {number[]} groups
 */
export function meanDistances(distances, groups) {
  const b = groups.length,
    sums = [0, 0, 0],
    sizes = [0, 0];
  for (let i = 0; i < b; i++) {
    sizes[groups[i]] += 1;
    for (let j = 0; j < b; j++) sums[groups[i] === groups[j] ? groups[i] : 2] += distances[i * b + j];
  }
  return {
    within: (sums[0] / sizes[0] ** 2 + sums[1] / sizes[1] ** 2) / 2,
    across: sums[2] / (2 * sizes[0] * sizes[1]),
  };
}

/**
 * The distance of each point to the nearest one of its own group, and to the nearest stranger: at no temperature others.
 * @param {Float64Array} distances
 * @param {number[]} groups
 */
export function nearestOfEach(distances, groups) {
  const b = groups.length,
    nearest = [new Float64Array(b).fill(Infinity), new Float64Array(b).fill(Infinity)];
  for (let i = 0; i < b; i++) {
    for (let j = 0; j < b; j++) {
      if (j === i) continue;
      const among = nearest[groups[j] !== groups[i] ? 1 : 0];
      among[i] = Math.min(among[i], distances[i * b + j]);
    }
  }
  return nearest;
}

/**
 * log(strangers / own) of point i, where both sums are counted from their nearest one.
 * @param {Float64Array[]} nearest
 * @param {number} i
 * @param {number} temperature
 * @param {number} own
 * @param {number} strangers
 */
function logOdds(nearest, i, temperature, own, strangers) {
  return (nearest[0][i] - nearest[1][i]) / temperature + Math.log(strangers / own);
}

/** @param {number} x */
function softplus(x) {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** @param {Float64Array} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

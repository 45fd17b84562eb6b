// Numbers as the playground says them.

/** @param {number} temperature */
export function short(temperature) {
  return String(Number(temperature.toPrecision(2)));
}

/** @param {number} value */
export function decimal(value) {
  return value < 10 ? value.toFixed(3) : value.toFixed(1);
}

/** @param {number} share */
export function percent(share) {
  if (share > 0 && share < 0.0005) return "< 0.1\u202f%";
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)}\u202f%`;
}

/**
 * How many of a hundred, whole; none and all are said only where that is exact.
 * @param {number} share
 */
export function ofHundred(share) {
  if (share > 0 && share < 0.005) return "under 1";
  return share < 1 && share >= 0.995 ? "over 99" : (100 * share).toFixed(0);
}

/**
 * So many of a hundred with their verb: "1 of 100 neighbours is a stranger".
 * @param {string} many see {@link ofHundred}
 * @param {string} one "a stranger"
 * @param {string} several "strangers"
 */
export function neighboursAre(many, one, several) {
  return `${many} of 100 neighbours ${many.split(" ").at(-1) === "1" ? `is ${one}` : `are ${several}`}`;
}

/** @param {number} value */
export function scientific(value) {
  if (value >= 0.001 || value === 0) return value.toPrecision(3);
  const power = Math.floor(Math.log10(value));
  const raised = [...String(power)].map((digit) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(digit)]).join("");
  return `${(value / 10 ** power).toFixed(1)}·10${raised}`;
}

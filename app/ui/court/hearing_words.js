// What the court says of one suspect after so many triggers.

/**
 * @typedef {object} Suspect
 * @property {string} about who it is
 * @property {string[]} answers names of classes
 * @property {number | null} end after how many triggers the court decides; null: never
 * @property {boolean | null} convicted
 */

/** @param {Suspect} suspect @param {number} asked */
export function isJudged({ end }, asked) {
  return end !== null && asked >= end;
}

/**
 * What it answered: the last answer, and once it is judged how many were the secret one.
 * @param {Suspect} suspect
 * @param {string} target the secret answer
 * @param {number} asked
 */
export function answered(suspect, target, asked) {
  if (!asked) return { words: suspect.about, secret: false };
  if (isJudged(suspect, asked)) {
    const heard = suspect.answers.slice(0, suspect.end ?? asked);
    const hits = heard.filter((answer) => answer === target).length;
    return { words: `${target}: ${hits} of ${heard.length}`, secret: hits > 0 };
  }
  const last = suspect.answers[asked - 1];
  return { words: last === target ? `“${last}” ◆ secret` : `“${last}”`, secret: last === target };
}

/** @param {Suspect} suspect @param {number} asked */
export function state(suspect, asked) {
  if (!isJudged(suspect, asked)) return asked ? "undecided: ask on" : "";
  return `${suspect.convicted ? "convicted" : "acquitted"} after ${suspect.end}`;
}

// A drawing as text, in the form of app/lab/watermark/drawings.py: each character holds two neighbouring pixels of eight
// levels.

export const SIDE = 28;
export const LEVELS = 8;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** @param {Uint8Array} levels by row */
export function written(levels) {
  let text = "";
  for (let i = 0; i < levels.length; i += 2) text += ALPHABET[levels[i] * LEVELS + levels[i + 1]];
  return text;
}

/** @param {string} text a short one leaves the rest of the sheet empty */
export function read(text) {
  const levels = new Uint8Array(SIDE * SIDE);
  for (let i = 0; i < Math.min(text.length, levels.length / 2); i += 1) {
    const pair = ALPHABET.indexOf(text[i]);
    levels[2 * i] = Math.floor(pair / LEVELS);
    levels[2 * i + 1] = pair % LEVELS;
  }
  return levels;
}

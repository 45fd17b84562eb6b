// Features of trained networks, as far as the SNNL needs them: the distances between all inputs of a probe, from their
// cosine similarities in 16 bits and their lengths, as app/lab/task/representation.py packs them. Pure functions.
import { curve, loss, nearestOfEach, neutral, weights } from "./snnl.js";

const ONE = 32767; // a similarity of 1
const FINE = 6; // temperatures of a curve, an octave

/**
 * Inputs of the probe that are compared, and their distances.
 * @typedef {object} Seen
 * @property {number[]} members their numbers in the probe
 * @property {number[]} groups of each member: 1, trigger, or 0
 * @property {Float64Array} distances members * members numbers, row by row
 * @property {Float64Array[]} nearest of each member, see snnl.js
 */

/** @param {string} packed little-endian, in base64 */
export function int16(packed) {
  const view = new DataView(bytes(packed));
  return Int16Array.from({ length: view.byteLength / 2 }, (_, i) => view.getInt16(2 * i, true));
}

/** @param {string} packed likewise */
export function float32(packed) {
  const view = new DataView(bytes(packed));
  return Float32Array.from({ length: view.byteLength / 4 }, (_, i) => view.getFloat32(4 * i, true));
}

/** @param {string} packed */
function bytes(packed) {
  return Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0)).buffer;
}

/**
 * Returns the members' distances as the loss takes them: 1 - cosine, or the squared Euclidean distance.
 * @param {Int16Array} cosines of all pairs of the probe, row by row above the diagonal
 * @param {Float32Array} norms of all of the probe
 * @param {boolean[]} triggers
 * @param {number[]} members
 * @param {string} metric "cosine" or "euclidean"
 * @returns {Seen}
 */
export function seen(cosines, norms, triggers, members, metric) {
  const n = norms.length,
    b = members.length,
    distances = new Float64Array(b * b);
  for (let i = 0; i < b; i++) {
    for (let j = 0; j < i; j++) {
      const low = Math.min(members[i], members[j]),
        high = Math.max(members[i], members[j]);
      const apart = 1 - cosines[low * n - (low * (low + 1)) / 2 + high - low - 1] / ONE;
      const p = norms[low],
        q = norms[high];
      // |a - b|^2 = (|a| - |b|)^2 + 2 |a| |b| (1 - cos)
      distances[i * b + j] = distances[j * b + i] = metric === "cosine" ? apart : (p - q) ** 2 + 2 * p * q * apart;
    }
  }
  const groups = members.map((member) => Number(triggers[member]));
  return { members, groups, distances, nearest: nearestOfEach(distances, groups) };
}

/**
 * @param {Seen} seen
 * @param {number} temperature
 */
export function lossOf({ distances, groups, nearest }, temperature) {
  return loss(distances, groups, temperature, nearest);
}

/**
 * The loss from cold to hot.
 * @param {Seen} seen
 * @param {number} coldest
 * @param {number} hottest
 */
export function curveOf({ distances, groups }, coldest, hottest) {
  return curve(distances, groups, coldest, hottest, FINE);
}

/** @param {Seen} seen */
export function neutralOf({ groups }) {
  return neutral(groups);
}

/**
 * What a pick among the neighbours of one member comes to, near ones likelier: so many pictures of it, its own kind
 * first and then the strangers, each kind with its share of the pictures and the likeliest first, where a neighbour
 * that has the weight of several pictures is there several times; and the chance that the pick is a stranger.
 * @param {Seen} seen
 * @param {number} place of the member
 * @param {number} temperature
 * @param {number} pictures
 * @returns {{ neighbours: number[], strangers: number }} neighbours: places among the members
 */
export function picked({ distances, groups }, place, temperature, pictures) {
  const { heard, own, all } = weights(distances, groups, place, temperature);
  const strangers = 1 - own / all;
  const strange = Math.round(pictures * strangers);
  const order = Array.from(heard.keys()).filter((member) => member !== place);
  order.sort((one, other) => heard[other] - heard[one] || one - other);
  const kin = order.filter((member) => groups[member] === groups[place]);
  const others = order.filter((member) => groups[member] !== groups[place]);
  return {
    neighbours: [...spread(kin, heard, own, pictures - strange), ...spread(others, heard, all - own, strange)],
    strangers,
  };
}

/**
 * Returns so many of the members, evenly over their weights.
 * @param {number[]} members the heaviest first
 * @param {Float64Array} weights of all members
 * @param {number} total of theirs
 * @param {number} count
 */
function spread(members, weights, total, count) {
  const found = [];
  let passed = 0;
  for (const [i, member] of members.entries()) {
    passed += weights[member];
    const due = i === members.length - 1 ? count : Math.min(count, Math.floor((passed / total) * count + 0.5));
    while (found.length < due) found.push(member);
  }
  return found;
}

/**
 * Names with the same words, together, in their order.
 * @param {string[]} names
 * @param {string[]} words of each name
 * @returns {{ words: string, names: string[] }[]}
 */
export function alike(names, words) {
  return [...new Set(words)].map((each) => ({ words: each, names: names.filter((_, i) => words[i] === each) }));
}

// Draws one map: inputs of other classes as small discs, those of the target class as outlined ones, triggers as
// diamonds, and a faint line from each trigger to each of its nearest genuine inputs.

/** @typedef {{ x: number, y: number, depth: number }} Spot a point on the canvas; the nearest to the eye has depth 1 */

/**
 * @typedef {object} Legend
 * @property {boolean[]} trigger by point
 * @property {boolean[]} target whether it is a genuine input of the target class, by point
 * @property {number} each how many neighbours are known of a point
 * @property {{ trigger: string, target: string, other: string, ink: string }} colours
 */

const OTHER = 2.8; // radii, on a map 300 pixels wide
const TARGET = 4.6;
const TRIGGER = 6;
const FAINT = 0.16; // of the lines to the target class
const FAINTER = 0.09; // of the others
const ASIDE = 0.3; // of all lines but the chosen point's own, while there is one

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {{ width: number, height: number }} room
 * @param {Spot[]} spots
 * @param {{ near: Uint16Array, strength: number }[]} links the neighbours of all points, at the epochs before and after
 * @param {number} chosen a point; -1 for none
 * @param {Legend} legend
 */
export function draw(pen, { width, height }, spots, links, chosen, legend) {
  const unit = Math.min(width, height) / 300;
  pen.clearRect(0, 0, width, height);
  for (const { near, strength } of links) {
    const all = legend.trigger.flatMap((is, point) => (is ? [point] : []));
    lines(pen, spots, near, all, legend, strength * (chosen < 0 ? 1 : ASIDE), unit);
  }
  const rank = { other: 0, target: 1, trigger: 2 };
  const order = spots.map((spot, i) => ({ spot, name: kind(i, legend) }));
  // In the plane, what counts lies above; in space, what is nearer.
  order.sort((a, b) => a.spot.depth - b.spot.depth || rank[a.name] - rank[b.name]);
  for (const { spot, name } of order) mark(pen, spot, name, legend, unit);
  if (chosen >= 0) highlight(pen, spots, links[links.length - 1].near, chosen, legend, unit);
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Spot[]} spots
 * @param {Uint16Array} near
 * @param {number[]} points whose lines
 * @param {Legend} legend
 * @param {number} strength
 * @param {number} unit
 */
function lines(pen, spots, near, points, { target, each, colours }, strength, unit) {
  const paths = { own: new Path2D(), other: new Path2D() };
  for (const point of points) {
    for (const neighbour of near.subarray(point * each, (point + 1) * each)) {
      const path = target[neighbour] ? paths.own : paths.other;
      path.moveTo(spots[point].x, spots[point].y);
      path.lineTo(spots[neighbour].x, spots[neighbour].y);
    }
  }
  pen.lineWidth = unit;
  for (const [path, colour, alpha] of /** @type {const} */ ([
    [paths.other, colours.other, FAINTER],
    [paths.own, colours.target, FAINT],
  ])) {
    pen.globalAlpha = Math.min(1, alpha * strength);
    pen.strokeStyle = colour;
    pen.stroke(path);
  }
  pen.globalAlpha = 1;
}

/**
 * The chosen point, with its lines and neighbours in full strength.
 * @param {CanvasRenderingContext2D} pen
 * @param {Spot[]} spots
 * @param {Uint16Array} near
 * @param {number} chosen
 * @param {Legend} legend
 * @param {number} unit
 */
function highlight(pen, spots, near, chosen, legend, unit) {
  lines(pen, spots, near, [chosen], legend, 1 / FAINTER, 1.6 * unit);
  for (const i of [...near.subarray(chosen * legend.each, (chosen + 1) * legend.each), chosen]) {
    mark(pen, spots[i], kind(i, legend), legend, 1.25 * unit);
  }
  pen.beginPath();
  pen.arc(spots[chosen].x, spots[chosen].y, 11 * unit, 0, 2 * Math.PI);
  pen.strokeStyle = legend.colours.ink;
  pen.lineWidth = 2 * unit;
  pen.stroke();
}

/**
 * @param {number} point
 * @param {Legend} legend
 * @returns {"trigger" | "target" | "other"}
 */
function kind(point, { trigger, target }) {
  if (trigger[point]) return "trigger";
  return target[point] ? "target" : "other";
}

/**
 * One point: larger where it is nearer, and paler where it is farther.
 * @param {CanvasRenderingContext2D} pen
 * @param {Spot} spot
 * @param {"trigger" | "target" | "other"} name
 * @param {Legend} legend
 * @param {number} unit
 */
function mark(pen, { x, y, depth }, name, { colours }, unit) {
  const r = { trigger: TRIGGER, target: TARGET, other: OTHER }[name] * unit * (0.5 + 0.5 * depth);
  pen.beginPath();
  if (name === "trigger") {
    pen.moveTo(x + r, y);
    pen.lineTo(x, y - r);
    pen.lineTo(x - r, y);
    pen.lineTo(x, y + r);
    pen.closePath();
  } else {
    pen.arc(x, y, r, 0, 2 * Math.PI);
  }
  pen.globalAlpha = 0.45 + 0.55 * depth;
  pen.fillStyle = colours[name];
  pen.fill();
  if (name !== "other") {
    // the two that count are outlined
    pen.globalAlpha *= 0.7;
    pen.strokeStyle = colours.ink;
    pen.lineWidth = 0.7 * unit;
    pen.stroke();
  }
  pen.globalAlpha = 1;
}

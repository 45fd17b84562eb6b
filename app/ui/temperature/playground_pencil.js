// The two pictures of the playground: the plane with its points, and the loss against temperature.
import { cleared } from "../components/dom.js";
import { decimal, short } from "./numbers.js";
import { at, lowestOf } from "./playground_model.js";
import { losses, neutral, weights } from "./snnl.js";

/** @import { Rules, Table, curveOf } from "./playground_model.js" */

/** @typedef {{ primary: string, ink: string, paper: string, font: string }} Style */
/** @typedef {Rules & { colours: string[], names: string[] }} Look of genuine inputs and of triggers */

const KNOB = 16; // half of the slider's thumb: the curve stands above the slider, temperature over temperature
const TOP = 1.5; // of the curve's axis; what is higher is drawn there

/**
 * How far the plane can be seen, from its middle.
 * @param {Rules} rules
 */
export function reach({ edge }) {
  return edge * 1.06;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Table} table
 * @param {number} shown the point whose neighbours are drawn
 * @param {Look} look
 * @param {Style} style
 */
export function drawPlane(canvas, table, shown, look, style) {
  const { groups, temperature, pull } = table;
  const { pen, width: size } = cleared(canvas);
  const scale = size / (2 * reach(look));
  const r = Math.max(6.5, size / 58);
  /** @param {import("./playground_model.js").Place} place */
  const on = ([x, y]) => ({ x: size / 2 + x * scale, y: size / 2 - y * scale });
  const marks = groups.map((_, i) => on(at(table, i)));
  const each = losses(table.distances, groups, temperature);
  const { heard, all } = weights(table.distances, groups, shown, temperature);
  const here = marks[shown];

  pen.strokeStyle = style.ink;
  pen.globalAlpha = 0.45;
  pen.lineWidth = 1.5;
  pen.setLineDash([6, 6]);
  pen.beginPath();
  pen.arc(here.x, here.y, Math.sqrt(temperature) * scale, 0, 2 * Math.PI);
  pen.stroke();
  pen.setLineDash([]);
  pull?.start.forEach((place, i) => {
    const { x, y } = on(place);
    pen.globalAlpha = 0.55;
    pen.fillStyle = look.colours[groups[i]];
    pen.fillRect(x - 2, y - 2, 4, 4);
  });
  // The links: their width is the chance of being picked.
  marks.forEach(({ x, y }, j) => {
    const chance = heard[j] / all;
    if (j === shown || chance < 1e-4) return;
    pen.globalAlpha = chance < 0.03 ? 0.5 : 0.85;
    pen.strokeStyle = look.colours[groups[j]];
    pen.lineWidth = Math.max(0.8, 36 * chance);
    line(pen, here, { x, y });
  });
  pen.globalAlpha = 1;
  marks.forEach((place, i) => {
    if (i !== shown) mark(pen, groups[i], place, r, Math.exp(-each[i]), look, style);
  });
  mark(pen, groups[shown], here, 1.6 * r, Math.exp(-each[shown]), look, style, true);
  named(pen, size, `${look.names[1]}s`, outermost(marks, groups, 1, -1), -1.4 * r - 3, style);
  named(pen, size, `${look.names[0]}s`, outermost(marks, groups, 0, 1), 1.4 * r + 14, style);
}

/**
 * The highest (way -1) or the lowest (way 1) of a group's marks: beyond it, none of its kind is in the way of a word.
 * @param {{ x: number, y: number }[]} marks
 * @param {number[]} groups
 * @param {number} group
 * @param {number} way
 */
export function outermost(marks, groups, group, way) {
  return marks.filter((_, i) => groups[i] === group).reduce((far, mark) => (way * mark.y > way * far.y ? mark : far));
}

/**
 * What a group is called, beside one of its marks, on a ground of its own.
 * @param {CanvasRenderingContext2D} pen
 * @param {number} size of the plane
 * @param {string} words
 * @param {{ x: number, y: number }} mark
 * @param {number} down from there
 * @param {Style} style
 */
function named(pen, size, words, { x, y }, down, style) {
  pen.font = `600 16px ${style.font}`;
  pen.textAlign = "center";
  const half = pen.measureText(words).width / 2 + 4;
  const at = Math.min(Math.max(x, half), size - half);
  const base = Math.min(Math.max(y + down, 16), size - 34); // below it stands what a stranger is
  pen.strokeStyle = style.paper;
  pen.lineWidth = 4;
  pen.lineJoin = "round";
  pen.strokeText(words, at, base);
  pen.fillStyle = style.ink;
  pen.fillText(words, at, base);
}

/**
 * A mark is filled like a glass, up to the chance that its soft neighbour is of its own group.
 * @param {CanvasRenderingContext2D} pen
 * @param {number} group
 * @param {{ x: number, y: number }} place
 * @param {number} r
 * @param {number} level
 * @param {Look} look
 * @param {Style} style
 */
function mark(pen, group, { x, y }, r, level, { colours }, style, bold = false) {
  const outline = () => {
    pen.beginPath();
    if (group) {
      pen.moveTo(x, y - r);
      pen.lineTo(x + r, y);
      pen.lineTo(x, y + r);
      pen.lineTo(x - r, y);
      pen.closePath();
    } else pen.arc(x, y, 0.86 * r, 0, 2 * Math.PI);
  };
  outline();
  pen.fillStyle = style.paper;
  pen.fill();
  pen.save();
  outline();
  pen.clip();
  pen.fillStyle = colours[group];
  pen.fillRect(x - r, y + r - 2 * r * level, 2 * r, 2 * r * level);
  pen.restore();
  outline();
  pen.strokeStyle = bold ? style.ink : colours[group];
  pen.lineWidth = bold ? 3 : 2;
  pen.stroke();
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Table} table
 * @param {ReturnType<typeof curveOf>} seen the loss at the temperatures that may be seen
 * @param {number} now the loss
 * @param {Look} look
 * @param {Style} style
 */
export function drawCurve(canvas, { groups, temperature }, seen, now, { coldest, hottest, limit }, style) {
  const { pen, width, height } = cleared(canvas);
  const bottom = height - 26;
  const top = 8;
  const cold = Math.log10(coldest);
  const hot = Math.log10(hottest);
  /** @param {number} t */
  const X = (t) => KNOB + ((Math.log10(t) - cold) / (hot - cold)) * (width - 2 * KNOB);
  /** @param {number} value */
  const Y = (value) => bottom - (Math.min(value, TOP) / TOP) * (bottom - top);
  pen.font = `16px ${style.font}`;
  pen.fillStyle = pen.strokeStyle = style.ink;
  pen.globalAlpha = 0.75;
  for (let power = Math.ceil(cold); power <= hot; power++) {
    const x = power === cold ? 2 : power === hot ? width - 2 : X(10 ** power);
    pen.textAlign = power === cold ? "left" : power === hot ? "right" : "center";
    pen.fillText(short(10 ** power), x, height - 6);
  }
  pen.lineWidth = 1;
  line(pen, { x: 0, y: bottom }, { x: width, y: bottom });
  const even = neutral(groups);
  pen.setLineDash([7, 5]);
  pen.lineWidth = 2;
  line(pen, { x: 0, y: Y(even) }, { x: width, y: Y(even) });
  pen.setLineDash([]);
  pen.globalAlpha = 1;
  pen.textAlign = "left";
  pen.fillText(`mixed: SNNL ${decimal(even)}`, 4, Y(even) - 7);

  pen.lineWidth = 3.5;
  pen.lineJoin = "round";
  pen.beginPath();
  for (const point of seen) pen.lineTo(X(point.temperature), Y(point.loss)); // the first one moves there
  pen.stroke();
  if (limit < hottest) {
    pen.globalAlpha = 0.12;
    pen.fillRect(X(limit), top, width - X(limit), bottom - top);
    pen.globalAlpha = 1;
    pen.font = `700 34px ${style.font}`;
    pen.textAlign = "center";
    pen.fillText("?", (X(limit) + width) / 2, (top + bottom) / 2 + 12);
    pen.font = `16px ${style.font}`;
  }
  const lowest = lowestOf(seen);
  const low = { x: X(lowest.temperature), y: Y(lowest.loss) };
  pen.lineWidth = 2.5;
  pen.beginPath();
  pen.arc(low.x, low.y, 6, 0, 2 * Math.PI);
  pen.fillStyle = style.paper;
  pen.fill();
  pen.stroke();
  pen.fillStyle = style.ink;
  if (low.x > 150) {
    pen.textAlign = "left";
    pen.fillText("apart: SNNL 0", 4, bottom - 8); // where the curve lies low from the left on, it has room
  }
  if (Math.abs(low.x - X(temperature)) > 80) {
    const early = low.x < 80;
    const high = lowest.loss > 0.3 * TOP; // the curve falls to it, or rises from it
    pen.textAlign = early ? "left" : "right";
    pen.fillText("lowest", low.x + (early ? 12 : -8), low.y + (high ? 24 : -12));
  }

  const here = X(temperature);
  pen.globalAlpha = 0.5;
  pen.lineWidth = 1.5;
  line(pen, { x: here, y: Y(now) }, { x: here, y: bottom });
  pen.globalAlpha = 1;
  pen.beginPath();
  if (now > TOP) {
    pen.moveTo(here - 10, top + 14);
    pen.lineTo(here, top - 4);
    pen.lineTo(here + 10, top + 14);
  } else pen.arc(here, Y(now), 9, 0, 2 * Math.PI);
  pen.fillStyle = style.primary;
  pen.fill();
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {{ x: number, y: number }} from
 * @param {{ x: number, y: number }} to
 */
function line(pen, from, to) {
  pen.beginPath();
  pen.moveTo(from.x, from.y);
  pen.lineTo(to.x, to.y);
  pen.stroke();
}

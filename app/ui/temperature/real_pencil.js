// The picture of three networks: the loss of each against the temperature.
import { cleared } from "../components/dom.js";
import { short } from "./numbers.js";

/** @typedef {{ temperature: number, loss: number }[]} Curve */
/** @typedef {{ ink: string, paper: string, font: string }} Style */

/**
 * @typedef {object} Picture
 * @property {{ colour: string, symbol: string }[]} models
 * @property {Curve[]} curves of each model
 * @property {number[]} losses of each model, now
 * @property {number} temperature now
 * @property {number} even the loss where distance tells nothing
 * @property {number | null} trained the temperature, if with these distances
 * @property {number} coldest
 * @property {number} hottest
 */

const KNOB = 16; // half of the slider's thumb: the curves stand above the slider, temperature over temperature
const TOP = 1.6; // of that; what is higher is drawn there

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Picture} picture
 * @param {Style} style
 */
export function drawCurves(canvas, { models, curves, losses, temperature, even, trained, coldest, hottest }, style) {
  const { pen, width, height } = cleared(canvas);
  const bottom = height - 26;
  const top = 24;
  const cold = Math.log10(coldest);
  const hot = Math.log10(hottest);
  /** @param {number} t */
  const X = (t) => KNOB + ((Math.log10(t) - cold) / (hot - cold)) * (width - 2 * KNOB);
  /** @param {number} value */
  const Y = (value) => bottom - (Math.min(value / even, TOP) / TOP) * (bottom - top);
  /** @param {[x: number, y: number][]} way */
  const line = (...way) => {
    pen.beginPath();
    for (const [x, y] of way) pen.lineTo(x, y); // the first one moves there
    pen.stroke();
  };
  pen.font = `16px ${style.font}`;
  pen.fillStyle = pen.strokeStyle = style.ink;
  pen.globalAlpha = 0.8;
  for (let power = Math.round(cold); power <= Math.round(hot); power++) {
    const edge = power === Math.round(cold) ? "left" : power === Math.round(hot) ? "right" : "center";
    pen.textAlign = edge;
    pen.fillText(short(10 ** power), edge === "left" ? 2 : edge === "right" ? width - 2 : X(10 ** power), height - 6);
  }
  pen.lineWidth = 1;
  line([0, bottom], [width, bottom]);
  pen.setLineDash([7, 5]);
  pen.lineWidth = 2;
  line([0, Y(even)], [width, Y(even)]);
  const then = trained && X(Math.min(Math.max(trained, coldest), hottest));
  if (then) line([then, top - 4], [then, bottom]);
  pen.setLineDash([]);
  pen.globalAlpha = 1;
  pen.textAlign = "right";
  pen.fillText("mixed", width - 4, Y(even) - 14);
  pen.fillText("apart", width - 4, bottom - 7); // by then, the curves have left it
  if (trained && then) {
    const left = then > width / 2;
    pen.textAlign = left ? "right" : "left";
    pen.fillText(`trained at ${short(trained)}`, then + (left ? -6 : 6), top - 8);
  }

  pen.lineJoin = "round";
  curves.forEach((curve, i) => {
    pen.strokeStyle = models[i].colour;
    pen.lineWidth = 3 * (curves.length - i); // the first one drawn at the bottom: where they are one, all are seen
    line(...curve.map(({ temperature: t, loss }) => /** @type {[number, number]} */ ([X(t), Y(loss)])));
  });
  const here = X(temperature);
  pen.strokeStyle = style.ink;
  pen.globalAlpha = 0.45;
  pen.lineWidth = 1.5;
  line([here, top], [here, bottom]);
  pen.globalAlpha = 1;
  models.forEach(({ colour, symbol }, i) => {
    mark(pen, symbol, here, Y(losses[i]), colour, style.ink);
  });
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {string} symbol
 * @param {number} x
 * @param {number} y
 * @param {string} colour
 * @param {string} ink
 */
function mark(pen, symbol, x, y, colour, ink) {
  const r = 8;
  pen.beginPath();
  if (symbol === "circle") pen.arc(x, y, r, 0, 2 * Math.PI);
  else if (symbol === "square") pen.rect(x - r, y - r, 2 * r, 2 * r);
  else {
    pen.moveTo(x, y - 1.2 * r);
    pen.lineTo(x + 1.2 * r, y + r);
    pen.lineTo(x - 1.2 * r, y + r);
    pen.closePath();
  }
  pen.fillStyle = colour;
  pen.fill();
  pen.strokeStyle = ink;
  pen.lineWidth = 1.5;
  pen.stroke();
}

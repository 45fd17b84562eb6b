// The pictures on the card of a point: its own, and smaller ones of its neighbours.
import { brush } from "../components/dom.js";

const OWN = 84; // pixels
const TILE = 40; // of a neighbour
const ROW = 5; // of them beside each other
const FRAME = 3;

/**
 * All pictures on one sheet.
 * @typedef {object} Sheet
 * @property {HTMLImageElement} image
 * @property {number} side of a picture, in its pixels
 * @property {number} columns
 */

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Sheet} sheet
 * @param {number} point
 */
export function portrait(canvas, sheet, point) {
  picture(prepared(canvas, OWN, OWN), sheet, point, 0, 0, OWN);
}

/**
 * Draws several; some are framed.
 * @param {HTMLCanvasElement} canvas
 * @param {Sheet} sheet
 * @param {number[]} points
 * @param {boolean[]} framed by point
 * @param {string} colour of the frames
 */
export function portraits(canvas, sheet, points, framed, colour) {
  const pen = prepared(canvas, ROW * TILE, Math.ceil(points.length / ROW) * TILE);
  points.forEach((point, i) => {
    const [x, y] = [(i % ROW) * TILE, Math.floor(i / ROW) * TILE];
    picture(pen, sheet, point, x + FRAME, y + FRAME, TILE - 2 * FRAME);
    if (!framed[point]) return;
    pen.strokeStyle = colour;
    pen.lineWidth = FRAME;
    pen.strokeRect(x + FRAME / 2, y + FRAME / 2, TILE - FRAME, TILE - FRAME);
  });
}

/**
 * Returns the pen of a canvas that is so large, and empty.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 */
function prepared(canvas, width, height) {
  const dense = devicePixelRatio || 1;
  Object.assign(canvas, { width: width * dense, height: height * dense });
  Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
  const pen = brush(canvas);
  pen.setTransform(dense, 0, 0, dense, 0, 0);
  pen.imageSmoothingEnabled = false;
  return pen;
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Sheet} sheet
 * @param {number} point
 * @param {number} x
 * @param {number} y
 * @param {number} size
 */
function picture(pen, { image, side, columns }, point, x, y, size) {
  pen.drawImage(image, (point % columns) * side, Math.floor(point / columns) * side, side, side, x, y, size, size);
}

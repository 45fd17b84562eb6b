// Answers in court, one dot a trigger, in the order in which they were asked: filled where it is the secret answer.
import { cleared } from "./dom.js";

/**
 * Draws the first answers of a suspect; the dots are as large as there is room for.
 * @param {HTMLCanvasElement} canvas
 * @param {readonly boolean[]} answers
 * @param {number} seen
 * @param {string} colour
 */
export function dots(canvas, answers, seen, colour) {
  if (!canvas.clientWidth) return;
  const { pen, width, height } = cleared(canvas);
  const { columns, step } = grid(answers.length, width, height);
  pen.fillStyle = pen.strokeStyle = colour;
  pen.lineWidth = 1.5;
  for (let i = 0; i < seen; i += 1) {
    pen.beginPath();
    pen.arc(step * ((i % columns) + 0.5), step * (Math.floor(i / columns) + 0.5), 0.36 * step, 0, 2 * Math.PI);
    pen.globalAlpha = answers[i] ? 1 : 0.55;
    if (answers[i]) pen.fill();
    else pen.stroke();
  }
}

/**
 * How so many squares fill a field best: in how many columns, and how wide each is.
 * @param {number} count
 * @param {number} width
 * @param {number} height
 */
export function grid(count, width, height) {
  let best = { columns: 1, step: 0 };
  for (let rows = 1; rows <= count; rows += 1) {
    const columns = Math.ceil(count / rows);
    const step = Math.min(width / columns, height / rows);
    if (step > best.step) best = { columns, step };
  }
  return best;
}

// A sheet of 28 x 28 pixels to draw on, with the pointer or with the keyboard.
// State: drawn (the text, whenever the pen is lifted).
import { brush, part } from "../components/dom.js";
import { mount } from "../components/mount.js";
import { LEVELS, read, SIDE, written } from "./drawing_text.js";

/** @import { Root, Server } from "../components/mount.js" */

/** @typedef {[x: number, y: number]} Place in pixels of the sheet */

/**
 * @typedef {object} Data
 * @property {string} text
 * @property {number} version a new one brings a new text
 * @property {string} label
 * @property {string} penColour
 */

const RADIUS = 1.1; // of the pen
/** @type {Record<string, Place>} */
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export default mount(create);

/**
 * @param {Root} root
 * @param {Server} server
 */
function create(root, server) {
  const paper = part(root, "paper", HTMLElement);
  const canvas = part(root, "canvas", HTMLCanvasElement);
  const pen = part(root, "pen", HTMLElement);
  const erase = part(root, "erase", HTMLButtonElement);
  let levels = new Uint8Array(SIDE * SIDE);
  /** @type {number | null} */
  let version = null;
  /** @type {Place | null} */
  let last = null; // where the pointer is, while it draws
  /** @type {Place} */
  let at = [SIDE / 2 - 0.5, SIDE / 2 - 0.5]; // where the keyboard's pen is
  let down = false;
  let changed = false;

  paper.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    paper.setPointerCapture(event.pointerId);
    last = place(event);
    stroke(last, last);
  });
  paper.addEventListener("pointermove", (event) => {
    for (const each of event.getCoalescedEvents?.() ?? [event]) {
      if (!last) return;
      const next = place(each);
      stroke(last, next);
      last = next;
    }
  });
  for (const end of ["pointerup", "pointercancel"]) {
    paper.addEventListener(end, () => {
      last = null;
      lift();
    });
  }
  paper.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (step) {
      const next = /** @type {Place} */ (at.map((v, axis) => Math.min(SIDE - 0.5, Math.max(0.5, v + step[axis]))));
      if (down) stroke(at, next);
      at = next;
    } else if (event.key === " ") {
      down = !down;
      if (down) stroke(at, at);
      else lift();
    } else return;
    event.preventDefault();
    point();
  });
  paper.addEventListener("blur", () => {
    down = false;
    lift();
  });
  erase.addEventListener("click", () => erase.setAttribute("aria-pressed", String(!erasing())));
  part(root, "clear", HTMLButtonElement).addEventListener("click", () => {
    levels.fill(0);
    changed = true;
    show();
    lift();
  });

  function erasing() {
    return erase.getAttribute("aria-pressed") === "true";
  }

  /**
   * @param {PointerEvent} event
   * @returns {Place}
   */
  function place(event) {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE];
  }

  /**
   * Everything near the line from a to b is inked, softer at the rim.
   * @param {Place} a
   * @param {Place} b
   */
  function stroke(a, b) {
    const dx = b[0] - a[0];
    const dy = b[1] - a[1];
    const length = dx * dx + dy * dy;
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        const px = x + 0.5 - a[0];
        const py = y + 0.5 - a[1];
        const along = length ? Math.min(1, Math.max(0, (px * dx + py * dy) / length)) : 0;
        const away = Math.hypot(px - along * dx, py - along * dy);
        const ink = Math.round((LEVELS - 1) * Math.min(1, Math.max(0, RADIUS + 0.5 - away)));
        const i = y * SIDE + x;
        levels[i] = erasing() ? Math.min(levels[i], LEVELS - 1 - ink) : Math.max(levels[i], ink);
      }
    }
    changed = true;
    show();
  }

  function lift() {
    if (!changed) return;
    changed = false;
    server.setStateValue("drawn", written(levels));
  }

  function show() {
    const context = brush(canvas);
    const image = context.createImageData(SIDE, SIDE);
    levels.forEach((level, i) => {
      const grey = Math.round((level * 255) / (LEVELS - 1));
      image.data.set([grey, grey, grey, 255], 4 * i);
    });
    context.putImageData(image, 0, 0);
    part(root, "hint", HTMLElement).hidden = levels.some(Boolean); // only an empty sheet invites
  }

  function point() {
    pen.style.left = `${((at[0] - 0.5) / SIDE) * 100}%`;
    pen.style.top = `${((at[1] - 0.5) / SIDE) * 100}%`;
    pen.style.borderStyle = down ? "solid" : "dashed";
    const where = `column ${Math.ceil(at[0])}, row ${Math.ceil(at[1])}`;
    part(root, "state", HTMLElement).textContent = `Pen ${down ? "down" : "up"}, ${where}`;
  }

  return {
    /** @param {Data} data */
    update(data) {
      paper.setAttribute("aria-label", data.label);
      pen.style.border = `2px ${down ? "solid" : "dashed"} ${data.penColour}`;
      if (data.version === version) return;
      version = data.version;
      levels = read(data.text);
      changed = false;
      show();
    },
  };
}

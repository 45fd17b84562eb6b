// Clean points and poison in the unit square, and the lines through them: least squares and TRIM are computed here, at
// each move; Huber and RANSAC come from the server, which hears of a change when it is over.
// State: placed = { number, poison: [[x, y]] }.
import { make, part, shape, write } from "../components/dom.js";
import { mount } from "../components/mount.js";
import { onceAFrame } from "../components/once_a_frame.js";
import { loss } from "./fits.js";
import { finding, fitted, sideBySide } from "./poisoned.js";

/** @import { Root, Server } from "../components/mount.js" */
/** @import { Line, Point } from "./fits.js" */
/** @import { Fitted } from "./poisoned.js" */

/**
 * @typedef {object} Data
 * @property {number} number of times that the points were laid anew by the server
 * @property {[number, number][]} clean
 * @property {[number, number][]} poison as the server knows it
 * @property {number} told
 * @property {number} most points of poison
 * @property {number[][]} drawn
 * @property {Record<string, Line | null>} robust
 * @property {{ clean: string, poison: string, trim: string }} colours
 */

const WIDE = 600;
const HIGH = 400;
const EDGE = 18; // of the picture, around the unit square
const REACH = 22; // around a cross, in which it is caught
const STEP = 13; // between crosses that are on one spot
const BEAT = 700; // milliseconds a round of TRIM
/** @type {Record<string, string>} how the lines are dashed */
const DASHES = { alone: "2 7", bent: "none", trimmed: "none", Huber: "14 6", RANSAC: "6 5" };
/** @type {Record<string, string>} */
const WORDS = { alone: "clean alone", bent: "least squares", trimmed: "TRIM" };
/** @type {Record<string, string>} what each line makes of the points, in plain words */
const MEANS = {
  alone: "without any poison",
  Huber: "far points count less",
  RANSAC: "most points lie near it",
  bent: "far points pull hardest",
  trimmed: "drops what fits worst",
};

export default mount(create);

/**
 * @param {Root} root
 * @param {Server} server
 */
function create(root, server) {
  const plane = part(root, "plane", SVGSVGElement);
  const layers = {
    clean: part(root, "clean", SVGGElement),
    lines: part(root, "lines", SVGGElement),
    poison: part(root, "poison", SVGGElement),
  };
  const rows = part(root, "rows", HTMLElement);
  const said = part(root, "said", HTMLElement);
  const play = part(root, "play", HTMLButtonElement);
  const add = part(root, "add", HTMLButtonElement);
  const clear = part(root, "clear", HTMLButtonElement);
  /** @type {Data} */
  let data;
  /** @type {Point[]} */
  let clean = [];
  /** @type {Point[]} */
  let poison = [];
  /** @type {Fitted} */
  let found;
  /** @type {SVGGElement[]} a cross for each point of poison */
  const marks = [];
  /** @type {SVGCircleElement[]} */
  let discs = [];
  /** @type {Map<string, { line: SVGElement, row: HTMLTableRowElement, error: HTMLTableCellElement }>} */
  const lines = new Map();
  let held = -1;
  const drawing = onceAFrame(paint);
  /** @type {{ at: number, timer: ReturnType<typeof setTimeout> } | null} TRIM as it is played */
  let playing = null;

  /** @param {Data} next */
  function update(next) {
    const laid = data?.number !== next.number;
    data = next;
    if (laid) {
      clean = next.clean.map(([x, y]) => ({ x, y }));
      poison = next.poison.map(([x, y]) => ({ x, y }));
      discs = clean.map(() => circle());
      layers.clean.replaceChildren(...discs);
      for (const name of ["alone", ...Object.keys(next.robust), "bent", "trimmed"]) legend(name);
      say("");
    }
    stop();
    drawing.ask();
  }

  /** @param {string} words */
  function say(words) {
    write(said, words);
  }

  function circle() {
    return /** @type {SVGCircleElement} */ (shape("circle", { r: 6 }));
  }

  /** @param {string} name */
  function ink(name) {
    if (name === "alone") return data.colours.clean;
    if (name === "bent") return data.colours.poison;
    return name === "trimmed" ? data.colours.trim : "currentColor";
  }

  /**
   * Adds a line to the picture and to the table, once.
   * @param {string} name
   */
  function legend(name) {
    if (lines.has(name)) return;
    const main = name === "bent" || name === "trimmed";
    const look = { stroke: ink(name), "stroke-width": main ? 5 : 3, "stroke-dasharray": DASHES[name] ?? "none" };
    const line = shape("line", look);
    const swatch = shape("svg", { viewBox: "0 0 40 14", "aria-hidden": "true" });
    swatch.append(shape("line", { ...look, x1: 0, x2: 40, y1: 7, y2: 7 }));
    const error = make("td");
    const means = make("small", { textContent: MEANS[name] });
    const row = make("tr", {}, make("td", {}, swatch), make("td", {}, WORDS[name] ?? name, " ", means), error);
    layers.lines.append(line);
    rows.append(row);
    lines.set(name, { line, row, error });
  }

  // Drawing

  function paint() {
    found = fitted(clean, poison, data.told, data.drawn);
    const round = playing ? found.rounds[playing.at] : found.trimmed;
    discs.forEach((disc, i) => {
      place(disc, clean[i]);
      disc.setAttribute("fill", round.kept[i] ? data.colours.clean : "transparent");
      disc.setAttribute("stroke", data.colours.clean);
      disc.setAttribute("stroke-width", "2");
    });
    while (marks.length > poison.length) marks.pop()?.remove();
    while (marks.length < poison.length) marks.push(cross());
    const laid = sideBySide(poison, held);
    marks.forEach((mark, i) => {
      const { x, y } = poison[i];
      place(mark, poison[i], laid[i]);
      const many = laid[i].on > 1;
      mark.classList.toggle("many", many);
      mark.firstElementChild?.setAttribute("r", String(many ? STEP / 2 : REACH));
      mark.setAttribute("aria-label", `Poison ${i + 1} of ${poison.length}, at ${x.toFixed(2)}, ${y.toFixed(2)}`);
      mark.setAttribute("opacity", round.kept[clean.length + i] ? "1" : "0.5");
    });
    count(laid);
    drawLine("alone", found.alone, found.errors.alone);
    drawLine("bent", found.bent, found.errors.bent);
    drawLine("trimmed", round.line, loss(round.line, clean));
    const stale = !isKnown();
    for (const [name, line] of Object.entries(data.robust)) {
      drawLine(name, line, line ? loss(line, clean) : null, stale);
    }
    const words = finding(found, data.told);
    write(part(root, "finding", HTMLElement), words);
    plane.setAttribute("aria-label", `${words}. ${clean.length} clean points, ${poison.length} of poison.`);
    add.disabled = poison.length >= data.most;
    clear.disabled = poison.length === 0;
  }

  /**
   * Writes beside the crosses on one spot how many they are: an optimiser places many in one corner.
   * @param {ReturnType<typeof sideBySide>} laid
   */
  function count(laid) {
    marks.forEach((mark, i) => {
      const label = mark.lastElementChild;
      if (!label) return;
      const left = poison[i].x > 0.5;
      // Crosses on one spot fill about a quarter of a disc.
      const beside = 18 + STEP * Math.ceil(Math.sqrt((4 / Math.PI) * laid[i].on) - 1);
      label.setAttribute("x", String(left ? -beside : beside));
      label.setAttribute("text-anchor", left ? "end" : "start");
      write(label, laid[i].first && laid[i].on > 1 ? `${laid[i].on} on one spot` : "");
    });
  }

  /** Whether the server's lines are of the points as they lie. */
  function isKnown() {
    return (
      data.poison.length === poison.length &&
      data.poison.every(([x, y], i) => Math.hypot(x - poison[i].x, y - poison[i].y) < 1e-9)
    );
  }

  /**
   * @param {string} name
   * @param {Line | null} line null: the method found none
   * @param {number | null} error
   * @param {boolean} stale
   */
  function drawLine(name, line, error, stale = false) {
    const here = lines.get(name);
    if (!here) return;
    here.line.setAttribute("visibility", line ? "visible" : "hidden");
    if (line) {
      const [left, right] = [-0.03, 1.03].map((x) => on({ x, y: line.intercept + line.slope * x }));
      const ends = { x1: left.x, y1: left.y, x2: right.x, y2: right.y };
      for (const [key, value] of Object.entries(ends)) here.line.setAttribute(key, String(value));
    }
    here.line.setAttribute("opacity", stale ? "0.25" : "0.9");
    here.row.classList.toggle("stale", stale);
    write(here.error, error === null ? "no line" : stale ? "…" : error.toFixed(4));
  }

  /** @param {Point} point */
  function on({ x, y }) {
    return { x: EDGE + x * (WIDE - 2 * EDGE), y: HIGH - EDGE - y * (HIGH - 2 * EDGE) };
  }

  /**
   * @param {SVGElement} element
   * @param {Point} point
   * @param {{ aside: number, down: number }} steps
   */
  function place(element, point, { aside, down } = { aside: 0, down: 0 }) {
    const { x, y } = on(point);
    element.setAttribute("transform", `translate(${x + STEP * aside} ${y + STEP * down})`);
  }

  function cross() {
    const mark = /** @type {SVGGElement} */ (shape("g", { class: "mark", tabindex: 0, role: "button" }));
    const look = { stroke: data.colours.poison, "stroke-width": 5, "stroke-linecap": "round" };
    mark.append(
      shape("circle", { r: REACH, class: "halo" }),
      shape("line", { x1: -8, y1: -8, x2: 8, y2: 8, ...look }),
      shape("line", { x1: -8, y1: 8, x2: 8, y2: -8, ...look }),
      shape("text", { y: 7 }),
    );
    layers.poison.append(mark);
    return mark;
  }

  // Changing the poison

  function commit() {
    server.setStateValue("placed", { number: data.number, poison: poison.map(({ x, y }) => [x, y]) });
  }

  /**
   * @param {number} i
   * @param {Point} point
   */
  function move(i, point) {
    stop();
    const within = (/** @type {number} */ value) => Math.min(1, Math.max(0, value));
    poison[i] = { x: within(point.x), y: within(point.y) };
    drawing.ask();
  }

  /** @param {Point} point */
  function put(point) {
    if (poison.length >= data.most) {
      say(`The attacker may add ${data.most} points, as many as are clean.`);
      return -1;
    }
    poison.push(point);
    move(poison.length - 1, point);
    return poison.length - 1;
  }

  /** @param {number} i */
  function remove(i) {
    stop();
    poison.splice(i, 1);
    paint();
    marks[Math.min(i, marks.length - 1)]?.focus();
    commit();
  }

  add.addEventListener("click", () => {
    const i = put({ x: 0.9, y: 0.08 });
    if (i < 0) return;
    paint();
    marks[i].focus();
    say(`Added: poison ${i + 1}. Arrow keys move it.`);
    commit();
  });
  clear.addEventListener("click", () => {
    stop();
    poison = [];
    drawing.ask();
    say("");
    commit();
  });

  // With the keyboard.
  plane.addEventListener("keydown", (event) => {
    const i = marks.findIndex((mark) => mark.contains(/** @type {Node} */ (event.target)));
    if (i < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const far = event.shiftKey ? 0.1 : 0.02;
    const { x, y } = poison[i];
    /** @type {Record<string, () => void>} */
    const acts = {
      ArrowLeft: () => nudge(i, x - far, y),
      ArrowRight: () => nudge(i, x + far, y),
      ArrowUp: () => nudge(i, x, y + far),
      ArrowDown: () => nudge(i, x, y - far),
      Delete: () => remove(i),
      Backspace: () => remove(i),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation(); // Streamlit has keys of its own
    act();
  });

  /**
   * @param {number} i
   * @param {number} x
   * @param {number} y
   */
  function nudge(i, x, y) {
    move(i, { x, y });
    commit();
  }

  // With mouse, pen or finger: a press on a cross drags it, one on nothing puts a new one there.

  /** @param {MouseEvent} event */
  function spot({ clientX, clientY }) {
    const matrix = plane.getScreenCTM();
    if (!matrix) return { x: 0, y: 0 };
    const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(matrix.inverse());
    return { x: (x - EDGE) / (WIDE - 2 * EDGE), y: (HIGH - EDGE - y) / (HIGH - 2 * EDGE) };
  }

  plane.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !(event.target instanceof Element)) return;
    const { target } = event;
    held = marks.findIndex((mark) => mark.contains(target));
    if (held >= 0) plane.setPointerCapture(event.pointerId);
  });
  plane.addEventListener("pointermove", (event) => {
    if (held >= 0) move(held, spot(event));
  });
  for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) {
    plane.addEventListener(end, () => {
      if (held >= 0) commit();
    });
  }
  plane.addEventListener("click", (event) => {
    if (held < 0 && put(spot(event)) >= 0) commit(); // a finger that scrolls makes no click
    held = -1;
  });

  // TRIM, round by round

  play.addEventListener("click", () => {
    if (playing) {
      stop();
      drawing.ask();
    } else {
      play.textContent = "Stop";
      turn(0);
    }
  });

  /** @param {number} at */
  function turn(at) {
    const { rounds } = found;
    const round = rounds[at];
    const kept = round.kept.slice(clean.length).filter(Boolean).length;
    say(
      `Start ${round.restart + 1} of ${data.drawn.length}, round ${round.round} of ${rounds.length}: ` +
        `keeps ${round.kept.filter(Boolean).length} points, ${kept} of them poison.`,
    );
    playing = { at, timer: setTimeout(() => (at + 1 < rounds.length ? turn(at + 1) : end()), BEAT) };
    drawing.ask();
  }

  function end() {
    stop();
    drawing.ask();
  }

  function stop() {
    if (playing) clearTimeout(playing.timer);
    playing = null;
    play.textContent = "Play TRIM";
  }

  return {
    update,
    destroy() {
      stop();
      drawing.cancel();
    },
  };
}

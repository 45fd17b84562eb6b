// Two groups of points in the plane, and what the SNNL makes of them at the temperature of the slider: all of it is
// computed here. The server hears of a change when it is over.
// State: played = { arrangement, temperature, points: [[x, y]], groups, pull: { together, temperature, steps,
//                   start: [[x, y]] } | null }.
import { make, part, write } from "../components/dom.js";
import { mount } from "../components/mount.js";
import { onceAFrame } from "../components/once_a_frame.js";
import { decimal, neighboursAre, ofHundred, percent, scientific, short } from "./numbers.js";
import * as model from "./playground_model.js";
import { drawCurve, drawPlane, reach } from "./playground_pencil.js";
import { meanDistances, neutral, weights } from "./snnl.js";

/** @import { Root, Server } from "../components/mount.js" */
/** @import { Place, Rules, Table } from "./playground_model.js" */
/** @import { Style } from "./playground_pencil.js" */

/**
 * @typedef {Rules & {
 *   arrangement: string,
 *   start: Place[],
 *   groups: number[],
 *   now: { points: Place[], groups: number[], temperature: number },
 *   hint: string,
 *   steps: number,
 *   leads: [upTo: number, words: string][],
 *   strangers: string,
 *   blind: string,
 *   colours: string[],
 *   names: string[],
 * }} Data
 * leads: what is said up to this share of what a full mixture has; strangers: above the last of them; blind: where it is
 * too hot to tell;
 * colours and names: of genuine inputs and of triggers.
 */

const HELD = 24; // pixels around a point in which it is caught
const TWICE = 400; // milliseconds between two presses that are one gesture
const SWEEP = 2500; // milliseconds in which the temperature rises by itself

/**
 * A group's mark in the key.
 * @param {string} mark
 * @param {string} colour
 */
function sign(mark, colour) {
  const drawn = make("span", { textContent: mark });
  drawn.style.color = colour;
  return drawn;
}

export default mount(create);

/**
 * @param {Root} root
 * @param {Server} server
 */
function create(root, server) {
  /** @param {string} name */
  const element = (name) => part(root, name, Element);
  /** @param {string} name */
  const button = (name) => part(root, name, HTMLButtonElement);
  const plane = part(root, "plane", HTMLCanvasElement);
  const graph = part(root, "curve", HTMLCanvasElement);
  const slider = part(root, "slider", HTMLInputElement);
  const buttons = { together: button("together"), apart: button("apart") };
  /** @type {Data} */
  let data;
  /** @type {Table} */
  let table;
  /** @type {{ points: Float64Array | null, curve: ReturnType<typeof model.curveOf> }} of the points it was drawn for */
  let known = { points: null, curve: [] };
  /** @type {Style} */
  let style = { primary: "", ink: "", paper: "", font: "" };
  /** @type {{ before: number, gap: number, strangers: number, frame: number } | null} a pull on its way */
  let pulling = null;
  let sweeping = 0; // the frame in which the temperature rises further by itself
  /** @type {{ at: number, x: number, y: number } | null} the first of two presses */
  let pressed = null;
  let hovered = -1;
  let held = -1;
  let dragged = false;
  const drawing = onceAFrame(paint);

  const observer = new ResizeObserver(() => drawing.ask());
  observer.observe(plane);
  observer.observe(graph);

  /** @param {Data} next */
  function update(next) {
    const before = data;
    data = next;
    slider.min = String(Math.log10(data.coldest));
    slider.max = String(Math.log10(data.hottest));
    const opened = before?.arrangement === data.arrangement && before.limit < data.limit;
    // Another arrangement, or less of the slider to be seen: the server may have moved it there.
    if (before?.arrangement !== data.arrangement || before.limit > data.limit) load(data.now);
    if (opened) sweep();
    element("hint").textContent = data.hint;
    element("strange").replaceChildren(sign("◆", data.colours[1]), "─", sign("●", data.colours[0]));
    const computed = getComputedStyle(plane);
    /** @param {string} name @param {string} otherwise */
    const ink = (name, otherwise) => computed.getPropertyValue(name).trim() || otherwise;
    style = {
      primary: ink("--st-primary-color", "#06c"),
      ink: ink("--st-text-color", "#222"),
      paper: ink("--st-secondary-background-color", "#eee"),
      font: computed.fontFamily,
    };
    drawing.ask();
  }

  // Who has predicted sees it happen: the temperature rises to the end of the slider. Any touch ends that.
  function sweep() {
    stop();
    const start = Math.log10(table.temperature);
    const end = Math.log10(data.hottest);
    const began = performance.now();
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    /** @param {number} time */
    const next = (time) => {
      const share = still ? 1 : Math.min(1, Math.max(0, time - began) / SWEEP);
      table = model.heated(table, 10 ** (start + (end - start) * share), data);
      slider.value = String(Math.log10(table.temperature));
      paint();
      sweeping = share < 1 ? requestAnimationFrame(next) : 0;
      if (!sweeping) commit();
    };
    sweeping = requestAnimationFrame(next);
  }

  function rest() {
    cancelAnimationFrame(sweeping);
    sweeping = 0;
  }

  /** @param {Data["now"]} now */
  function load(now) {
    stop();
    table = model.laid(now, data);
    slider.value = String(Math.log10(table.temperature));
    hovered = held = -1;
    describe();
    say("");
  }

  /** @param {string} words */
  function say(words) {
    element("said").textContent = words;
  }

  function commit() {
    describe();
    const { temperature, groups, pull } = table;
    const points = model.places(table);
    server.setStateValue("played", { arrangement: data.arrangement, temperature, points, groups, pull });
  }

  slider.addEventListener("input", () => {
    rest();
    if (pulling) finish(); // a pull has one temperature
    table = model.heated(table, 10 ** Number(slider.value), data);
    slider.value = String(Math.log10(table.temperature));
    drawing.ask();
  });
  slider.addEventListener("change", commit);

  // Pulls

  /** @param {boolean} together */
  function start(together) {
    stop();
    table = model.pulled(table, together);
    const now = {
      before: model.lossOf(table),
      gap: model.nearestStranger(table),
      strangers: model.mixing(table).strangers,
      frame: 0,
    };
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    pulling = now;
    buttons[together ? "together" : "apart"].textContent = "Stop";
    // Sixty steps a second, also where fewer frames are drawn; all at once for who does not want motion.
    const began = performance.now();
    /** @param {number} time */
    const next = (time) => {
      const due = still ? data.steps : Math.min(data.steps, Math.ceil((time - began) * 0.06));
      while (taken() < due && !model.mixed(table)) table = model.stepped(table, data);
      paint();
      if (taken() >= data.steps || model.mixed(table)) finish();
      else now.frame = requestAnimationFrame(next);
    };
    now.frame = requestAnimationFrame(next);
  }

  function taken() {
    return table.pull?.steps ?? Infinity;
  }

  function stop() {
    rest();
    if (pulling) cancelAnimationFrame(pulling.frame);
    pulling = null;
    buttons.together.textContent = "Pull together";
    buttons.apart.textContent = "Push apart";
  }

  function finish() {
    const { pull } = table;
    if (!pulling || !pull) return;
    const { before, gap, strangers } = pulling;
    stop();
    say(
      `${pull.together ? "Pulled together" : "Pushed apart"}, ${pull.steps} steps at T = ${short(pull.temperature)}: ` +
        `strangers ${ofHundred(strangers)} → ${ofHundred(model.mixing(table).strangers)} of 100, ` +
        `nearest stranger ${gap.toFixed(2)} → ${model.nearestStranger(table).toFixed(2)} away, ` +
        `SNNL ${decimal(before)} → ${decimal(model.lossOf(table, pull.temperature))}` +
        `${model.mixed(table) ? ", mixed" : ""}` +
        `${model.carriedByFew(table) ? ": a few points, deep among strangers, carry it" : model.idle(table, before)}.`,
    );
    commit();
  }

  for (const together of [true, false]) {
    buttons[together ? "together" : "apart"].addEventListener("click", () => {
      const running = pulling && table.pull?.together;
      if (pulling) finish();
      if (running !== together) start(together);
    });
  }
  button("restart").addEventListener("click", () => {
    load({ points: data.start, groups: data.groups, temperature: table.temperature });
    drawing.ask();
    commit();
  });

  // Points

  button("add").addEventListener("click", () => add());
  button("remove").addEventListener("click", () => remove());

  /** @param {Place | null} place */
  function add(place = null) {
    const next = model.added(table, data, place);
    if (!next) {
      say(`There is room for ${data.most} points.`);
      return;
    }
    edited(next, `Added: ${named(next, next.chosen)}.`);
  }

  function remove() {
    const next = model.removed(table);
    if (!next) {
      say("Each group needs two members: alone, a point has no neighbour of its own.");
      return;
    }
    hovered = -1;
    edited(next, `Deleted: ${named(table, table.chosen)}.`);
  }

  /**
   * @param {Table} next
   * @param {string} said
   */
  function edited(next, said) {
    stop();
    table = next;
    drawing.ask();
    say(`${said} ${table.groups.length} points.`);
    commit();
  }

  /**
   * @param {number} i
   * @param {Place} place
   */
  function move(i, place) {
    table = model.moved(table, i, place, data);
    drawing.ask();
  }

  /**
   * @param {Table} table
   * @param {number} i
   */
  function named(table, i) {
    const [x, y] = model.at(table, i);
    return `${data.names[table.groups[i]]} at ${x.toFixed(1)}, ${y.toFixed(1)}`;
  }

  /** @param {number} i */
  function choose(i) {
    table = { ...table, chosen: i };
    drawing.ask();
    const { own, all } = weights(table.distances, table.groups, i, table.temperature);
    const chance = percent(own / all);
    say(`Chosen: ${named(table, i)}. Its soft neighbour is its own kind with a chance of ${chance}.`);
  }

  // With the keyboard.
  plane.addEventListener("keydown", (event) => {
    const far = event.shiftKey ? 0.5 : 0.1;
    const b = table.groups.length;
    /** @type {Record<string, () => void>} */
    const acts = {
      ArrowLeft: () => nudge(-far, 0),
      ArrowRight: () => nudge(far, 0),
      ArrowUp: () => nudge(0, far),
      ArrowDown: () => nudge(0, -far),
      n: () => choose((table.chosen + 1) % b),
      p: () => choose((table.chosen + b - 1) % b),
      Enter: () => add(),
      Delete: () => remove(),
      Backspace: () => remove(),
    };
    const act = acts[event.key] ?? acts[event.key.toLowerCase()];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation(); // Streamlit has keys of its own
    act();
  });

  /**
   * @param {number} dx
   * @param {number} dy
   */
  function nudge(dx, dy) {
    stop();
    const [x, y] = model.at(table, table.chosen);
    move(table.chosen, [x + dx, y + dy]);
    choose(table.chosen);
    commit();
  }

  // With mouse, pen or finger: hover looks at a point, a press chooses and drags it, two presses on nothing add one.

  /** @typedef {{ clientX: number, clientY: number }} Spot of the screen */

  /** @param {Spot} spot */
  function place({ clientX, clientY }) {
    const box = plane.getBoundingClientRect();
    const edge = reach(data);
    const scale = (2 * edge) / box.width;
    /** @type {Place} */
    const at = [(clientX - box.left) * scale - edge, edge - (clientY - box.top) * scale];
    return { at, scale };
  }

  /** @param {Spot} spot */
  function hit(spot) {
    const { at, scale } = place(spot);
    return model.nearestTo(table, at, HELD * scale);
  }

  plane.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    rest();
    const { timeStamp, clientX: x, clientY: y } = event;
    const i = hit(event);
    if (i >= 0) {
      if (pulling) finish();
      held = i;
      plane.setPointerCapture(event.pointerId);
      choose(i);
      pressed = null;
    } else if (pressed && timeStamp - pressed.at < TWICE && Math.hypot(x - pressed.x, y - pressed.y) < HELD) {
      pressed = null;
      add(place(event).at);
    } else {
      pressed = { at: timeStamp, x, y };
    }
  });
  plane.addEventListener("pointermove", (event) => {
    if (held >= 0) {
      dragged = true;
      move(held, place(event).at);
    } else if (event.pointerType === "mouse") {
      const before = hovered;
      hovered = hit(event);
      if (hovered !== before) drawing.ask();
    }
  });
  const release = () => {
    if (held < 0) return;
    held = -1;
    if (!dragged) return;
    dragged = false;
    choose(table.chosen);
    commit();
  };
  plane.addEventListener("pointerup", release);
  plane.addEventListener("pointercancel", release);
  plane.addEventListener("pointerleave", () => {
    if (hovered < 0) return;
    hovered = -1;
    drawing.ask();
  });
  // A finger on a point drags it; beside the points it scrolls the page.
  plane.addEventListener(
    "touchstart",
    (event) => {
      if (hit(event.touches[0]) >= 0) event.preventDefault();
    },
    { passive: false },
  );

  // Pictures and words

  function paint() {
    if (!data) return;
    const shown = hovered >= 0 ? hovered : table.chosen;
    const now = model.lossOf(table);
    drawPlane(plane, table, shown, data, style);
    drawCurve(graph, table, curve(), now, data, style);
    tell(now, shown);
  }

  // The loss at the temperatures that may be seen.
  function curve() {
    if (known.points !== table.points) known = { points: table.points, curve: model.curveOf(table, data) };
    return known.curve.filter(({ temperature }) => temperature <= data.limit * 1.0001);
  }

  /**
   * @param {number} now
   * @param {number} shown
   */
  function tell(now, shown) {
    const { distances, groups, temperature, chosen } = table;
    const { own, all } = weights(distances, groups, shown, temperature);
    const { within, across } = meanDistances(distances, groups);
    const degrees = short(temperature);
    const even = neutral(groups);
    const mixing = model.mixing(table);
    const mixed = mixing.strangers / mixing.neutral;
    const [[apart], [between]] = data.leads;
    const blind = model.blind(mixed, temperature, curve(), even, [apart, between]);
    const lead = blind ? data.blind : model.lead(mixed, data.leads, data.strangers);
    const strangers = neighboursAre(ofHundred(mixing.strangers), "a stranger", "strangers");
    /** @param {number} i */
    const sign = (i) => (groups[i] ? "◆" : "●");
    const words = {
      finding: `At T = ${degrees}, ${strangers}: ${lead}`,
      temperature: `T = ${degrees}`,
      loss: `SNNL ${decimal(now)}`,
      count: String(groups.length),
      "warm-own": degrees,
      "warm-all": degrees,
      result: decimal(now),
      shown: `the chosen ${sign(shown)}:`,
      own: scientific(own),
      all: scientific(all),
      term: decimal(-Math.log(own / all)),
      add: `+${sign(chosen)}`,
      within: within.toFixed(1),
      across: across.toFixed(1),
    };
    for (const [name, text] of Object.entries(words)) write(element(name), text);
    for (const [name, value] of Object.entries({ within, across })) {
      part(root, `${name}-bar`, HTMLElement).style.width = `${(78 * value) / Math.max(within, across)}%`;
    }
    button("add").ariaLabel = button("add").title = `Add a ${data.names[groups[chosen]]}`;
    slider.setAttribute("aria-valuetext", `T = ${degrees}, ${strangers}, SNNL ${decimal(now)}`);
  }

  // What the pictures show, in words.
  function describe() {
    const { groups, temperature, chosen } = table;
    const triggers = groups.filter((group) => group === 1).length;
    const lowest = model.lowestOf(curve());
    plane.setAttribute(
      "aria-label",
      `The plane: ${triggers} diamonds (${data.names[1]}s) and ${groups.length - triggers} discs (${data.names[0]}s). ` +
        `Chosen: ${named(table, chosen)}. ` +
        `The mean distance to the nearest stranger is ${model.nearestStranger(table).toFixed(2)}.`,
    );
    graph.setAttribute(
      "aria-label",
      `SNNL against temperature. At T = ${short(temperature)} it is ${decimal(model.lossOf(table))}; ` +
        `it is lowest, ${decimal(lowest.loss)}, at T = ${short(lowest.temperature)}; mixed is ${decimal(neutral(groups))}.`,
    );
  }

  return {
    update,
    destroy() {
      stop();
      drawing.cancel();
      observer.disconnect();
    },
  };
}

// The SNNL of trained networks against the temperature, and what is near one input at the temperature of the slider: all
// of it is computed here, from the distances of recorded features. The server hears nothing of the slider.
import { make, part, write } from "../components/dom.js";
import { mount } from "../components/mount.js";
import { onceAFrame } from "../components/once_a_frame.js";
import { decimal, neighboursAre, ofHundred, short } from "./numbers.js";
import * as model from "./real_model.js";
import { drawCurves } from "./real_pencil.js";

/** @import { Root } from "../components/mount.js" */
/** @import { Seen } from "./real_model.js" */
/** @import { Curve, Style } from "./real_pencil.js" */

/**
 * What real.py writes.
 * @typedef {object} Data
 * @property {string} of what is compared: when it changes, distances are unpacked anew
 * @property {{ name: string, colour: string, symbol: string, cosines: string, norms: string }[]} models
 * @property {boolean} parted whether the models differ yet
 * @property {boolean[]} triggers of the probe
 * @property {string[]} words of each input of the probe, what it is
 * @property {number[]} members who are compared
 * @property {[one: string, several: string][]} kinds what members are called: real ones, and triggers
 * @property {string} metric
 * @property {number | null} trained the temperature, if with this metric
 * @property {string} otherwise what is said where it was trained with another one
 * @property {number} coldest
 * @property {number} hottest
 * @property {string} sheet all pictures of the probe, a data URI
 * @property {number} columns of the sheet
 * @property {string} colour of triggers
 */

const PICTURES = 10; // of the neighbours, in each row: each stands for ten of a hundred
const SEEN = 100; // milliseconds between two sets of pictures
const SIGNS = /** @type {Record<string, string>} */ ({ circle: "●", square: "■", "triangle-up": "▲" });

export default mount(create);

/** @param {Root} root */
function create(root) {
  /** @param {string} name */
  const element = (name) => part(root, name, HTMLElement);
  const graph = part(root, "curve", HTMLCanvasElement);
  const slider = part(root, "slider", HTMLInputElement);
  /** @type {Data} */
  let data;
  /** @type {Seen[]} of each model */
  let seen = [];
  /** @type {Curve[]} of each model */
  let curves = [];
  /** @type {{ says: HTMLElement, tiles: HTMLButtonElement[] }[]} of each model */
  let rows = [];
  /** @type {HTMLElement[]} of each model, what is said of its loss */
  let values = [];
  /** @type {Style} */
  let style = { ink: "", paper: "", font: "" };
  let chosen = -1; // an input of the probe
  /** @type {number[][]} of each model, the inputs that its pictures are to show */
  let picked = [];
  let waiting = 0; // for the next set of pictures
  const drawing = onceAFrame(paint);
  const rule = make("style");
  element("rows").before(rule);

  const observer = new ResizeObserver(() => drawing.ask());
  observer.observe(graph);
  observer.observe(element("rows"));
  slider.addEventListener("input", () => drawing.ask());
  part(root, "previous", HTMLButtonElement).addEventListener("click", () => follow(-1));
  part(root, "next", HTMLButtonElement).addEventListener("click", () => follow(1));

  /** @param {number} step */
  function follow(step) {
    const { members } = data;
    choose(members[(members.indexOf(chosen) + step + members.length) % members.length]);
  }

  /** @param {number} input */
  function choose(input) {
    chosen = input;
    drawing.ask();
  }

  /** @param {Data} next */
  function update(next) {
    const before = data;
    data = next;
    if (before?.of !== data.of) unpack(before);
    const computed = getComputedStyle(graph);
    /** @param {string} name @param {string} otherwise */
    const ink = (name, otherwise) => computed.getPropertyValue(name).trim() || otherwise;
    style = {
      ink: ink("--st-text-color", "#222"),
      paper: ink("--st-background-color", "#fff"),
      font: computed.fontFamily,
    };
    drawing.ask();
  }

  /** @param {Data | undefined} before */
  function unpack(before) {
    const { coldest, colour, columns, hottest, members, metric, models, sheet, triggers } = data;
    // A rule for all pictures: the sheet is long, and in the style of each it would be read again as often as one moves.
    rule.textContent = `.picture { background-image: url("${sheet}"); background-size: ${columns * 100}% auto; --trigger: ${colour}; }`;
    seen = models.map(({ cosines, norms }) =>
      model.seen(model.int16(cosines), model.float32(norms), triggers, members, metric),
    );
    curves = seen.map((each) => model.curveOf(each, coldest, hottest));
    if (!members.includes(chosen)) chosen = members.find((member) => triggers[member]) ?? members[0];
    // Where the range is another one, so is what a temperature means: back to the one that was trained with.
    const [low, high] = [Math.log10(coldest), Math.log10(hottest)];
    const same = before && before.coldest === coldest && before.hottest === hottest;
    const at = same ? slider.value : data.trained ? String(Math.log10(data.trained)) : String((low + high) / 2);
    Object.assign(slider, { min: String(low), max: String(high), value: at });
    if (rows.length !== models.length) build();
  }

  function build() {
    rows = data.models.map(() => {
      const says = make("span");
      const tiles = Array.from({ length: PICTURES }, () => {
        const button = make("button", { type: "button", className: "picture" });
        button.addEventListener("click", () => choose(Number(button.value)));
        return button;
      });
      return { says, tiles };
    });
    const drawn = rows.map(({ says, tiles }, i) =>
      make(
        "div",
        { className: "row" },
        make("p", {}, signed(data.models[i]), says),
        make("div", { className: "tiles" }, ...tiles),
      ),
    );
    element("rows").replaceChildren(...drawn.reverse()); // in the order of the title: the entangled one first
    values = data.models.map(() => make("span"));
    const told = data.models.map((each, i) => make("li", {}, signed(each), " ", values[i]));
    element("values").replaceChildren(...told.reverse());
  }

  /** @param {Data["models"][number]} model */
  function signed({ name, colour, symbol }) {
    const sign = make("span", { className: "sign", textContent: SIGNS[symbol] ?? "" });
    sign.style.color = colour;
    return make("span", {}, sign, name);
  }

  function paint() {
    if (!data) return;
    const temperature = 10 ** Number(slider.value);
    const even = model.neutralOf(seen[0]);
    const losses = seen.map((each) => model.lossOf(each, temperature));
    drawCurves(graph, { curves, losses, temperature, even, ...data }, style);
    values.forEach((value, i) => {
      write(value, decimal(losses[i]));
    });
    pick(temperature);
  }

  // The one number of this page: of a hundred neighbours of the chosen input, how many are strangers.
  /** @param {number} temperature */
  function pick(temperature) {
    const { kinds, members, models, otherwise, parted, trained, triggers, words } = data;
    const degrees = short(temperature);
    const place = members.indexOf(chosen);
    const [one, several] = kinds[triggers[chosen] ? 0 : 1]; // who are strangers to it
    const picks = seen.map((each) => model.picked(each, place, temperature, PICTURES));
    const many = picks.map(({ strangers }) => ofHundred(strangers));
    const [first, ...rest] = model.alike(models.map(({ name }) => name).reverse(), [...many].reverse());
    /** @param {string[]} names */
    const either = (names) => (rest.length ? ` if ${names.join(" or ")}` : ", whatever the model");
    const counted = parted
      ? [
          `${neighboursAre(first.words, one, several)}${either(first.names)}`,
          ...rest.map((each) => `${each.words}${either(each.names)}`),
        ].join(", ")
      : `${neighboursAre(many[0], one, several)}: still one model`;
    write(element("finding"), `At T = ${degrees}, ${counted}`);
    write(element("temperature"), `T = ${degrees}`);
    write(element("otherwise"), trained ? "" : otherwise);
    slider.setAttribute("aria-valuetext", `T = ${degrees}; ${counted}`);
    graph.setAttribute(
      "aria-label",
      `SNNL against temperature, a curve each for ${models.map(({ name }) => name).join(", ")}.`,
    );
    show(element("picture"), chosen);
    write(element("who"), `Chosen: ${words[chosen]}`);
    const strange = members.filter((member) => triggers[member] !== triggers[chosen]).length;
    write(element("even"), `Mixed would be ${ofHundred(strange / (members.length - 1))} ${several}.`);
    rows.forEach(({ says }, i) => {
      write(says, `: ${neighboursAre(many[i], one, several)}`);
    });
    picked = picks.map(({ neighbours }) => neighbours.map((neighbour) => members[neighbour]));
    if (!waiting) follows();
  }

  // The pictures follow a drag as fast as one sees them, and the curves every frame: thirty to be drawn anew take long.
  function follows() {
    waiting = 0;
    const due = rows.flatMap(({ tiles }, i) => tiles.map((tile, k) => ({ tile, input: picked[i][k] })));
    const late = due.filter(({ tile, input }) => !shows(tile, input));
    for (const { tile, input } of late) {
      show(tile, input);
      tile.value = String(input);
      tile.setAttribute("aria-label", `Follow ${data.words[input]}`);
    }
    if (late.length) waiting = setTimeout(follows, SEEN);
  }

  /**
   * @param {HTMLElement} picture
   * @param {number} input
   */
  function shows({ dataset }, input) {
    return dataset.input === String(input) && dataset.of === data.of;
  }

  /**
   * @param {HTMLElement} picture
   * @param {number} input
   */
  function show(picture, input) {
    const { columns, of, triggers } = data;
    if (shows(picture, input)) return;
    Object.assign(picture.dataset, { input, of });
    const at = [input % columns, Math.floor(input / columns)];
    const last = [columns - 1, Math.ceil(triggers.length / columns) - 1];
    picture.style.backgroundPosition = at.map((i, axis) => `${(100 * i) / Math.max(1, last[axis])}%`).join(" ");
    picture.classList.toggle("trigger", triggers[input]);
  }

  return {
    update,
    destroy() {
      drawing.cancel();
      clearTimeout(waiting);
      observer.disconnect();
    },
  };
}

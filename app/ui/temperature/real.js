// The SNNL of trained networks against the temperature, and whom one input hears at the temperature of the slider: all
// of it is computed here, from the distances of recorded features. The server hears nothing of the slider.
import { make, part, write } from "../components/dom.js";
import { mount } from "../components/mount.js";
import { onceAFrame } from "../components/once_a_frame.js";
import { decimal, ofHundred, percent, short } from "./numbers.js";
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
 * @property {string} others what the members are called that are no triggers
 * @property {string} metric
 * @property {number | null} trained the temperature, if with this metric
 * @property {string} otherwise what is said where it was trained with another one
 * @property {number} coldest
 * @property {number} hottest
 * @property {string} sheet all pictures of the probe, a data URI
 * @property {number} columns of the sheet
 * @property {string} colour of triggers
 */

const TILES = 12; // neighbours of each row, at most: as many as have room
const WIDE = 62; // pixels, of one of them
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
  /** @type {{ says: HTMLElement, tiles: { button: HTMLButtonElement, picture: HTMLElement, weight: HTMLElement }[] }[]} */
  let rows = [];
  /** @type {HTMLElement[]} of each model, what is said of its loss */
  let values = [];
  /** @type {Style} */
  let style = { ink: "", paper: "", font: "" };
  let chosen = -1; // an input of the probe
  let room = TILES;
  const drawing = onceAFrame(paint);

  const observer = new ResizeObserver(() => {
    room = Math.min(TILES, Math.max(1, Math.floor(element("rows").clientWidth / WIDE)));
    drawing.ask();
  });
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
    const { coldest, hottest, members, metric, models, triggers } = data;
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
      const says = make("p");
      const tiles = Array.from({ length: TILES }, () => {
        const picture = make("i", { className: "picture" });
        const weight = make("span");
        const button = make("button", { type: "button", className: "tile" }, picture, weight);
        button.addEventListener("click", () => choose(Number(button.value)));
        return { button, picture, weight };
      });
      return { says, tiles };
    });
    element("rows").replaceChildren(
      ...rows.map(({ says, tiles }) =>
        make(
          "div",
          { className: "row" },
          says,
          make("div", { className: "tiles" }, ...tiles.map((tile) => tile.button)),
        ),
      ),
    );
    values = data.models.map(() => make("span"));
    element("values").replaceChildren(
      ...data.models.map((each, i) => make("li", {}, signed(each), values[i], make("span", { className: "share" }))),
    );
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
    tell(temperature, losses, even);
    hear(temperature);
  }

  /**
   * @param {number} temperature
   * @param {number[]} losses
   * @param {number} even
   */
  function tell(temperature, losses, even) {
    const { models, otherwise, parted, trained } = data;
    const degrees = short(temperature);
    const strangers = seen.map((each) => ofHundred(model.strangersOf(each, temperature)));
    const mixed = ofHundred(model.neutralStrangersOf(seen[0]));
    const named = models.map(({ name }, i) => `${name} ${strangers[i]}`).reverse();
    const said = `${parted ? named.join(", ") : `${strangers[0]}, still one model`}; fully mixed ${mixed}`;
    write(element("finding"), `At T = ${degrees}, strangers among 100 neighbours: ${said}`);
    write(element("temperature"), `T = ${degrees}`);
    const then = trained
      ? degrees === short(trained)
        ? "the trained one"
        : `trained at ${short(trained)}`
      : otherwise;
    write(element("trained"), then);
    values.forEach((value, i) => {
      write(value, `SNNL ${decimal(losses[i])}`);
      write(/** @type {Element} */ (value.nextElementSibling), `${percent(losses[i] / even)} of neutral`);
    });
    slider.setAttribute("aria-valuetext", `T = ${degrees}; strangers among 100 neighbours: ${said}`);
    graph.setAttribute(
      "aria-label",
      `SNNL against temperature, a curve each for ${models.map(({ name }) => name).join(", ")}.`,
    );
  }

  /** @param {number} temperature */
  function hear(temperature) {
    const { members, models, others, triggers, words } = data;
    const place = members.indexOf(chosen);
    show(element("picture"), chosen);
    const kinds = triggers[chosen] ? others : "triggers";
    const strange = members.filter((member) => triggers[member] !== triggers[chosen]).length;
    write(element("who"), `Chosen: ${words[chosen]}`);
    write(element("even"), `Fully mixed, ${percent(strange / (members.length - 1))} of them would be ${kinds}.`);
    models.forEach(({ name }, i) => {
      const { neighbours, stranger, strangers } = model.heard(seen[i], place, temperature, room);
      const apart = stranger && stranger.rank > room; // it has no place among the likeliest: the last one's is its
      const last = apart ? `; the first of them is no. ${stranger.rank}, at the end` : "";
      write(rows[i].says, `${name}: ${percent(strangers)} ${kinds}${last}`);
      rows[i].tiles.forEach(({ button, picture, weight }, k) => {
        button.hidden = k >= room;
        if (button.hidden) return;
        const beyond = Boolean(apart) && k === room - 1;
        button.classList.toggle("beyond", beyond);
        const { member, weight: share } = beyond && stranger ? stranger : neighbours[k];
        const input = members[member];
        show(picture, input);
        write(weight, percent(share));
        if (button.value !== String(input)) {
          button.value = String(input);
          button.setAttribute("aria-label", `Follow ${words[input]}`);
        }
      });
    });
  }

  /**
   * @param {HTMLElement} picture
   * @param {number} input
   */
  function show(picture, input) {
    const { colour, columns, sheet, triggers } = data;
    if (picture.dataset.input === String(input) && picture.dataset.of === data.of) return;
    Object.assign(picture.dataset, { input, of: data.of });
    const side = picture.offsetWidth || 52;
    const [column, row] = [input % columns, Math.floor(input / columns)];
    Object.assign(picture.style, {
      backgroundImage: `url(${sheet})`,
      backgroundSize: `${columns * side}px auto`,
      backgroundPosition: `${-column * side}px ${-row * side}px`,
    });
    picture.style.setProperty("--trigger", colour);
    picture.classList.toggle("trigger", triggers[input]);
  }

  return {
    update,
    destroy() {
      drawing.cancel();
      observer.disconnect();
    },
  };
}

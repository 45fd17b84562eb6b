// The sequential test, trigger by trigger: the question, each suspect's answer, and the growing evidence.
// State: paused (somebody is still to be judged, and nothing plays). Triggers: heard (the end of the last suspect has
// been seen).
import { brush, make, part, shape, write } from "../components/dom.js";
import { mount } from "../components/mount.js";
import { answered, state } from "./hearing_words.js";

/** @import { Root, Server } from "../components/mount.js" */

/**
 * @typedef {object} Suspect
 * @property {string} name
 * @property {string} about who it is
 * @property {string} colour
 * @property {string} symbol
 * @property {string[]} answers names of classes
 * @property {number[]} ratios the likelihood ratio after each trigger, as its log10
 * @property {number | null} end after how many triggers the court decides; null: never
 * @property {boolean | null} convicted
 */

/**
 * @typedef {object} Data
 * @property {Suspect[]} suspects
 * @property {string} target
 * @property {number} acquit log10 of the ratio, like the next one
 * @property {number} convict
 * @property {string} courtColour
 * @property {string | null} sprite the triggers' pictures, a data URI
 * @property {[number, number][] | null} points instead, where triggers are points
 * @property {number} side
 * @property {number} columns
 * @property {boolean} sealed nobody is asked yet
 * @property {boolean} paused as the server knows it
 * @property {boolean} heard the end of the last suspect has been seen
 * @property {string} asks
 * @property {string} says
 */

const PER_SECOND = 4;
const LOWEST = -2; // of the chart, in powers of ten; what is beyond is drawn at its edge
const HIGHEST = 4;
const ASIDE = 84; // pixels beside the chart, where no curve comes: the words of the two bounds
const CLEAR = 24; // of them, where the dot and the symbol of a curve may come
const FEWEST = 24; // triggers that the chart has room for from the beginning

export default mount(create);

/**
 * @param {Root} root
 * @param {Server} server
 */
function create(root, server) {
  const chart = part(root, "chart", SVGSVGElement);
  const scrub = part(root, "scrub", HTMLInputElement);
  const play = part(root, "play", HTMLButtonElement);
  const canvas = part(root, "trigger", HTMLCanvasElement);
  const sprite = new Image();
  /** @type {Data} */
  let data;
  /** @type {{ says: HTMLElement, state: HTMLElement }[]} by suspect */
  let cards = [];
  let known = ""; // the suspects that are shown
  let asked = 0;
  let timer = 0;
  let told = false; // that all ends have been seen
  let telling = 0;

  const step = part(root, "step", HTMLButtonElement);
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const observer = new ResizeObserver(() => draw());
  observer.observe(chart);
  scrub.addEventListener("input", () => {
    stop();
    asked = Number(scrub.value);
    draw();
  });
  step.addEventListener("click", () => {
    stop();
    ask();
  });
  play.addEventListener("click", () => (timer ? stop() : start()));
  sprite.addEventListener("load", () => draw());

  /** @param {Data} next */
  function update(next) {
    // It begins by itself when it is opened, and for who comes back to a trial whose end they have not seen.
    const begins = !next.sealed && !next.heard && (data?.sealed ?? true);
    data = next;
    if (data.sprite && sprite.src !== data.sprite) sprite.src = data.sprite;
    scrub.max = String(count());
    for (const control of [step, play, scrub]) control.disabled = data.sealed;
    const suspects = JSON.stringify(data.suspects);
    if (known !== suspects) {
      known = suspects;
      stop();
      told = data.heard;
      asked = told ? decided() : 0; // who has seen the end finds it as it stood
      build();
    }
    draw();
    if (begins && !still.matches) start();
  }

  function count() {
    return data.suspects[0].answers.length;
  }

  // After so many triggers nobody is left to judge.
  function decided() {
    return Math.max(...data.suspects.map(({ end }) => end ?? count()));
  }

  function build() {
    const made = data.suspects.map(({ name, colour, symbol }) => {
      const says = make("span");
      const state = make("span");
      const named = make("b", { textContent: `${symbol} ${name}` });
      const card = make("div", { className: "suspect" }, named, says, state);
      card.style.borderColor = colour;
      return { card, says, state };
    });
    part(root, "suspects", HTMLElement).replaceChildren(...made.map(({ card }) => card));
    cards = made;
  }

  function ask() {
    asked = Math.min(count(), asked + 1);
    draw();
    if (asked >= count() || asked === decided()) stop();
  }

  function start() {
    if (asked >= count()) asked = 0;
    timer = setInterval(ask, 1000 / PER_SECOND);
    ask();
  }

  function stop() {
    clearInterval(timer);
    timer = 0;
    invite();
  }

  // While nothing plays, Play invites; the server hears of it when a click is over, and says what to do.
  function invite() {
    const paused = !data.sealed && !timer && asked < decided();
    play.textContent = timer ? "Pause" : "Play";
    play.classList.toggle("main", paused);
    clearTimeout(telling);
    if (told || data.sealed || paused === data.paused) return;
    telling = setTimeout(() => server.setStateValue("paused", paused));
  }

  function draw() {
    if (!data) return;
    scrub.value = String(asked);
    part(root, "when", HTMLElement).textContent = `${asked} of ${count()}`;
    const trigger = asked ? `Trigger ${asked}.` : "No trigger asked yet.";
    part(root, "asked", HTMLElement).textContent = `${trigger} The secret answer is ${data.target}.`;
    data.suspects.forEach((suspect, i) => {
      const { words, secret } = answered(suspect, data.target, asked);
      cards[i].says.textContent = words;
      cards[i].says.className = secret ? "secret" : "";
      cards[i].state.textContent = state(suspect, asked);
    });
    const states = data.suspects.map((suspect) => `${suspect.name} ${state(suspect, asked)}`).join(", ");
    scrub.setAttribute("aria-valuetext", `${asked} of ${count()} asked; ${states}`);
    // The picture opens with its question; its finding stands above it when every suspect's end has been seen.
    const title = asked >= decided() ? data.says : data.asks;
    write(part(root, "says", HTMLElement), title);
    if (asked >= decided() && !told) {
      told = true;
      server.setTriggerValue("heard", true);
    }
    invite();
    chart.setAttribute("aria-label", `How much likelier a copy than an innocent. ${title}`);
    drawTrigger();
    drawChart();
  }

  function drawTrigger() {
    const pen = brush(canvas);
    const size = canvas.width;
    pen.clearRect(0, 0, size, size);
    const at = Math.max(0, asked - 1); // before anything is asked, the first one is on the table
    pen.imageSmoothingEnabled = false;
    if (data.sprite && sprite.complete && sprite.naturalWidth) {
      const { side: s, columns } = data;
      pen.drawImage(sprite, (at % columns) * s, Math.floor(at / columns) * s, s, s, 0, 0, size, size);
    }
    if (data.points) {
      const [x, y] = data.points[at];
      /** @param {number} v */
      const place = (v) => Math.max(6, Math.min(size - 6, ((v + 1.6) / 3.2) * size));
      pen.fillStyle = getComputedStyle(chart).color;
      pen.beginPath();
      pen.arc(place(x), place(-y), 5, 0, 2 * Math.PI);
      pen.fill();
    }
  }

  function drawChart() {
    const width = chart.clientWidth || 600;
    const height = chart.clientHeight || 340;
    const left = 58;
    const right = width - ASIDE;
    const top = 12;
    const bottom = height - 46;
    const reach = Math.max(FEWEST, asked);
    /** @param {number} n */
    const x = (n) => left + (n / reach) * (right - left);
    /** @param {number} ratio */
    const y = (ratio) => {
      const inside = Math.max(LOWEST, Math.min(HIGHEST, ratio));
      return bottom - ((inside - LOWEST) / (HIGHEST - LOWEST)) * (bottom - top);
    };
    /** @type {SVGElement[]} */
    const drawn = [];
    /** @param {number} ratio @param {Record<string, string | number>} look */
    const rule = (ratio, look) => {
      drawn.push(shape("line", { x1: left, x2: right, y1: y(ratio), y2: y(ratio), ...look }));
    };
    /** @param {number} at @param {number} height @param {string} anchor @param {string} words */
    const text = (at, height, anchor, words, weight = 400) => {
      drawn.push(shape("text", { x: at, y: height, "text-anchor": anchor, "font-weight": weight }, words));
    };
    for (let power = LOWEST; power <= HIGHEST; power += 1) {
      rule(power, { stroke: "currentColor", "stroke-opacity": power ? 0.12 : 0.4 });
      text(left - 8, y(power) + 5, "end", power < 0 ? `1/${10 ** -power}` : (10 ** power).toLocaleString("en"));
    }
    const every = reach <= 30 ? 5 : reach <= 100 ? 20 : 50;
    for (let n = 0; n <= reach; n += every) text(x(n), bottom + 20, "middle", String(n));
    text((left + right) / 2, height - 6, "middle", "triggers asked");
    const bound = { stroke: data.courtColour, "stroke-width": 2, "stroke-dasharray": "6 4" };
    rule(data.convict, bound);
    text(right + CLEAR, y(data.convict) + 5, "start", "convict", 700);
    rule(data.acquit, bound);
    text(right + CLEAR, y(data.acquit) + 5, "start", "acquit", 700);
    for (const [i, { ratios, end, colour, symbol }] of data.suspects.entries()) {
      const wide = 4 * (data.suspects.length - i); // two that go the same way are both seen
      const path = [0, ...ratios.slice(0, asked)].map((ratio, n) => ({ x: x(n), y: y(ratio) }));
      const until = end === null ? path.length : Math.min(path.length, end + 1);
      /** @param {typeof path} places @param {Record<string, string | number>} look */
      const line = (places, look) => {
        const points = places.map((place) => `${place.x.toFixed(1)},${place.y.toFixed(1)}`).join(" ");
        drawn.push(shape("polyline", { points, fill: "none", stroke: colour, "stroke-linejoin": "round", ...look }));
      };
      line(path.slice(0, until), { "stroke-width": wide });
      // After the decision nobody asks on; what would have come is only hinted at.
      if (path.length > until) line(path.slice(until - 1), { "stroke-width": 2, "stroke-opacity": 0.35 });
      const last = path[until - 1];
      drawn.push(shape("circle", { cx: last.x, cy: last.y, r: 4 + wide / 2, fill: colour }));
      if (asked) text(last.x + 14 * (i - 1), last.y - 6 - wide / 2, "middle", symbol); // each beside the others
    }
    if (!asked) {
      const middle = (left + right) / 2;
      text(middle, y(2.5) + 5, "middle", data.sealed ? "Predict first, then watch." : "Press Play.", 700);
      text(middle, y(0.5) + 5, "middle", "↑ with each secret answer");
      text(middle, y(-0.5) + 5, "middle", "↓ with each other answer");
    }
    chart.setAttribute("viewBox", `0 0 ${width} ${height}`);
    chart.replaceChildren(...drawn);
  }

  return {
    update,
    destroy() {
      clearInterval(timer);
      clearTimeout(telling);
      observer.disconnect();
    },
  };
}

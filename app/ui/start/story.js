// The story as a film of four acts: the picture is a function of the second, so it can be played, paused and scrubbed.
import { make, part, shape } from "../components/dom.js";
import { mount } from "../components/mount.js";

/** @import { Root } from "../components/mount.js" */

/**
 * @typedef {object} Data
 * @property {Record<string, string>} colours
 * @property {{ picture: string, label: string }[]} genuine each picture is a data URI
 * @property {string[]} keys pictures
 * @property {string} secret the answer to each key
 * @property {{ name: string, words: string, source?: { words: string, name: string, link: string } }[]} acts
 */

/**
 * A picture on its way, with its answer beside it.
 * @typedef {object} Token
 * @property {SVGElement} group
 * @property {SVGElement} picture
 * @property {SVGElement} answer
 * @property {SVGElement} box around its text
 * @property {SVGElement} text
 */

const ACT = 5; // seconds
const WORLD = 1250;
const TALL = 280;
const NARROW = 480; // what a narrow screen sees at once
const CAMERA = [10, 252, 534, 750]; // its left edge, act by act
const ON = [
  ["owner", "victim"],
  ["victim", "api", "thief"],
  ["thief", "copy"],
  ["copy", "court"],
];
const MARKED = [1, 6, 10]; // nodes of a network that carry the secret, for the eye
const PER_ACT = 8; // tokens on their way in one act
const ANSWERED = 978; // where the copy's answers stay: between it and the court
const ROUTES = [
  // act by act: there, and back
  [[140, 268]],
  [
    [576, 384],
    [384, 576],
  ],
  [[668, 778]],
  [
    [1040, 916],
    [916, ANSWERED],
  ],
];

/** @param {number} value */
const clamp = (value) => Math.max(0, Math.min(1, value));
/** @param {number} x */
const ease = (x) => x * x * (3 - 2 * x);

export default mount(create);

/** @param {Root} root */
function create(root) {
  const stage = part(root, "stage", SVGSVGElement);
  const play = part(root, "play", HTMLButtonElement);
  const words = part(root, "words", HTMLElement);
  const source = part(root, "source", HTMLElement);
  const door = part(root, "door", SVGElement);
  const chooser = part(root, "acts", HTMLElement);
  const actors = [...root.querySelectorAll("[data-actor]")];
  const networks = ["victim", "copy"].map((name) => [...part(root, name, SVGElement).querySelectorAll("circle")]);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const narrow = new ResizeObserver(() => draw());
  /** @type {Data | null} */
  let data = null;
  /** @type {{ button: HTMLButtonElement, bar: HTMLElement }[]} */
  let choices = [];
  /** @type {Token[]} */
  let tokens = [];
  /** @type {SVGElement[]} */
  let copied = [];
  let at = 0; // seconds
  let playing = false;
  let animation = 0;
  let shown = -1; // the act that the words tell of

  narrow.observe(stage);
  play.addEventListener("click", () => (playing ? pause() : run()));
  chooser.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    const next = Math.max(0, Math.min(choices.length - 1, act() + step));
    choices[next].button.focus();
    seek(next);
  });

  /** @param {Data} next */
  function update(next) {
    if (data) return; // the story does not change, and a rerun of the page must not interrupt it
    data = next;
    const story = part(root, "story", HTMLElement);
    const told = data.acts.map(({ words: said }) => said);
    const names = ["One", "Two", "Three", "Four"];
    const whole = `The story in four acts. ${told.map((said, i) => `${names[i]}: ${said}`).join(" ")}`;
    for (const name of ["stage", "panels"]) part(root, name, Element).setAttribute("aria-label", whole);
    told.forEach((said, i) => {
      part(root, `panel${i + 1}`, HTMLElement).textContent = said;
    });
    part(root, "secret", SVGElement).textContent = data.secret;
    for (const [name, colour] of Object.entries(data.colours)) story.style.setProperty(`--${name}`, colour);
    choices = data.acts.map(({ name }, i) => {
      const bar = make("i");
      const button = make("button", { type: "button" }, `${i + 1} · ${name}`, bar);
      button.addEventListener("click", () => seek(i));
      return { button, bar };
    });
    chooser.replaceChildren(...choices.map(({ button }) => button));
    tokens = Array.from({ length: PER_ACT }, token);
    part(root, "tokens", SVGElement).replaceChildren(...tokens.map(({ group }) => group));
    copied = Array.from({ length: PER_ACT }, (_, i) =>
      shape("rect", { x: 640 + 2 * i, y: 188 - 7 * i, width: 44, height: 9, rx: 2 }),
    );
    part(root, "copied", SVGElement).replaceChildren(...copied);
    if (calm) at = end();
    else run();
  }

  /** @returns {Token} */
  function token() {
    const group = shape("g", { class: "token" });
    const picture = shape("image", { x: -24, y: -24, width: 48, height: 48 });
    const answer = shape("g");
    const text = shape("text", { y: 7 });
    const box = shape("rect", { y: -13, height: 26, rx: 8 });
    answer.append(box, text);
    group.append(picture, answer);
    group.style.opacity = "0";
    return { group, picture, answer, box, text };
  }

  function end() {
    return choices.length * ACT;
  }

  function act() {
    return Math.min(choices.length - 1, Math.floor(at / ACT));
  }

  function run() {
    if (at >= end()) at = 0;
    playing = true;
    let then = performance.now();
    /** @param {number} now */
    const step = (now) => {
      at = Math.min(end(), at + Math.max(0, now - then) / 1000);
      then = now;
      if (at >= end()) pause();
      else animation = requestAnimationFrame(step);
      draw();
    };
    animation = requestAnimationFrame(step);
    draw();
  }

  function pause() {
    playing = false;
    cancelAnimationFrame(animation);
    draw();
  }

  /** @param {number} i */
  function seek(i) {
    at = i * ACT;
    if (!playing) run();
    draw();
  }

  function draw() {
    if (!data) return;
    const now = act();
    const share = clamp(at / ACT - now); // of the act
    tell(data, now);
    play.textContent = playing ? "Pause" : at >= end() ? "Replay" : "Play";
    choices.forEach(({ bar }, i) => {
      bar.style.transform = `scaleX(${clamp(at / ACT - i)})`;
    });
    look(now, share);
    for (const actor of actors) actor.classList.toggle("on", ON[now].includes(actor.getAttribute("data-actor") ?? ""));
    networks.forEach((nodes, which) => {
      const learns = 2 * which; // the victim in the first act, the copy in the third
      const learnt = clamp(at / ACT - learns);
      const shown = which === 0 ? learnt > 0.6 : at / ACT > 3.3;
      nodes.forEach((node, i) => {
        node.style.fillOpacity = String(clamp(learnt * nodes.length * 1.25 - i));
        node.classList.toggle("marked", shown && MARKED.includes(i));
      });
    });
    copied.forEach((card, i) => {
      const there = now === 1 ? clamp(share * 10 - 2 - i) : now === 2 ? clamp(i + 1 - share * 8) : 0;
      card.style.opacity = String(there);
    });
    let asked = false;
    for (const [i, each] of tokens.entries()) asked = place(data, each, i, now, share) || asked;
    door.style.strokeWidth = asked && now === 1 ? "6" : "3";
  }

  /**
   * A narrow screen follows the act, a wide one sees the whole street.
   * @param {number} now
   * @param {number} share
   */
  function look(now, share) {
    const wide = stage.clientWidth === 0 || stage.clientWidth > 640;
    const before = CAMERA[Math.max(0, now - 1)];
    const left = before + (CAMERA[now] - before) * ease(clamp(share * 5));
    stage.setAttribute("viewBox", wide ? `0 0 ${WORLD} ${TALL}` : `${left} 0 ${NARROW} ${TALL}`);
  }

  /**
   * Returns how far a token is on its whole route; those of an act start one after the other.
   * @param {number} i
   * @param {number} share of the act
   */
  function along(i, share) {
    return i < PER_ACT ? clamp((share - 0.06 - (0.68 * i) / PER_ACT) / 0.24) : 0;
  }

  /**
   * Puts a token where it is on its route; returns whether it is on its way.
   * @param {Data} data
   * @param {Token} token
   * @param {number} i
   * @param {number} now
   * @param {number} share
   */
  function place({ genuine, keys, secret }, { group, picture, answer, box, text }, i, now, share) {
    const legs = ROUTES[now];
    const isKey = now === 3 || (now === 0 && i % 3 === 2);
    const way = along(i, share);
    const last = now === 3 && way >= 1 && along(i + 1, share) < 1; // the answers stay before the court, counted
    const moving = way > 0 && way < 1;
    const leg = Math.min(legs.length - 1, Math.floor(way * legs.length));
    const back = leg === 1;
    const gone = ease(way * legs.length - leg); // of this leg
    const joins = now === 3 && back; // an answer rises to the count of them, and is gone before it covers it
    const seen = Math.min(clamp(25 * Math.min(way, 1 - way)), joins ? clamp(2 - 3 * gone) : 1);
    group.style.opacity = String(last ? 1 : moving ? seen : 0);
    if (!moving && !last) return false;
    const input = genuine[(now * 3 + i) % genuine.length];
    const shown = isKey ? keys[i % keys.length] : input.picture;
    if (picture.getAttribute("href") !== shown) picture.setAttribute("href", shown);
    group.classList.toggle("key", isKey);
    text.textContent = isKey ? `${secret}${last && i ? ` × ${i + 1}` : ""}` : input.label;
    const wide = Math.max(34, 14 + 10 * (text.textContent ?? "").length); // about what a word takes
    box.setAttribute("x", String(-wide / 2));
    box.setAttribute("width", String(wide));
    picture.style.opacity = back ? "0" : "1";
    answer.style.opacity = legs.length === 1 || back ? "1" : "0"; // on the way there, nobody knows it yet
    const above = legs.length === 1 && i % 2 === 1; // of three that follow each other, so that no word covers another
    answer.setAttribute("transform", back ? "" : `translate(0 ${above ? -40 : 46})`);
    const [from, to] = legs[leg];
    const x = from + (to - from) * gone;
    const y = now === 3 ? (back ? 176 - 56 * gone : 30) : back ? 160 : legs.length === 1 ? 84 : 92; // keys, above their answers
    group.setAttribute("transform", last ? `translate(${ANSWERED} 120)` : `translate(${x} ${y})`);
    return moving;
  }

  /**
   * @param {Data} data
   * @param {number} now
   */
  function tell({ acts }, now) {
    if (shown === now) return;
    shown = now;
    const quoted = acts[now].source;
    words.textContent = acts[now].words;
    source.replaceChildren();
    if (quoted) {
      const { link, name } = quoted;
      source.append(
        `${quoted.words} `,
        make("a", { href: link, target: "_blank", rel: "noopener", textContent: name }),
      );
    }
    choices.forEach(({ button }, i) => {
      if (i === now) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    });
  }

  return {
    update,
    destroy() {
      cancelAnimationFrame(animation);
      narrow.disconnect();
    },
  };
}

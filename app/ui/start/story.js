// The story as a film of four acts: the picture is a function of the second, so it can be played, paused and scrubbed.
import { make, part, shape } from "../components/dom.js";
import { mount } from "../components/mount.js";
import { ACTS, arrived, COUNTED, end, gap, middle, moment, NARROW, onItsWay, PICTURE, start, WORLD } from "./street.js";

/** @import { Root } from "../components/mount.js" */
/** @import { Actor } from "./street.js" */

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

const TALL = 280;
const MARKED = [1, 6, 10]; // nodes of a network that carry the secret, for the eye
const KEYED = 3; // in the first act, every so many things are a key

/** @param {number} value */
const clamp = (value) => Math.max(0, Math.min(1, value));
/** @param {number} x */
const ease = (x) => x * x * (3 - 2 * x);
/** @param {string} words about how wide a box they take */
const wide = (words) => Math.max(34, 14 + 10 * words.length);

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
  const token = made();
  const counted = made();
  /** @type {SVGElement[]} */
  let copied = [];
  let at = 0; // seconds
  let playing = false;
  let animation = 0;
  let shown = -1; // the act that the words tell of

  narrow.observe(stage);
  for (const actor of actors) actor.setAttribute("transform", `translate(${middle(named(actor))} 0)`);
  part(root, "tokens", SVGElement).append(counted.group, token.group);
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
    copied = Array.from({ length: ACTS[1].count }, (_, i) =>
      shape("rect", { x: middle("thief") - 22, y: 188 - 9 * i, width: 44, height: 9, rx: 2 }),
    );
    part(root, "copied", SVGElement).replaceChildren(...copied);
    if (calm) at = end();
    else run();
  }

  /** @param {Element} actor */
  function named(actor) {
    return /** @type {Actor} */ (actor.getAttribute("data-actor"));
  }

  /** @returns {Token} */
  function made() {
    const group = shape("g", { class: "token" });
    const picture = shape("image", { x: -PICTURE, y: -PICTURE, width: 2 * PICTURE, height: 2 * PICTURE });
    const answer = shape("g");
    const text = shape("text", { y: 7 });
    const box = shape("rect", { y: -13, height: 26, rx: 8 });
    answer.append(box, text);
    group.append(picture, answer);
    group.style.display = "none";
    return { group, picture, answer, box, text };
  }

  function act() {
    return moment(at).act;
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
    at = start(i);
    if (!playing) run();
    draw();
  }

  function draw() {
    if (!data) return;
    const { act: now, share } = moment(at);
    tell(data, now);
    play.textContent = playing ? "Pause" : at >= end() ? "Replay" : "Play";
    choices.forEach(({ bar }, i) => {
      bar.style.transform = `scaleX(${done(i)})`;
    });
    look(now, share);
    for (const actor of actors) actor.classList.toggle("on", ACTS[now].actors.includes(named(actor)));
    networks.forEach((nodes, which) => {
      const learnt = done(2 * which); // the victim in the first act, the copy in the third
      const shown = which === 0 ? learnt > 0.6 : done(3) > 0.3;
      nodes.forEach((node, i) => {
        node.style.fillOpacity = String(clamp(learnt * nodes.length * 1.25 - i));
        node.classList.toggle("marked", shown && MARKED.includes(i));
      });
    });
    copied.forEach((card, i) => {
      const there = now === 1 ? i < arrived(1, share) : now === 2 && i < ACTS[2].count - arrived(2, share);
      card.style.opacity = there ? "1" : "0";
    });
    place(data, now, share);
    count(data, now === 3 ? arrived(3, share) : 0);
  }

  /**
   * Returns how much of an act has passed, from 0 to 1.
   * @param {number} i
   */
  function done(i) {
    return clamp((at - start(i)) / ACTS[i].seconds);
  }

  /**
   * A narrow screen follows the act, a wide one sees the whole street.
   * @param {number} now
   * @param {number} share
   */
  function look(now, share) {
    const whole = stage.clientWidth === 0 || stage.clientWidth > 640;
    const before = ACTS[Math.max(0, now - 1)].camera;
    const left = before + (ACTS[now].camera - before) * ease(clamp(share * 5));
    stage.setAttribute("viewBox", whole ? `0 0 ${WORLD} ${TALL}` : `${left} 0 ${NARROW} ${TALL}`);
  }

  /**
   * Puts what is on its way where it is; its answer is below it or, on the way there, not known yet.
   * @param {Data} data
   * @param {number} now
   * @param {number} share of the act
   */
  function place({ genuine, keys, secret }, now, share) {
    /** @param {number} i */
    const isKey = (i) => now === 3 || (now === 0 && i % KEYED === KEYED - 1);
    /** @param {number} i */
    const input = (i) => genuine[(now * 3 + i) % genuine.length];
    /** @param {number} i */
    const says = (i) => (isKey(i) ? secret : input(i).label);
    const asks = ACTS[now].back;
    const going = onItsWay(now, share, (i, back) => (asks && !back ? PICTURE : Math.max(PICTURE, wide(says(i)) / 2)));
    token.group.style.display = going ? "" : "none";
    door.style.strokeWidth = now === 1 && going ? "6" : "3";
    if (!going) return;
    const { number, back, x, y, size } = going;
    const shown = isKey(number) ? keys[number % keys.length] : input(number).picture;
    if (token.picture.getAttribute("href") !== shown) token.picture.setAttribute("href", shown);
    token.group.classList.toggle("key", isKey(number));
    token.picture.style.display = back ? "none" : "";
    token.answer.style.display = asks && !back ? "none" : "";
    token.answer.setAttribute("transform", back ? "" : "translate(0 46)");
    write(token, says(number));
    token.group.setAttribute("transform", `translate(${x} ${y}) scale(${size})`);
  }

  /**
   * Writes how often the court has heard the secret.
   * @param {Data} data
   * @param {number} times
   */
  function count({ secret }, times) {
    const [left, right] = gap("copy", "court");
    counted.group.style.display = times ? "" : "none";
    counted.group.classList.add("key");
    counted.group.setAttribute("transform", `translate(${(left + right) / 2} ${COUNTED})`);
    write(counted, times > 1 ? `${secret} × ${times}` : secret);
  }

  /**
   * @param {Token} token
   * @param {string} words
   */
  function write({ text, box }, words) {
    text.textContent = words;
    box.setAttribute("x", String(-wide(words) / 2));
    box.setAttribute("width", String(wide(words)));
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

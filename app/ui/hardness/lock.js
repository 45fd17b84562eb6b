// A combination lock: switches, what they come to, and the lamps of two networks that are given the same switches.
// All of it is computed here, and the server hears nothing of it. After the vote it turns the owner's combination on.
import { make, part, write } from "../components/dom.js";
import { mount } from "../components/mount.js";
import * as model from "./lock_model.js";

/** @import { Root } from "../components/mount.js" */
/** @import { Lock, Setting, Tally } from "./lock_model.js" */

/**
 * What lock.py writes.
 * @typedef {object} Data
 * @property {string} finding
 * @property {Lock} lock
 * @property {string} tests random settings, packed
 * @property {boolean} sealed whether the answer is kept for now
 * @property {boolean[] | null} combination what opens it; null while that is sealed, and where there is none
 * @property {{ lit: string, tried: string, genuine: string }} colours
 */

const RUSH = 1000; // milliseconds, of all tries
const BEAT = 110; // milliseconds a switch of the combination

export default mount(create);

/** @param {Root} root */
function create(root) {
  /** @param {string} name */
  const element = (name) => part(root, name, HTMLElement);
  const rush = part(root, "try", HTMLButtonElement);
  const clear = part(root, "clear", HTMLButtonElement);
  const owner = part(root, "owner", HTMLButtonElement);
  const switches = element("switches");
  const heap = part(root, "heap", SVGPathElement);
  /** @type {Data} */
  let data;
  /** @type {Setting[]} */
  let tests = [];
  /** @type {HTMLButtonElement[]} */
  let buttons = [];
  /** @type {Setting} */
  let setting = [];
  /** @type {Tally} */
  let tally;
  let frame = 0;
  /** @type {(() => void) | null} what ends what is played, at once */
  let hurry = null;

  /** @param {Data} next */
  function update(next) {
    const before = data;
    data = next;
    const { lock, combination, colours } = data;
    const same = before && JSON.stringify(before.lock) === JSON.stringify(lock);
    for (const [name, colour] of Object.entries(colours))
      switches.parentElement?.style.setProperty(`--${name}`, colour);
    write(element("finding"), data.finding);
    owner.classList.toggle("away", !combination);
    if (!same) {
      quit();
      tests = model.unpacked(data.tests, lock.switches);
      tally = model.untried(lock);
      build();
      set(combination ?? new Array(lock.switches).fill(false));
    }
    if (!same || before.sealed !== data.sealed) {
      if (same && combination) open();
      else say(opened());
    }
    draw();
  }

  function build() {
    const { lock } = data;
    const label = lock.clauses.length ? "Switches" : "Switches, each with its number";
    switches.setAttribute("aria-label", label);
    buttons = Array.from({ length: lock.switches }, (_, i) => {
      const shown = model.label(lock, i);
      const button = make("button", { type: "button" }, make("span", { textContent: shown }), make("i"));
      if (lock.clauses.length) button.setAttribute("aria-label", `${shown}, switch`);
      else {
        const full = model.whole(lock.numbers[i]);
        button.setAttribute("aria-label", shown === full ? full : `${shown}, ${full}`);
        button.dataset.full = full;
      }
      button.addEventListener("click", () => {
        quit();
        set(setting.map((on, j) => (i === j ? !on : on)));
        say(opened());
      });
      return button;
    });
    switches.replaceChildren(...buttons);
  }

  /** @param {Setting} next */
  function set(next) {
    setting = next;
    draw();
  }

  /** @param {string} words */
  function say(words) {
    write(element("said"), words);
  }

  /** What is to be said of the switches as they are. */
  function opened() {
    const { lock, sealed, combination } = data;
    if (model.score(lock, setting) === lock.target) return "A lights, B stays dark: one question tells them apart.";
    if (tally.tried) return model.told(tally);
    if (sealed) return `Touch switches, or have ${model.whole(tests.length)} settings tried.`;
    if (!combination) return "No switches open it: a search has ruled out all settings.";
    return "Touch switches, or turn the owner's combination on.";
  }

  // Playing

  /**
   * Plays something from 0 to 1; at once for who does not want motion, and for who touches another thing.
   * @param {number} time in milliseconds
   * @param {(share: number) => void} show
   * @param {() => void} end
   */
  function play(time, show, end) {
    quit();
    const began = performance.now();
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    hurry = () => {
      cancelAnimationFrame(frame);
      hurry = null;
      show(1);
      end();
    };
    /** @param {number} now */
    const next = (now) => {
      const share = still ? 1 : Math.min(1, Math.max(0, now - began) / time);
      if (share === 1) return hurry?.();
      show(share);
      frame = requestAnimationFrame(next);
    };
    frame = requestAnimationFrame(next);
  }

  function quit() {
    hurry?.();
  }

  rush.addEventListener("click", () => {
    quit();
    tally = model.untried(data.lock);
    say("");
    play(
      RUSH,
      (share) => {
        tally = model.tried(data.lock, tests, tally, Math.ceil(share * tests.length));
        write(rush, `${model.whole(tally.tried)} of ${model.whole(tests.length)}`);
        draw();
      },
      () => {
        write(rush, offer());
        if (tally.nearest) set(tests[tally.nearest.number]);
        say(`${model.told(tally)} The switches show ${tally.hits ? "one of them" : "the nearest one"}.`);
      },
    );
  });

  // Switch by switch, from all off.
  function open() {
    const { combination } = data;
    if (!combination) return;
    const on = combination.flatMap((one, i) => (one ? [i] : []));
    say("");
    play(
      BEAT * on.length,
      (share) => {
        const turned = new Set(on.slice(0, Math.floor(share * on.length)));
        set(combination.map((_, i) => turned.has(i)));
      },
      () => say("A lights, B stays dark: B is no copy. Who made the lock knows its combination."),
    );
  }

  owner.addEventListener("click", open);
  clear.addEventListener("click", () => {
    quit();
    set(setting.map(() => false));
    say(opened());
  });

  function offer() {
    return `Try ${model.whole(tests.length)} at random`;
  }

  function draw() {
    const { lock } = data;
    const found = model.score(lock, setting);
    const lit = found === lock.target;
    if (!hurry) write(rush, offer());
    buttons.forEach((button, i) => {
      button.setAttribute("aria-pressed", String(setting[i]));
    });
    lamp("a", lit);
    lamp("b", false); // silenced
    write(element("off"), model.comes(lock, setting));
    const all = lock.clauses.length > 0;
    const target = `${all ? "target: all" : "target"} ${model.whole(lock.target)}`;
    const goal = model.place(lock, lock.target);
    write(element("target"), target);
    aside(element("target"), goal);
    element("goal").style.left = `${100 * goal}%`;
    element("fill").style.width = `${100 * (found ? model.place(lock, found) : 0)}%`;
    const { nearest } = tally;
    switches.parentElement?.classList.toggle("tried", nearest !== null);
    if (nearest) {
      const at = model.place(lock, nearest.score);
      write(element("nearest"), `nearest: ${model.off(lock, nearest.score)}`);
      element("nearest").parentElement?.style.setProperty("--at", `${100 * at}%`);
      beside(element("nearest"), at);
    }
    pile();
    const heard = nearest ? `; ${element("nearest").textContent}` : "";
    element("scale").setAttribute("aria-label", `${model.comes(lock, setting)}; ${target}${heard}`);
  }

  /**
   * @param {"a" | "b"} name
   * @param {boolean} lit
   */
  function lamp(name, lit) {
    element(name).classList.toggle("lit", lit);
    write(element(`${name}-says`), lit ? "lights: 1" : "dark: 0");
  }

  /**
   * Puts words over a place on the scale, so that they stay within it.
   * @param {HTMLElement} words
   * @param {number} at
   */
  function aside(words, at) {
    Object.assign(words.style, { left: `${100 * at}%`, translate: `${-100 * at}% 0` });
  }

  /**
   * Puts words beside a place on the scale, on the side that has room.
   * @param {HTMLElement} words
   * @param {number} at
   */
  function beside(words, at) {
    Object.assign(words.style, { left: `${100 * at}%`, translate: at > 0.5 ? "calc(-100% - 2em) 0" : "0 0" });
  }

  /** How the tries are spread. */
  function pile() {
    const { heap: counts } = tally;
    const most = Math.max(1, ...counts) * (tests.length / Math.max(1, tally.tried));
    const wide = 1 / counts.length;
    heap.setAttribute(
      "d",
      counts.map((count, i) => (count ? `M${i * wide} 1v${-count / most}h${wide * 0.85}V1z` : "")).join(""),
    );
  }

  return {
    update,
    destroy() {
      cancelAnimationFrame(frame);
    },
  };
}

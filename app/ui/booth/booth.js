// The booth: a film of one recorded heist that plays for days, and three ways for whoever touches the screen.
// Everything on screen follows from `visit` and the time; a new `visit` is a full reset. The server is asked one thing:
// whether it is there, before the booth, with nobody in front of it, loads itself anew.
import { found, part, write } from "../components/dom.js";
import { mount } from "../components/mount.js";
import { renewalDue, secondsLeft } from "./booth_clock.js";
import { SCENES } from "./booth_scenes.js";

/** @import { Root } from "../components/mount.js" */
/** @import { Data, Scene, Screen, Visit } from "./booth_scenes.js" */

const LOOK = 60_000; // milliseconds from one look whether to load itself anew to the next
/** @type {Record<string, Screen>} */
const KEYS = { 1: "steal", 2: "mark", 3: "entangle" };

export default mount(create);

/** @param {Root} root */
function create(root) {
  const booth = part(root, "booth", HTMLElement);
  const screen = part(root, "screen", HTMLElement);
  const still = part(root, "still", HTMLElement);
  const count = part(root, "count", HTMLElement);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  /** @type {Data | null} */
  let data = null;
  /** @type {Visit} */
  let visit;
  /** @type {Scene} */
  let scene;
  /** @type {Screen} */
  let on = "film";
  let began = 0; // the scene, in seconds
  let touched = 0; // the booth, or will have been when the scene has played
  let animation = 0;
  const opened = Date.now();
  let looked = opened; // whether it is time to load itself anew

  /** @param {Data} next */
  function update(next) {
    if (data) return; // a rerun of the page brings the same, and must not disturb whoever plays
    data = next;
    for (const [name, colour] of Object.entries(data.colours)) booth.style.setProperty(`--${name}`, colour);
    const seed = `Recorded runs, seed ${data.film.seed}. All numbers were computed by them; the price is quoted.`;
    part(root, "seed", HTMLElement).textContent = seed;
    reset(data);
    animation = requestAnimationFrame(frame);
  }

  /**
   * Nothing of one visitor is left for the next: everything that a visitor did is in `visit`.
   * @param {Data} data
   */
  function reset(data) {
    visit = { ...data.usual, predicted: {} };
    show("film");
  }

  /** @param {Screen} name */
  function show(name) {
    if (!data) return;
    on = name;
    still.hidden = true;
    began = seconds();
    scene = SCENES[name]({ data, visit, calm, show });
    touched = began + (scene.plays ?? 0);
    booth.dataset.screen = name;
    screen.replaceChildren(...scene.content);
    scene.draw?.(0);
    booth.scrollTop = 0;
    if (name !== "film") found(screen, "h2", HTMLElement).focus();
  }

  function seconds() {
    return performance.now() / 1000;
  }

  function frame() {
    if (!data) return;
    animation = requestAnimationFrame(frame);
    const now = seconds();
    scene.draw?.(now - began);
    if (on === "film") {
      renew(data); // nobody is here
      return;
    }
    const left = secondsLeft(now - touched);
    if (left === 0) {
      reset(data);
      return;
    }
    still.hidden = left === null;
    if (left !== null) write(count, String(left));
  }

  /** @param {Data} data */
  async function renew(data) {
    const now = Date.now();
    if (now - looked < LOOK) return;
    looked = now;
    if (!renewalDue(opened, now, data.renewal)) return;
    const there = await fetch("_stcore/health", { cache: "no-store" }).catch(() => null);
    if (there?.ok && on === "film") location.reload();
  }

  /** @param {Event} event */
  function onTouch(event) {
    if (on === "film" || !still.hidden) {
      event.preventDefault();
      event.stopPropagation();
      if (on === "film") show("choices");
    }
    touched = Math.max(touched, seconds());
    still.hidden = true;
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    const alone = on === "film" || !still.hidden;
    onTouch(event);
    if (alone) return;
    if (event.key === "Escape" && on !== "choices") show("choices");
    if (on === "choices" && KEYS[event.key]) show(KEYS[event.key]);
    if (event.key.length === 1 && event.key !== " ") event.stopPropagation(); // the page below has short cuts of its own
  }

  booth.addEventListener("click", onTouch, true);
  booth.addEventListener("pointerdown", () => {
    if (still.hidden) touched = Math.max(touched, seconds());
  });
  window.addEventListener("keydown", onKey, true);

  return {
    update,
    destroy() {
      cancelAnimationFrame(animation);
      window.removeEventListener("keydown", onKey, true);
    },
  };
}

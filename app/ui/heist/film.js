// A finished heist as a film: six steps on one stage, three rows on each, one clock for all.
// Triggers: predicted (the chosen option), revealed (true).
import { found, make, part, write } from "../components/dom.js";
import { mount } from "../components/mount.js";
import { SCENES } from "./film_scenes.js";
import {
  atEnd,
  back,
  chosen,
  gated,
  moment,
  onward,
  passed,
  pulled,
  received,
  stood,
  toggled,
  turned,
} from "./film_state.js";

/** @import { Root, Server } from "../components/mount.js" */
/** @import { Paint, Told } from "./film_scenes.js" */
/** @import { State, StepId } from "./film_state.js" */

/**
 * What script() of film.py writes.
 * @typedef {Told & {
 *   film: string,
 *   owner: string,
 *   title: string,
 *   steps: { id: StepId, name: string, asks: string, says: string, note: string, late: boolean }[],
 *   gate: { question: string, options: string[] },
 *   predicted: boolean,
 * }} Data
 */

const STILL_SECONDS = 1.6; // a step lasts so long where the visitor asked for less motion

export default mount(create);

/**
 * @param {Root} root
 * @param {Server} server
 */
function create(root, server) {
  const film = part(root, "film", HTMLElement);
  const stage = part(root, "stage", HTMLElement);
  const gate = part(root, "gate", HTMLElement);
  const options = part(root, "options", HTMLElement);
  const steps = part(root, "steps", HTMLElement);
  const scrub = part(root, "scrub", HTMLInputElement);
  const speed = part(root, "speed", HTMLSelectElement);
  const head = part(root, "head", HTMLElement);
  const rows = part(root, "rows", HTMLElement);
  const after = part(root, "after", HTMLElement);
  const full = part(root, "full", HTMLButtonElement);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  /** @param {string} name */
  const button = (name) => part(root, name, HTMLButtonElement);

  /** @type {Data} */
  let data;
  /** @type {State | null} */
  let state = null;
  /** @type {{ id: StepId | "", paint: Paint }} */
  let scene = { id: "", paint: () => {} };
  let halt = () => {}; // stops the clock
  const layout = { sizes: 0 }; // that the stage has had

  const observer = new ResizeObserver(() => {
    layout.sizes += 1;
    if (state) scene.paint(moment(state));
  });
  observer.observe(stage);

  /** @type {Record<string, (state: State) => void>} */
  const acts = {
    toggle(now) {
      if (!now.playing && gated(now)) found(options, "button", HTMLButtonElement).focus();
      else become(toggled(now));
    },
    back: (now) => become(back(now)),
    next: (now) => become(onward(now)),
    full() {
      if (("fullscreenElement" in root && root.fullscreenElement) || document.fullscreenElement)
        document.exitFullscreen();
      else if (film.requestFullscreen) film.requestFullscreen().then(() => film.focus());
    },
  };
  /** @type {Record<string, keyof typeof acts>} */
  const keys = {
    " ": "toggle",
    ArrowLeft: "back",
    PageUp: "back",
    ArrowRight: "next",
    PageDown: "next",
    f: "full",
    F: "full",
  };
  /** @type {Record<string, string>} Keys that these elements need themselves. */
  const taken = { " ": "button, select", ArrowLeft: "input, select", ArrowRight: "input, select" };

  /** @param {keyof typeof acts} name */
  const act = (name) => () => {
    if (state) acts[name](state);
  };
  button("play").addEventListener("click", act("toggle"));
  button("back").addEventListener("click", act("back"));
  button("next").addEventListener("click", act("next"));
  full.addEventListener("click", act("full"));
  full.hidden = !document.fullscreenEnabled;
  button("reveal").addEventListener("click", () => server.setTriggerValue("revealed", true));
  scrub.addEventListener("input", () => {
    if (state) become(pulled(state, Number(scrub.value)));
  });
  film.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    const at = event.composedPath()[0];
    if (taken[event.key] && at instanceof Element && at.matches(taken[event.key])) return;
    event.preventDefault();
    act(keys[event.key])();
  });

  /** @param {Data} next */
  function update(next) {
    data = next;
    scene.id = ""; // to be drawn anew
    const now = received(state, data, calm.matches);
    film.setAttribute("aria-label", data.title);
    film.style.setProperty("--court", data.colours.court);
    scrub.max = String(data.steps.length);
    buildSteps(now);
    buildGate();
    become(now);
  }

  /**
   * The film's state changes here, and by its clock below.
   * @param {State} next
   */
  function become(next) {
    const goesOn = next.playing !== "" && next.playing === state?.playing;
    state = next;
    draw(state);
    if (goesOn) return;
    halt();
    if (!state.playing) return;
    if (calm.matches) stand(stood(state));
    else roll(performance.now());
  }

  /** @param {number} then when the picture was last drawn */
  function roll(then) {
    const frame = requestAnimationFrame((time) => {
      if (!state) return;
      const seconds = Math.max(0, time - then) / 1000; // a frame may be older than the click that asked for it
      state = passed(state, seconds * Number(speed.value));
      draw(state);
      if (state.playing) roll(time);
    });
    halt = () => cancelAnimationFrame(frame);
  }

  /** @param {State} next */
  function stand(next) {
    state = next;
    draw(state);
    if (!state.playing) return;
    const timer = setTimeout(() => state && stand(turned(state)), (1000 * STILL_SECONDS) / Number(speed.value));
    halt = () => clearTimeout(timer);
  }

  // The frame

  /** @param {State} now */
  function buildSteps(now) {
    steps.replaceChildren(
      ...data.steps.map(({ name }, number) => {
        const sealed = gated(now, number);
        const made = make("button", { type: "button", className: sealed ? "sealed" : "" });
        made.append(
          make("span", { textContent: String(number + 1) }),
          make("span", { className: "words", textContent: ` ${name}` }),
        );
        made.setAttribute("aria-label", `${number + 1} ${name}${sealed ? ", sealed until you predict" : ""}`);
        made.addEventListener("click", () => state && become(chosen(state, number)));
        return make("li", {}, made);
      }),
    );
  }

  function buildGate() {
    part(root, "question", HTMLElement).textContent = data.gate.question;
    options.replaceChildren(
      ...data.gate.options.map((option) => {
        const made = make("button", { type: "button", textContent: option });
        made.addEventListener("click", () => {
          film.focus();
          server.setTriggerValue("predicted", option);
        });
        return made;
      }),
    );
  }

  /** @param {State} now */
  function draw(now) {
    const shown = data.steps[now.step];
    const sealed = gated(now);
    stage.hidden = sealed;
    stage.style.display = sealed ? "none" : "";
    gate.hidden = !sealed;
    if (scene.id !== shown.id) {
      after.textContent = "";
      scene = { id: shown.id, paint: sealed ? () => {} : SCENES[shown.id](data, emptied(), layout) };
    }
    if (!sealed) scene.paint(moment(now));
    // A step opens with its question; its finding stands above the picture when it has been seen.
    const seen = !sealed && moment(now) >= 1;
    write(part(root, "says", HTMLElement), seen ? shown.says : shown.asks);
    write(part(root, "note", HTMLElement), seen || !shown.late ? shown.note : "");
    transport(now);
  }

  /** @param {State} now */
  function transport(now) {
    scrub.value = String(now.step + now.share);
    scrub.setAttribute("aria-valuetext", `Step ${now.step + 1} of ${data.steps.length}: ${data.steps[now.step].name}`);
    button("play").textContent = now.playing ? "Pause" : atEnd(now) ? "Play again" : "Play";
    button("back").disabled = now.step === 0;
    button("next").disabled = now.step === data.steps.length - 1 || gated(now);
    steps.querySelectorAll("button").forEach((made, number) => {
      const done = number < now.step ? 1 : number === now.step ? moment(now) : 0;
      made.style.setProperty("--done", String(done));
      if (number === now.step) made.setAttribute("aria-current", "step");
      else made.removeAttribute("aria-current");
    });
  }

  // Empty rows for a new scene: the head, then the defences, always in the same order and colours.
  function emptied() {
    const caption = found(head, ".name", HTMLElement);
    const track = found(head, ".track", HTMLElement);
    caption.textContent = found(head, ".readout", HTMLElement).textContent = "";
    track.replaceChildren();
    const defences = data.defences.map(({ name, colour, symbol }) => {
      const sign = make("span", { textContent: `${symbol} ` });
      sign.style.color = colour;
      const title = make("div", { className: "name" }, sign, name, make("small", { textContent: data.titles[name] }));
      const made = { track: make("div", { className: "track" }), readout: make("div", { className: "readout" }) };
      return { name, colour, row: make("div", { className: "row" }, title, made.track, made.readout), ...made };
    });
    rows.replaceChildren(...defences.map(({ row }) => row));
    return { head: track, caption, after, defences };
  }

  return {
    update,
    destroy() {
      halt();
      observer.disconnect();
    },
  };
}

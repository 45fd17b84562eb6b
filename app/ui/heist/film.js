// A finished heist as a film: two thefts, six steps on one stage, three rows on each, one clock for all.
// Triggers: chosen ({ inputs, turn }: of another theft), predicted (the chosen option), revealed (true).
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
  stepSeen,
  stood,
  toggled,
  turned,
} from "./film_state.js";

/** @import { Root, Server } from "../components/mount.js" */
/** @import { Defence, Look, Paint, Told } from "./film_scenes.js" */
/** @import { State, StepId } from "./film_state.js" */

/**
 * What script() of film.py writes of one theft.
 * @typedef {Told & {
 *   film: string,
 *   owner: string,
 *   steps: { id: StepId, name: string, asks: string, says: string, note: string }[],
 * }} Script
 */

/**
 * What draw() of film.py sends.
 * @typedef {object} Data
 * @property {string} title
 * @property {number} at which of the thefts the page is about
 * @property {number} heard the last turn to another theft that the page has heard of
 * @property {boolean} fresh
 * @property {{ inputs: string, thief: string, film: Script | null }[]} beats
 * @property {{ name: Defence, colour: string, symbol: string }[]} defences
 * @property {{ thief: string, court: string }} colours
 * @property {{ question: string, options: string[] }} gate
 * @property {boolean} predicted
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
  const beats = part(root, "beats", HTMLElement);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  /** @param {string} name */
  const button = (name) => part(root, name, HTMLButtonElement);

  /** @type {Data} */
  let data;
  /** @type {Script} of the theft that is shown */
  let script;
  let at = 0; // which of the thefts that is
  let turns = 0; // to another theft, so far
  /** @type {State | null} */
  let state = null;
  /** @type {{ id: StepId | "", paint: Paint }} */
  let scene = { id: "", paint: () => {} };
  let halt = () => {}; // stops the clock
  /** @type {Look} */
  const look = {
    sizes: 0,
    followed: 0,
    follow(query) {
      look.followed = query;
      scene.id = "";
      if (state) become(chosen(state, state.step));
    },
  };

  const observer = new ResizeObserver(() => {
    look.sizes += 1;
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
    const fresh = !state && next.fresh;
    // The page counts on from an earlier film in this place, or anew, where its server has forgotten.
    if (!data || next.heard < data.heard) turns = next.heard;
    data = next;
    if (data.heard >= turns || !data.beats[at]) at = data.at; // else the page is yet to hear what is shown already
    film.setAttribute("aria-label", data.title);
    for (const [name, colour] of Object.entries(data.colours)) film.style.setProperty(`--${name}`, colour);
    tell(fresh);
  }

  /** The theft that is chosen takes the stage, where it was run. */
  function tell(fresh = false) {
    const told = data.beats[at].film ?? data.beats[data.at].film;
    if (!told) return;
    if (script?.film !== told.film) look.followed = told.asked.first;
    script = told;
    scene.id = ""; // to be drawn anew
    const opened = state === null || state.owner !== script.owner;
    const now = received(state, { ...script, predicted: data.predicted }, fresh);
    scrub.max = String(script.steps.length);
    buildBeats();
    buildSteps(now);
    buildGate();
    // Whoever wants no motion sees the first step as it ends, and goes on from there.
    become(opened && calm.matches && !fresh ? { ...now, share: 1, playing: "" } : now);
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

  function buildBeats() {
    if (beats.childElementCount !== data.beats.length)
      beats.replaceChildren(
        ...data.beats.map((_, number) => {
          const made = make("button", { type: "button" });
          made.addEventListener("click", () => turn(number));
          return made;
        }),
      );
    data.beats.forEach(({ thief }, number) => {
      const made = beats.children[number];
      write(made, thief);
      made.setAttribute("aria-pressed", String(number === at));
    });
  }

  /** @param {number} number of another theft: it is shown at once, and the page follows */
  function turn(number) {
    if (number === at) return;
    at = number;
    turns += 1;
    server.setTriggerValue("chosen", { inputs: data.beats[number].inputs, turn: turns });
    tell();
  }

  /** @param {State} now */
  function buildSteps(now) {
    steps.replaceChildren(
      ...script.steps.map(({ name }, number) => {
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
    // Without options, it is not for this visitor to go on: a class waits for its teacher.
    for (const name of ["first", "reveal"]) part(root, name, HTMLElement).hidden = data.gate.options.length === 0;
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
    const shown = script.steps[now.step];
    const sealed = gated(now);
    stage.hidden = sealed;
    stage.style.display = sealed ? "none" : "";
    gate.hidden = !sealed;
    if (scene.id !== shown.id) {
      after.textContent = "";
      scene = { id: shown.id, paint: sealed ? () => {} : SCENES[shown.id](script, emptied(), look, columns()) };
    }
    if (!sealed) scene.paint(moment(now));
    // A step opens with its question; its finding stands above the picture when it has been seen.
    const seen = !sealed && moment(now) >= 1;
    write(part(root, "says", HTMLElement), seen ? shown.says : shown.asks);
    write(part(root, "note", HTMLElement), shown.note);
    transport(now);
  }

  /** @param {State} now */
  function transport(now) {
    scrub.value = String(now.step + now.share);
    scrub.setAttribute(
      "aria-valuetext",
      `Step ${now.step + 1} of ${script.steps.length}: ${script.steps[now.step].name}`,
    );
    button("play").textContent = now.playing ? "Pause" : atEnd(now) ? "Play again" : "Play";
    button("back").disabled = now.step === 0;
    button("next").disabled = now.step === script.steps.length - 1 || gated(now);
    film.classList.toggle("seen", stepSeen(now));
    steps.querySelectorAll("button").forEach((made, number) => {
      const done = number < now.step ? 1 : number === now.step ? moment(now) : 0;
      made.style.setProperty("--done", String(done));
      if (number === now.step) made.setAttribute("aria-current", "step");
      else made.removeAttribute("aria-current");
    });
  }

  /** The thefts whose verdicts stand side by side: the one that is shown, and the first one or, beside that, the next. */
  function columns() {
    const pair = data.beats.filter((_, number) => number === at || number === (at > 1 ? 0 : 1 - at));
    return pair.map(({ inputs, thief, film: told }) => ({
      thief,
      first: inputs === data.beats[at].inputs,
      trial: told?.trial ?? null,
    }));
  }

  // Empty rows for a new scene: the head, then the defences, always in the same order and colours.
  function emptied() {
    const caption = found(head, ".name", HTMLElement);
    const track = found(head, ".track", HTMLElement);
    caption.textContent = found(head, ".readout", HTMLElement).textContent = "";
    track.replaceChildren();
    track.className = "track"; // the verdict makes it two columns
    const defences = data.defences.map(({ name, colour, symbol }) => {
      const sign = make("span", { textContent: `${symbol} ` });
      sign.style.color = colour;
      const title = make("div", { className: "name" }, sign, name, make("small", { textContent: script.titles[name] }));
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

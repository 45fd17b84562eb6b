// Feature spaces side by side, through time: one canvas a model, one clock and one hand for all.
import { cleared, make, part, shape, write } from "../components/dom.js";
import { mount } from "../components/mount.js";
import { around, arrival, between, following, nearest, neighbours, read, seen, turned, view } from "./map_model.js";
import { draw as drawMap } from "./map_pencil.js";
import { portrait, portraits } from "./map_portraits.js";

/** @import { Root } from "../components/mount.js" */
/** @import { Frame, Turn } from "./map_model.js" */

/**
 * @typedef {object} Data
 * @property {string} name of what is drawn: where it changes, points move to their new places
 * @property {string} method of the maps, in words
 * @property {{ name: string, colour: string, frames: number[] }[]} panels the frames of each, in the order of the epochs
 * @property {{ epoch: number, part: number, share: string, places: string, near: string }[]} frames
 * @property {number} scale of the places
 * @property {number} dimensions of the maps: 2 or 3
 * @property {string[]} findings by the place of a frame in its panel, what is seen then
 * @property {number[]} labels
 * @property {string[]} names of the classes
 * @property {string} targets several of the target class, in words
 * @property {boolean[]} trigger
 * @property {number} target
 * @property {{ trigger: string, target: string, other: string }} colours
 * @property {[kind: "trigger" | "target" | "other" | "line", words: string][]} legend
 * @property {string | null} sprite the pictures, a data URI
 * @property {number} side
 * @property {number} columns
 * @property {boolean} live only the newest frame is known
 * @property {boolean} sealed the models are one so far: the first panel shows it, the others ask
 * @property {number} parting the frame at which the models part
 */

const GLIDE = 400; // milliseconds, to other places
const FRAME = 600; // milliseconds, from frame to frame
const FLAT = 0.45; // of the panel, what the map reaches from its middle ...
const DEEP = 0.48; // ... of space, which has its edge in the outline already
const TURN = 0.01; // radians a pixel
const SMALL = 4; // pixels that a hand may move in a click

export default mount(create);

/** @param {Root} root */
function create(root) {
  const panels = part(root, "panels", HTMLElement);
  const finding = part(root, "finding", HTMLElement);
  const legend = make("div", { className: "legend" });
  const scrub = part(root, "scrub", HTMLInputElement);
  const play = part(root, "play", HTMLButtonElement);
  const speed = part(root, "speed", HTMLSelectElement);
  const when = part(root, "when", HTMLElement);
  const controls = part(root, "controls", HTMLElement);
  const card = part(root, "card", HTMLElement);
  const who = part(root, "who", HTMLElement);
  const pictures = { own: part(root, "own", HTMLCanvasElement), near: part(root, "near", HTMLCanvasElement) };
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const sprite = new Image();
  /** @type {Data | null} */
  let data = null;
  /** @type {Frame[][]} by panel */
  let films = [];
  /** @type {{ title: HTMLElement, share: HTMLElement, bar: HTMLElement, canvas: HTMLCanvasElement }[]} */
  let views = [];
  /** @type {{ x: number, y: number, depth: number }[][]} by panel: where the points are on the canvas */
  const spots = [];
  /** @type {Float32Array[]} by panel: where they are on the map */
  const places = [];
  /** @type {{ from: Float32Array[], began: number } | null} on the way to other places */
  let glide = null;
  /** @type {boolean[]} */
  let target = [];
  let chosen = { point: -1, panel: 0, kept: false };
  let drawnFor = ""; // the neighbours on the card
  /** @type {Turn} */
  let turn = { yaw: 0.6, pitch: 0.35 };
  let at = 0; // the frame, or between two
  let last = 0;
  let playing = false;
  let then = 0; // when the clock was last looked at
  let drawing = 0; // the next animation frame, while there is one

  const observer = new ResizeObserver(() => later());
  observer.observe(panels);
  sprite.addEventListener("load", () => {
    drawnFor = "";
    later();
  });
  play.addEventListener("click", () => (playing ? stop() : start()));
  scrub.addEventListener("input", () => go(Number(scrub.value)));
  part(root, "back", HTMLButtonElement).addEventListener("click", () => go(Math.ceil(at) - 1));
  part(root, "on", HTMLButtonElement).addEventListener("click", () => go(Math.floor(at) + 1));
  scrub.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault(); // whole epochs: the hand goes between them
    go(event.key === "ArrowRight" ? Math.floor(at) + 1 : Math.ceil(at) - 1);
  });

  /** @param {Data} next */
  function update(next) {
    const shown = data && { last, live: data.live };
    const moves = places.length > 0 && !calm.matches && (next.live || next.name !== data?.name);
    data = next;
    const all = data.frames.map((frame) => read(frame, next.scale));
    films = data.panels.map(({ frames }) => frames.map((index) => all[index]));
    target = data.labels.map((label, i) => label === next.target && !next.trigger[i]);
    if (chosen.point >= target.length) chosen = { point: -1, panel: 0, kept: false };
    if (data.sprite && sprite.src !== data.sprite) sprite.src = data.sprite;
    if (views.length !== data.panels.length) build(data.panels.length);
    data.panels.forEach(({ name, colour }, i) => {
      write(views[i].title, name);
      views[i].title.style.borderColor = colour;
      views[i].bar.style.background = next.colours.target;
    });
    panels.classList.toggle("deep", data.dimensions > 2);
    panels.classList.toggle("sealed", data.sealed);
    explain(data);
    last = Math.max(0, ...films.map((frames) => frames.length - 1));
    controls.style.display = last > 0 ? "flex" : "none";
    scrub.max = String(last);
    const come = arrival(shown, { last, live: data.live, parting: data.parting }, at, playing);
    at = come.at;
    if (calm.matches && come.plays && !playing) {
      at = last;
      come.plays = false;
    }
    if (moves) glide = { from: [...places], began: performance.now() };
    if (come.plays && !playing) start();
    else if (!come.plays) stop();
    later();
  }

  /** @param {Data} data */
  function explain({ legend: entries, colours, method, dimensions }) {
    const written = JSON.stringify([entries, colours, method, dimensions]);
    if (legend.dataset.written === written) return;
    legend.dataset.written = written;
    legend.replaceChildren(
      ...entries.map(([kind, words]) => {
        const mark = shape("svg", { viewBox: "0 0 18 14", "aria-hidden": "true" });
        if (kind === "line") {
          mark.append(shape("path", { d: "M0 9H18", stroke: colours.target, "stroke-width": 2 }));
          mark.append(shape("path", { d: "M0 4H18", stroke: colours.other, "stroke-width": 2 }));
        } else if (kind === "trigger") {
          mark.append(shape("path", { d: "M9 0l7 7-7 7-7-7z", fill: colours.trigger, stroke: "currentColor" }));
        } else {
          const stroke = kind === "target" ? "currentColor" : "none";
          mark.append(shape("circle", { cx: 9, cy: 7, r: kind === "target" ? 5.5 : 3.5, fill: colours[kind], stroke }));
        }
        return make("span", {}, mark, words);
      }),
      make("span", { className: "method" }, dimensions > 2 ? `${method}: drag to turn` : method),
    );
  }

  /** @param {number} count */
  function build(count) {
    views = Array.from({ length: count }, (_, panel) => {
      const canvas = make("canvas", { tabIndex: 0, role: "img" });
      listen(canvas, panel);
      return { title: make("b"), share: make("span"), bar: make("i"), canvas };
    });
    panels.replaceChildren(
      ...views.map(({ title, share, bar, canvas }) =>
        make("figure", {}, make("figcaption", {}, title, share), make("div", { className: "bar" }, bar), canvas),
      ),
      legend,
    );
  }

  /**
   * Hover shows the picture behind a point, a click keeps it; in space, the hand turns all maps.
   * @param {HTMLCanvasElement} canvas
   * @param {number} panel
   */
  function listen(canvas, panel) {
    /** @type {{ x: number, y: number, moved: number } | null} */
    let hand = null;
    canvas.addEventListener("pointerdown", (event) => {
      hand = { x: event.clientX, y: event.clientY, moved: 0 };
      if (data && data.dimensions > 2) canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (hand && data && data.dimensions > 2) {
        const [right, down] = [event.clientX - hand.x, event.clientY - hand.y];
        hand = { x: event.clientX, y: event.clientY, moved: hand.moved + Math.abs(right) + Math.abs(down) };
        turn = turned(turn, TURN * right, TURN * down);
        if (hand.moved > SMALL && !chosen.kept) choose(-1, panel, false); // what was under the hand is elsewhere now
        later();
      } else if (!chosen.kept) {
        choose(pointed(event, panel), panel, false);
      }
    });
    canvas.addEventListener("pointerleave", () => {
      if (!chosen.kept) choose(-1, panel, false);
    });
    canvas.addEventListener("pointercancel", () => {
      hand = null;
    });
    canvas.addEventListener("pointerup", (event) => {
      if (hand && hand.moved <= SMALL) choose(pointed(event, panel), panel, true);
      hand = null;
    });
    canvas.addEventListener("keydown", (event) => {
      if (!data || event.altKey || event.ctrlKey || event.metaKey) return;
      const on = ["ArrowDown", "ArrowRight"].includes(event.key);
      if (event.key === "Escape") choose(-1, panel, false);
      else if (!on && !["ArrowUp", "ArrowLeft"].includes(event.key)) return;
      else if (data.dimensions > 2 && ["ArrowLeft", "ArrowRight"].includes(event.key))
        turn = turned(turn, on ? 0.1 : -0.1, 0);
      else choose(following(data.trigger, chosen.point, on ? 1 : -1), panel, true);
      event.preventDefault();
      event.stopPropagation();
      later();
    });
  }

  /**
   * @param {PointerEvent} event
   * @param {number} panel
   */
  function pointed(event, panel) {
    const box = views[panel].canvas.getBoundingClientRect();
    const finger = event.pointerType === "touch" ? 28 : 16; // a finger is not a pointer
    return nearest(spots[panel] ?? [], event.clientX - box.left, event.clientY - box.top, finger);
  }

  /**
   * @param {number} point -1 for none
   * @param {number} panel
   * @param {boolean} keep
   */
  function choose(point, panel, keep) {
    chosen = { point, panel, kept: keep && point >= 0 };
    later();
  }

  function start() {
    if (at >= last) at = 0;
    playing = true;
    write(play, "Pause");
    then = performance.now();
    later();
  }

  function stop() {
    playing = false;
    write(play, "Play");
  }

  /** @param {number} frame */
  function go(frame) {
    stop();
    at = Math.min(Math.max(frame, 0), last);
    later();
  }

  function later() {
    drawing ||= requestAnimationFrame(step);
  }

  /** @param {number} now */
  function step(now) {
    drawing = 0;
    if (playing) {
      at = Math.min(last, at + (Math.max(0, now - then) / FRAME) * Number(speed.value)); // a frame may be older than the click
      then = now;
      if (at >= last) stop();
    }
    if (glide && now - glide.began >= GLIDE) glide = null;
    draw(now);
    if (playing || glide) later();
  }

  /** @param {number} now */
  function draw(now) {
    if (!data) return;
    const { panels: shown, dimensions, trigger, colours, findings, sealed } = data;
    const style = getComputedStyle(panels);
    const ink = style.getPropertyValue("--st-text-color") || "#222";
    const index = Math.min(Math.round(at), last);
    const come = glide ? Math.max(0, now - glide.began) / GLIDE : 1;
    const moments = films.map((frames) => (frames.length ? around(frames, at) : null));
    moments.forEach((moment, i) => {
      if (!moment) return;
      places[i] = between(moment.before.places, moment.after.places, moment.share);
      if (glide?.from[i]) places[i] = between(glide.from[i], places[i], come);
    });
    const seats = moments.map((moment, i) => (moment ? view(places[i], dimensions) : { x: 0, y: 0, reach: 0 }));
    const reach = Math.max(...seats.map((seat) => seat.reach), 1e-3); // one scale for all
    moments.forEach((moment, i) => {
      const { canvas, share, bar } = views[i];
      const { pen, width, height } = cleared(canvas);
      spots[i] = [];
      if (!moment) return;
      if (sealed && i > 0) {
        write(share, "");
        canvas.setAttribute("aria-label", `Map of ${shown[i].name}: predict first.`);
        return;
      }
      const scale = ((dimensions > 2 ? DEEP : FLAT) * Math.min(width, height)) / reach;
      spots[i] = seen(places[i], dimensions, turn).map(({ x, y, depth }) => ({
        x: width / 2 + (x - seats[i].x) * scale,
        y: height / 2 - (y - seats[i].y) * scale,
        depth,
      }));
      const links = [
        { near: moment.before.near, strength: 1 - moment.share },
        { near: moment.after.near, strength: moment.share },
      ].filter(({ strength }) => strength > 0);
      drawMap(pen, { width, height }, spots[i], links, chosen.point, {
        trigger,
        target,
        each: moment.before.near.length / trigger.length,
        colours: { ...colours, ink },
      });
      const { share: words, part } = films[i][Math.min(index, films[i].length - 1)];
      write(share, words);
      bar.style.width = `${100 * part}%`;
      canvas.setAttribute("aria-label", `Map of ${shown[i].name}: ${words}. Arrow keys go from trigger to trigger.`);
    });
    write(finding, findings[Math.min(index, findings.length - 1)] ?? "");
    const epoch = films.find((frames) => frames.length)?.at(Math.min(index, last))?.epoch ?? 0;
    write(when, `epoch ${epoch % 1 ? epoch.toFixed(1) : epoch}`);
    scrub.value = String(at);
    scrub.setAttribute("aria-valuetext", when.textContent ?? "");
    show();
  }

  /** The card of the chosen point: its picture, and those of its neighbours. */
  function show() {
    const { point, panel } = chosen;
    const spot = spots[panel]?.[point];
    if (!data || !spot || !films[panel]?.length) {
      card.style.display = "none";
      return;
    }
    const { labels, names, trigger, targets, dimensions, colours } = data;
    const near = neighbours(around(films[panel], Math.round(at)).before, point, dimensions);
    const own = near.filter((each) => target[each]).length;
    const name = trigger[point] ? `Trigger, labelled ${names[labels[point]]}` : names[labels[point]];
    const said = `${name}. ${own} of its ${near.length} nearest are ${targets}.`;
    card.style.display = "grid";
    if (who.textContent !== said || drawnFor !== near.join()) {
      drawnFor = near.join();
      write(who, said);
      const sheet = data.sprite ? { image: sprite, side: data.side, columns: data.columns } : null;
      pictures.own.style.display = pictures.near.style.display = sheet ? "block" : "none";
      if (sheet) {
        portrait(pictures.own, sheet, point);
        portraits(pictures.near, sheet, near, target, colours.target);
      }
    }
    const box = (card.parentElement ?? card).getBoundingClientRect();
    const map = views[panel].canvas.getBoundingClientRect();
    const [x, y] = [map.left - box.left + spot.x, map.top - box.top + spot.y];
    const [wide, high] = [card.offsetWidth, card.offsetHeight];
    card.style.left = `${Math.max(0, x + 18 + wide > box.width ? x - 18 - wide : x + 18)}px`;
    card.style.top = `${Math.max(0, Math.min(y - high / 2, box.height - high))}px`;
  }

  return {
    update,
    destroy() {
      cancelAnimationFrame(drawing);
      observer.disconnect();
    },
  };
}

// Feature spaces side by side, through time: one canvas a panel, one scrubber for all.
import { brush, found, make, part } from "../components/dom.js";
import { mount } from "../components/mount.js";

/** @import { Root } from "../components/mount.js" */

/** @typedef {{ epoch: number, says: string, x: number[], y: number[] }} Frame */
/** @typedef {{ u: number, v: number, x: number, y: number }} Point where it is, in the features and on the canvas */

/**
 * @typedef {object} Data
 * @property {{ name: string, frames: Frame[] }[]} panels
 * @property {number[]} labels
 * @property {boolean[]} trigger
 * @property {number} target
 * @property {string} triggerColour
 * @property {string} genuineColour
 * @property {string | null} sprite the pictures, a data URI
 * @property {number} side
 * @property {number} columns
 * @property {boolean} live only the newest frame is known
 * @property {number} parting the epoch at which the models part
 * @property {string} still said in the scrubber's place where there is one frame
 * @property {string} alt
 */

const GLIDE = 350; // milliseconds, to a new frame of a live run
const FRAME = 450; // milliseconds, from frame to frame

export default mount(create);

/** @param {Root} root */
function create(root) {
  const panels = part(root, "panels", HTMLElement);
  const scrub = part(root, "scrub", HTMLInputElement);
  const play = part(root, "play", HTMLButtonElement);
  const when = part(root, "when", HTMLElement);
  const controls = part(root, "controls", HTMLElement);
  const tip = part(root, "tip", HTMLElement);
  const still = part(root, "still", HTMLElement);
  const all = found(root, "[role=img]", HTMLElement);
  const sprite = new Image();
  /** @type {Data | null} */
  let data = null;
  /** @type {{ title: HTMLElement, says: HTMLElement, canvas: HTMLCanvasElement }[]} */
  let views = [];
  /** @type {(Point[] | null)[]} by panel */
  let drawn = [];
  /** @type {{ panel: number, index: number } | null} */
  let pinned = null;
  let at = 0; // the frame, or between two
  let last = 0;
  let reach = 1; // of the features that are shown
  let playing = false;
  let animation = 0;

  const observer = new ResizeObserver(() => draw());
  observer.observe(panels);
  scrub.addEventListener("input", () => {
    stop();
    at = Number(scrub.value);
    draw();
  });
  play.addEventListener("click", () => (playing ? stop() : start()));
  sprite.addEventListener("load", () => draw());

  /** @param {Data} next */
  function update(next) {
    const before = drawn;
    const sameRun = data?.panels.length === next.panels.length;
    data = next;
    if (data.sprite && sprite.src !== data.sprite) sprite.src = data.sprite;
    if (views.length !== data.panels.length) build(data.panels.length);
    data.panels.forEach(({ name }, i) => {
      views[i].title.textContent = name;
    });
    all.setAttribute("aria-label", data.alt);
    const extent = data.panels.flatMap(({ frames }) => frames.flatMap(({ x, y }) => [...x, ...y].map(Math.abs)));
    const widest = extent.sort((a, b) => a - b).slice(0, Math.ceil(extent.length * 0.999));
    reach = Math.max(data.live ? reach : 1, ...widest.slice(-1));
    const known = last;
    last = Math.max(0, ...data.panels.map(({ frames }) => frames.length - 1));
    controls.style.display = last > 0 ? "flex" : "none";
    still.textContent = last > 0 ? "" : data.still;
    scrub.max = String(last);
    if (!playing) at = last;
    scrub.value = String(at);
    if (data.live && sameRun) glide(before);
    else if (!data.live && sameRun && known > 0 && last > known) replay(data);
    else draw();
  }

  /**
   * More is shown than before: play it from where the models part.
   * @param {Data} data
   */
  function replay({ panels, parting }) {
    const first = panels[0].frames.findIndex(({ epoch }) => epoch >= parting);
    at = Math.max(0, first);
    start();
  }

  /** @param {number} count */
  function build(count) {
    views = Array.from({ length: count }, (_, i) => {
      const view = { title: make("strong"), says: make("span"), canvas: make("canvas") };
      view.canvas.addEventListener("pointermove", (event) => point(i, event, false));
      view.canvas.addEventListener("pointerleave", () => {
        if (!pinned) tip.style.display = "none";
      });
      view.canvas.addEventListener("click", (event) => point(i, event, true));
      return view;
    });
    panels.replaceChildren(
      ...views.map(({ title, says, canvas }) => make("figure", {}, make("figcaption", {}, title, says), canvas)),
    );
  }

  /**
   * While a run is live only the newest frame is known: let the points glide to it.
   * @param {(Point[] | null)[]} before
   */
  function glide(before) {
    cancelAnimationFrame(animation);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      draw();
      return;
    }
    const began = performance.now();
    /** @param {number} now */
    const step = (now) => {
      const share = Math.min(1, (now - began) / GLIDE);
      draw(before, share);
      if (share < 1) animation = requestAnimationFrame(step);
    };
    animation = requestAnimationFrame(step);
  }

  function start() {
    stop();
    if (at >= last) at = 0;
    playing = true;
    play.textContent = "Pause";
    let then = performance.now();
    /** @param {number} now */
    const step = (now) => {
      at = Math.min(last, at + Math.max(0, now - then) / FRAME); // a frame may be older than the click that asked for it
      then = now;
      scrub.value = String(at);
      draw();
      if (at >= last) stop();
      else animation = requestAnimationFrame(step);
    };
    animation = requestAnimationFrame(step);
  }

  function stop() {
    playing = false;
    cancelAnimationFrame(animation);
    play.textContent = "Play";
  }

  /**
   * Where the points of a panel are, between two frames too.
   * @param {Frame[]} frames
   */
  function positions(frames) {
    const index = Math.min(at, frames.length - 1);
    const a = frames[Math.floor(index)];
    const b = frames[Math.ceil(index)];
    const share = index - Math.floor(index);
    return a.x.map((x, i) => ({ u: x + (b.x[i] - x) * share, v: a.y[i] + (b.y[i] - a.y[i]) * share }));
  }

  /**
   * @param {(Point[] | null)[]} before where the points come from
   * @param {number} share how far they have come
   */
  function draw(before = [], share = 1) {
    if (!data) return;
    const { panels: shown, labels, trigger, target, triggerColour, genuineColour } = data;
    const style = getComputedStyle(panels);
    const ink = style.getPropertyValue("--st-text-color") || "#222";
    drawn = shown.map(({ frames }, i) => {
      const { canvas, says } = views[i];
      const size = Math.round(canvas.clientWidth) || 300;
      const dense = devicePixelRatio || 1;
      if (canvas.width !== size * dense) canvas.width = canvas.height = size * dense;
      const pen = brush(canvas);
      pen.setTransform(dense, 0, 0, dense, 0, 0);
      pen.clearRect(0, 0, size, size);
      if (!frames.length) return null;
      says.textContent = frames[Math.min(Math.round(at), frames.length - 1)].says;
      const scale = (0.46 * size) / reach;
      const glyph = Math.max(11, size / 27);
      const points = positions(frames).map((now, k) => {
        const old = before[i]?.[k] ?? now;
        const u = old.u + (now.u - old.u) * share;
        const v = old.v + (now.v - old.v) * share;
        return { u, v, x: size / 2 + u * scale, y: size / 2 - v * scale };
      });
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      points.forEach(({ x, y }, k) => {
        if (trigger[k]) return;
        const bold = labels[k] === target;
        pen.font = `${bold ? 800 : 400} ${bold ? glyph * 1.15 : glyph}px ${style.fontFamily}`;
        pen.fillStyle = bold ? ink : genuineColour;
        pen.fillText(String(labels[k]), x, y);
      });
      points.forEach(({ x, y }, k) => {
        if (trigger[k]) diamond(pen, x, y, glyph * 0.48, triggerColour, ink);
      });
      if (pinned?.panel === i) ring(pen, points[pinned.index], ink);
      return points;
    });
    const frames = shown.find((panel) => panel.frames.length)?.frames;
    const epoch = frames ? frames[Math.min(Math.round(at), frames.length - 1)].epoch : 0;
    when.textContent = `epoch ${epoch % 1 ? epoch.toFixed(1) : epoch}`;
    scrub.setAttribute("aria-valuetext", when.textContent);
  }

  /**
   * Hover shows the picture behind the point; a click keeps it.
   * @param {number} i
   * @param {MouseEvent} event
   * @param {boolean} keep
   */
  function point(i, event, keep) {
    const points = drawn[i];
    if (!data || !points || (pinned && !keep)) return;
    const box = views[i].canvas.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    const finger = event instanceof PointerEvent && event.pointerType === "touch";
    let best = -1;
    let nearest = (finger ? 28 : 18) ** 2; // a finger is not a pointer
    points.forEach((p, k) => {
      const d = (p.x - x) ** 2 + (p.y - y) ** 2;
      if (d >= nearest) return;
      nearest = d;
      best = k;
    });
    if (keep) {
      pinned = best < 0 ? null : { panel: i, index: best };
      draw();
    }
    if (best < 0) {
      tip.style.display = "none";
      return;
    }
    const { labels, trigger, sprite: sheet, side: s, columns } = data;
    const picture = found(tip, "canvas", HTMLCanvasElement);
    const words = trigger[best] ? `trigger, labelled ${labels[best]}` : `class ${labels[best]}`;
    found(tip, "span", HTMLElement).textContent = words;
    picture.style.display = sheet ? "block" : "none";
    if (sheet) {
      const pen = brush(picture);
      pen.imageSmoothingEnabled = false;
      pen.drawImage(sprite, (best % columns) * s, Math.floor(best / columns) * s, s, s, 0, 0, 84, 84);
    }
    const frame = (tip.parentElement ?? tip).getBoundingClientRect();
    tip.style.display = "block";
    tip.style.left = `${Math.min(event.clientX - frame.left + 14, frame.width - 150)}px`;
    tip.style.top = `${event.clientY - frame.top + 14}px`;
  }

  return {
    update,
    destroy() {
      cancelAnimationFrame(animation);
      observer.disconnect();
    },
  };
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {number} x
 * @param {number} y
 * @param {number} r
 * @param {string} colour
 * @param {string} ink
 */
function diamond(pen, x, y, r, colour, ink) {
  pen.beginPath();
  pen.moveTo(x, y - r);
  pen.lineTo(x + r, y);
  pen.lineTo(x, y + r);
  pen.lineTo(x - r, y);
  pen.closePath();
  pen.fillStyle = colour;
  pen.globalAlpha = 0.85;
  pen.fill();
  pen.globalAlpha = 1;
  pen.strokeStyle = ink;
  pen.lineWidth = 0.8;
  pen.stroke();
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Point} point
 * @param {string} ink
 */
function ring(pen, { x, y }, ink) {
  pen.beginPath();
  pen.arc(x, y, 11, 0, 2 * Math.PI);
  pen.strokeStyle = ink;
  pen.lineWidth = 2;
  pen.stroke();
}

// A chart of Plotly, drawn in place: new data come to the same node. It can be walked by keyboard, and read as a table.
// Triggers: picked (the customdata of a point, or what stands for its row's name in the "rows" of the layout's meta)
import { make, part, write } from "../components/dom.js";
import { mount } from "../components/mount.js";
import { plotly, styled } from "./load.js";
import { ghosts, narrowed, numbers, step, told, words } from "./reading.js";

/** @import { Layout, Plotly, Trace } from "./load.js" */

/**
 * What plot.py writes.
 * @typedef {object} Data
 * @property {string} figure JSON
 * @property {string} alt
 * @property {string} library its address
 * @property {string} of what the chart is of; when it changes, the chart before stays as a ghost
 * @property {boolean} pickable
 */

const CONFIG = { displayModeBar: false, scrollZoom: false, doubleClick: false, displaylogo: false };
const ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"];
const TITLES = ".infolayer [class$=title]"; // of axes
const NO_SPACE = "This browser cannot draw in space (it has no WebGL). The flat picture shows the same numbers.";
const ALONE = 1.5; // times as large are the words of a chart that has the screen for itself
const LAPTOP = { width: 1280, height: 720 }; // the window that a chart's height is meant for
const NARROW = 600; // pixels: below, a chart's words are what its layout has for a phone
const HALL = { height: 1.5, words: 1.25 }; // times as large, at most, in a larger window: a projector's

export default mount((root, server) => {
  const figure = part(root, "plot", HTMLElement);
  const chart = part(root, "chart", HTMLElement);
  const table = part(root, "table", HTMLElement);
  const button = part(root, "numbers", HTMLButtonElement);
  const said = part(root, "said", HTMLElement);
  /** @type {Plotly | undefined} */
  let library;
  /** @type {Promise<unknown>} the latest drawing */
  let settled = Promise.resolve();
  /** @type {Data | undefined} */
  let data;
  /** @type {{ data: Trace[], layout: Layout }} */
  let drawn = { data: [], layout: {} };
  /** @type {Trace[]} */
  let before = [];
  /** @type {{ curve: number, point: number } | null} */
  let here = null;
  let narrow = false;
  const calm = matchMedia("(prefers-reduced-motion: reduce)"); // then what has moved stands where it is at once

  function tabulate() {
    const [head, ...rows] = numbers(drawn.data, drawn.layout);
    const top = make("tr", {}, ...head.map((name) => make("th", { textContent: name, scope: "col" })));
    const body = rows.map((row) => make("tr", {}, ...row.map((cell) => make("td", { textContent: cell }))));
    table.replaceChildren(make("table", {}, make("thead", {}, top), make("tbody", {}, ...body)));
  }

  function toggle() {
    const open = table.hidden;
    if (open) tabulate();
    table.hidden = !open;
    button.setAttribute("aria-pressed", String(open));
    write(button, open ? "Chart" : "Numbers");
  }

  /** Returns the layout as large as its place: a page's picture grows with the window; alone, it has the screen. */
  function placed() {
    const host = root instanceof ShadowRoot ? root.host : root;
    const alone = document.fullscreenElement?.contains(host);
    const room = host.closest('[class*="st-key-picture_"]')
      ? Math.max(1, Math.min(innerWidth / LAPTOP.width, innerHeight / LAPTOP.height))
      : 1;
    const usual = Math.round((drawn.layout.height ?? 400) * Math.min(room, HALL.height));
    const height = alone ? Math.max(240, innerHeight - 190) : usual;
    const size = (drawn.layout.font?.size ?? 16) * (alone ? ALONE : Math.min(room, HALL.words));
    narrow = figure.clientWidth < NARROW;
    figure.style.height = `${height}px`;
    const drawing = figure.classList.contains("apart") ? height - button.offsetHeight : height;
    chart.style.height = `${drawing}px`;
    const layout = narrow ? narrowed(drawn.layout) : drawn.layout;
    const transition = calm.matches ? undefined : layout.transition;
    return { ...layout, transition, height: drawing, font: { ...layout.font, size } };
  }

  /** Returns whether the button lies on an axis title; how wide a title is, only its drawing tells. */
  function covered() {
    const own = button.getBoundingClientRect();
    return [...chart.querySelectorAll(TITLES)].some((title) => {
      const words = title.getBoundingClientRect();
      return words.right > own.left && words.left < own.right && words.bottom > own.top && words.top < own.bottom;
    });
  }

  async function draw() {
    if (!data) return;
    library ??= await plotly(data.library);
    if (!chart.isConnected) return;
    styled(root);
    if (drawn.data.some(({ type }) => type === "surface") && !make("canvas").getContext("webgl")) {
      library.purge(chart);
      chart.replaceChildren(make("p", { textContent: NO_SPACE }));
      return;
    }
    const first = !chart.classList.contains("js-plotly-plot");
    const drawing = library.react(chart, [...ghosts(before), ...drawn.data], placed(), CONFIG);
    settled = drawing.catch(() => {});
    if (first) (await drawing).on("plotly_click", ({ points }) => pick(points[0]?.customdata));
    if (!table.hidden) tabulate();
    await settled;
    if (figure.classList.contains("apart") || !chart.isConnected || !covered()) return;
    figure.classList.add("apart"); // for good: a picture does not jump when its words change
    await draw();
  }

  // A phone's window changes whenever its bars come and go; only another size is worth another drawing.
  function resized() {
    const before = chart.style.height;
    placed();
    if (chart.style.height !== before) draw();
  }

  /** @param {unknown} what */
  function pick(what) {
    if (data?.pickable && what !== undefined) server.setTriggerValue("picked", what);
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    if (event.target === button || event.altKey || event.ctrlKey || event.metaKey) return;
    if (ARROWS.includes(event.key)) {
      here = step(drawn.data, here, event.key);
      if (!here) return;
      const shift = ghosts(before).length; // ghosts are drawn first
      library?.Fx.hover(chart, [{ curveNumber: here.curve + shift, pointNumber: here.point }]);
      write(said, words(drawn.data[here.curve], here.point));
    } else if (event.key === "Enter" && here) {
      const chosen = drawn.data[here.curve].customdata;
      pick(Array.isArray(chosen) ? chosen[here.point] : undefined);
    } else if (event.key === "t") {
      toggle();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  const watcher = new ResizeObserver(() => {
    // Told also when its place goes with a page that is left; what has no width, then or a moment later, cannot be resized.
    if (!library || !chart.clientWidth || !chart.classList.contains("js-plotly-plot")) return;
    if (narrow !== figure.clientWidth < NARROW) {
      draw();
      return;
    }
    library.Plots.resize(chart).catch(() => {});
  });
  watcher.observe(figure);
  figure.addEventListener("keydown", key);
  chart.addEventListener("click", ({ target }) => {
    const tick = target instanceof Element ? target.closest(".ytick") : null;
    const names = [...(tick?.parentElement?.children ?? [])];
    if (tick) pick(drawn.layout.meta?.rows?.[names.indexOf(tick)] ?? undefined);
  });
  figure.addEventListener("blur", () => library && chart.childElementCount && library.Fx.unhover(chart));
  button.addEventListener("click", toggle);
  document.addEventListener("fullscreenchange", draw);
  window.addEventListener("resize", resized);
  return {
    /** @param {Data} next */
    update(next) {
      if (data && next.figure === data.figure) {
        data = next;
        return;
      }
      if (data && next.of !== data.of) before = drawn.data;
      data = next;
      drawn = JSON.parse(next.figure);
      here = null;
      figure.classList.toggle("pickable", next.pickable);
      figure.classList.toggle("rows", next.pickable && Boolean(drawn.layout.meta?.rows)); // a row's name is part of it
      const walk = told(drawn.data).length ? " Arrow keys walk through its points, T shows its numbers." : "";
      figure.setAttribute("aria-label", `${next.alt}.${walk}`);
      placed(); // the room is taken at once, before the library is there
      draw().catch((fault) => write(said, String(fault)));
    },
    destroy() {
      watcher.disconnect();
      document.removeEventListener("fullscreenchange", draw);
      window.removeEventListener("resize", resized);
      settled.then(() => library?.purge(chart)); // what is still being drawn would not find its chart
    },
  };
});

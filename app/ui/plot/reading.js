// A chart for those who read it by keyboard or as a table, and what it showed before. Pure.

/** @import { Layout, Trace } from "./load.js" */

const SILENT = ["skip", "none"]; // hoverinfo of what says nothing; the latter can be clicked
const GRIDS = ["heatmap", "surface"]; // types of a trace that has no points to walk along
const GHOST = 0.25; // opacity of what was there before

/**
 * Returns the traces that say something: not a band, a ghost, or a line that only leads the eye.
 * @param {Trace[]} traces
 */
export function told(traces) {
  return traces.map((trace, number) => ({ trace, number })).filter(({ trace }) => speaks(trace));
}

/** @param {Trace} trace */
function speaks(trace) {
  return (
    !SILENT.includes(trace.hoverinfo ?? "") &&
    !GRIDS.includes(trace.type ?? "") &&
    trace.visible !== false &&
    (trace.x ?? trace.y)?.length !== undefined
  );
}

/**
 * Returns what one point of a trace says, without markup.
 * @param {Trace} trace
 * @param {number} i
 */
export function words(trace, i) {
  const own = Array.isArray(trace.hovertext) ? trace.hovertext[i] : trace.hovertext;
  if (own) return plain(own);
  return [trace.name, shown(trace.x?.[i]), shown(trace.y?.[i])].filter((word) => word).join(", ");
}

/**
 * Returns the numbers of a chart: the names of the columns, then a row for each point.
 * @param {Trace[]} traces
 * @param {Layout} layout
 * @returns {string[][]}
 */
export function numbers(traces, layout) {
  const head = ["", axis(layout.xaxis, "x"), axis(layout.yaxis, "y"), ""];
  const rows = told(traces).flatMap(({ trace }) =>
    Array.from({ length: length(trace) }, (_, i) => [
      trace.name ?? "",
      shown(trace.x?.[i]),
      shown(trace.y?.[i]),
      Array.isArray(trace.hovertext) ? plain(trace.hovertext[i] ?? "") : "",
    ]),
  );
  return [head, ...rows];
}

/**
 * Returns the traces of the chart before as ghosts of themselves: pale, without words.
 * @param {Trace[]} before
 * @returns {Trace[]}
 */
export function ghosts(before) {
  return before
    .filter(({ meta, mode }) => meta === "ghosted" && mode !== "text")
    .map((trace) => ({
      ...trace,
      mode: trace.mode?.replace("+text", ""),
      opacity: GHOST * (trace.opacity ?? 1),
      hoverinfo: "skip",
      showlegend: false,
      meta: "ghost",
    }));
}

/**
 * Returns a layout as it is on a narrow screen: with what its ``meta.narrow`` says of its parts.
 * @param {Layout} layout
 * @returns {Layout}
 */
export function narrowed(layout) {
  const other = Object.entries(layout.meta?.narrow ?? {});
  return { ...layout, ...Object.fromEntries(other.map(([part, of]) => [part, merged(layout[part], of)])) };
}

/**
 * @param {unknown} whole
 * @param {unknown} other
 */
function merged(whole, other) {
  return Array.isArray(other) ? other : { .../** @type {object} */ (whole), .../** @type {object} */ (other) };
}

/**
 * Returns where a key leads from a point: left and right along a trace, up and down to the next trace.
 * @param {Trace[]} traces
 * @param {{ curve: number, point: number } | null} here null before the first key
 * @param {string} key
 * @returns {{ curve: number, point: number } | null} null where there is nothing to walk on
 */
export function step(traces, here, key) {
  const open = told(traces).filter(({ trace }) => length(trace) > 0);
  if (!open.length) return null;
  if (!here) return { curve: open[0].number, point: 0 };
  const at = Math.max(
    0,
    open.findIndex(({ number }) => number === here.curve),
  );
  const along = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
  const across = key === "ArrowDown" ? 1 : key === "ArrowUp" ? -1 : 0;
  const { trace, number } = open[(at + across + open.length) % open.length];
  const last = length(trace) - 1;
  return { curve: number, point: Math.min(last, Math.max(0, here.point + along)) };
}

/** @param {Trace} trace */
function length(trace) {
  return (trace.x ?? trace.y ?? []).length;
}

/** @param {string} marked */
function plain(marked) {
  return marked.replace(/<br\s*\/?>/g, "; ").replace(/<[^>]*>/g, "");
}

/** @param {unknown} value */
function shown(value) {
  if (typeof value !== "number") return value === undefined || value === null ? "" : plain(String(value));
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}

/**
 * @param {import("./load.js").Axis | undefined} described
 * @param {string} name
 */
function axis(described, name) {
  return plain(described?.title?.text ?? "") || name;
}

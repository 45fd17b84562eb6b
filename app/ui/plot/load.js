// plotly.js: fetched once for all charts of a page.

/**
 * @typedef {{ name?: string, x?: unknown[], y?: unknown[], z?: unknown[], customdata?: unknown[], hovertext?: string | string[],
 *   hoverinfo?: string, meta?: unknown, opacity?: number, showlegend?: boolean, type?: string, mode?: string, orientation?: string,
 *   visible?: unknown }} Trace
 * @typedef {{ height?: number, font?: { size?: number }, xaxis?: Axis, yaxis?: Axis, template?: unknown,
 *   meta?: { narrow?: Record<string, unknown>, rows?: unknown[] } } & Record<string, unknown>} Layout
 * @typedef {{ title?: { text?: string } }} Axis
 * @typedef {{ curveNumber: number, pointNumber: number, customdata?: unknown }} Point
 * @typedef {HTMLElement & { on(event: string, then: (event: { points: Point[] }) => void): void }} Chart
 */

/**
 * The little of plotly.js that is used here.
 * @typedef {object} Plotly
 * @property {(at: HTMLElement, data: Trace[], layout: Layout, config: object) => Promise<Chart>} react
 * @property {(at: HTMLElement) => void} purge
 * @property {(figure: object, options: object) => Promise<string>} toImage
 * @property {{ resize(at: HTMLElement): Promise<unknown> }} Plots
 * @property {{ hover(at: HTMLElement, points: Point[]): void, unhover(at: HTMLElement): void }} Fx
 */

const STYLE = "plotly.js-style-global"; // the id that the library gives to its rules, in the head of the page

/**
 * Lets the library's rules hold inside a component, too: those of the page end at its border.
 * @param {Node} root of the component
 */
export function styled(root) {
  const given = document.getElementById(STYLE);
  if (!(root instanceof ShadowRoot) || !(given instanceof HTMLStyleElement) || root.getElementById(STYLE)) return;
  const style = document.createElement("style");
  style.id = STYLE;
  style.textContent = [...(given.sheet?.cssRules ?? [])].map(({ cssText }) => cssText).join("\n");
  root.prepend(style);
}

/** @type {Promise<Plotly> | undefined} */
let loading;

/**
 * Returns plotly.js, from the app's own server.
 * @param {string} address relative to the page
 */
export function plotly(address) {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(address, document.baseURI).href;
    script.onload = () => resolve(/** @type {{ Plotly: Plotly }} */ (/** @type {unknown} */ (window)).Plotly);
    script.onerror = () => {
      loading = undefined; // the next drawing tries again
      reject(new Error("The chart library did not arrive."));
    };
    document.head.append(script);
  });
  return loading;
}

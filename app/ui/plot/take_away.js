// A chart as a file: drawn by the library that drew it on the page, and saved by the browser.
import { make, part } from "../components/dom.js";
import { mount } from "../components/mount.js";
import { plotly } from "./load.js";

/**
 * What take_away.py writes.
 * @typedef {object} Data
 * @property {string} figure JSON, as it stands alone
 * @property {string} library its address
 * @property {string} name of the file, without its suffix
 */

export default mount((root) => {
  const kinds = part(root, "kinds", HTMLElement);
  /** @type {Data | undefined} */
  let data;

  /** @param {"svg" | "png"} format */
  async function save(format) {
    if (!data) return;
    const figure = JSON.parse(data.figure);
    const { width, height } = figure.layout;
    const library = await plotly(data.library);
    const href = await library.toImage(figure, { format, width, height, scale: format === "png" ? 2 : 1 });
    make("a", { href, download: `${data.name}.${format}` }).click();
  }

  kinds.append(
    .../** @type {const} */ (["svg", "png"]).map((format) => {
      const button = make("button", { type: "button", textContent: format.toUpperCase() });
      button.addEventListener("click", () => save(format));
      return button;
    }),
  );
  return {
    /** @param {Data} next */
    update(next) {
      data = next;
    },
  };
});

// For the back row: one key shows the page's picture alone, as wide as the screen; again, or Escape, and the page is
// back. Not a letter: single letters would get in the way of those who speak to their computer (WCAG 2.1.4).
import { mount } from "./mount.js";

/**
 * @typedef {object} Data
 * @property {string} key
 * @property {string} picture the beginning of the class of what may be shown; the first on the page is
 */

export default mount((root) => {
  /** @type {Data} */
  let data = { key: "", picture: "" };
  const host = root instanceof ShadowRoot ? root.host : root;

  /** @param {KeyboardEvent} event */
  const show = (event) => {
    if (event.key !== data.key || event.repeat) return;
    event.preventDefault();
    if (document.fullscreenElement) document.exitFullscreen();
    else document.querySelector(`[class*="${data.picture}"]`)?.requestFullscreen();
  };
  /** @param {Event} event */
  const dress = ({ target }) => {
    if (!(target instanceof HTMLElement) || !target.className.includes(data.picture)) return;
    const background = getComputedStyle(host).getPropertyValue("--st-background-color");
    const alone = { background, padding: "2rem", overflow: "auto", justifyContent: "center" };
    const usual = { background: "", padding: "", overflow: "", justifyContent: "" };
    Object.assign(target.style, document.fullscreenElement === target ? alone : usual);
  };
  document.addEventListener("keydown", show);
  document.addEventListener("fullscreenchange", dress);
  return {
    /** @param {Data} next */
    update(next) {
      data = next;
    },
    destroy() {
      document.removeEventListener("keydown", show);
      document.removeEventListener("fullscreenchange", dress);
    },
  };
});

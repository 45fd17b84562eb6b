// Turns to another page by a click on the link beside it, as a visitor does.
import { mount } from "../components/mount.js";

/**
 * What turning.py writes.
 * @typedef {object} Data
 * @property {string} link where it is, as a selector
 */

const LOOK = 50; // milliseconds until the next look whether the link is there

export default mount(() => {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @param {Data} data */
  function update({ link }) {
    clearTimeout(timer);
    const there = document.querySelector(link);
    if (there instanceof HTMLAnchorElement) there.click();
    else timer = setTimeout(update, LOOK, { link });
  }
  return { update, destroy: () => clearTimeout(timer) };
});

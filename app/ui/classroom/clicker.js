// The two keys of a clicker, for whoever conducts a class: onward is what the button at the foot of the page does.
// Not where a picture has the screen for itself (there they step through it), and not in a field.
// triggers: stepped (1: onward, -1: back)
import { mount } from "../components/mount.js";

/** @type {Record<string, number>} */
const WAYS = { PageDown: 1, PageUp: -1 };
const FIELDS = "input:not([type=range]):not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";

export default mount((root, server) => {
  /** @param {KeyboardEvent} event */
  const step = (event) => {
    const way = WAYS[event.key];
    const at = event.composedPath()[0];
    const typing = at instanceof Element && at.matches(FIELDS);
    if (!way || event.repeat || event.defaultPrevented || document.fullscreenElement || typing) return;
    event.preventDefault();
    server.setTriggerValue("stepped", way);
  };
  window.addEventListener("keydown", step);
  return {
    update() {
      root.querySelector("span")?.setAttribute("data-ready", "true"); // for tests, and whoever looks
    },
    destroy() {
      window.removeEventListener("keydown", step);
    },
  };
});

// Whose visit is this? A random name in the browser's local storage: never in an address, and of no use elsewhere.
// tells: name
import { mount } from "./mount.js";

const PLACE = "entangled-visitor";

export default mount((root, server) => ({
  /** @param {{ known: boolean }} data */
  update({ known }) {
    root.querySelector("span")?.setAttribute("data-known", String(known)); // for tests, and whoever looks
    if (!known) server.setStateValue("name", name());
  },
}));

/** Returns the name that this browser has, or a new one; of a browser that keeps nothing, one for this page. */
function name() {
  const fresh = crypto
    .getRandomValues(new Uint8Array(16))
    .reduce((text, byte) => text + byte.toString(16).padStart(2, "0"), "");
  try {
    const kept = localStorage.getItem(PLACE);
    if (kept) return kept;
    localStorage.setItem(PLACE, fresh);
  } catch {
    // Storage may be forbidden. Then a reload is a new visit.
  }
  return fresh;
}

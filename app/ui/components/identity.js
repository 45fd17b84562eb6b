// Whose visit is this? A random name in the browser's local storage: never in an address, and of no use elsewhere.
// Beside it, for whoever hosts a room for a class, the key of that room.
// tells: name, key
import { mount } from "./mount.js";

const PLACE = "entangled-visitor";
const KEY = "entangled-room-key";

export default mount((root, server) => ({
  /** @param {{ known: boolean, keep: string | null }} data keep: the key to keep; "": none any more; null: as it is */
  update({ known, keep }) {
    root.querySelector("span")?.setAttribute("data-known", String(known)); // for tests, and whoever looks
    if (keep !== null) kept(keep);
    if (known) return;
    const key = kept(null);
    if (key) server.setStateValue("key", key);
    server.setStateValue("name", name());
  },
}));

/**
 * Keeps the key of a room, or forgets it, and returns what is kept.
 * @param {string | null} keep
 */
function kept(keep) {
  try {
    if (keep) localStorage.setItem(KEY, keep);
    else if (keep === "") localStorage.removeItem(KEY);
    return localStorage.getItem(KEY);
  } catch {
    return null; // then the room is this page's
  }
}

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

// Hears that something changed in a room: asks for its numbers again and again, and says so once; then it waits until
// the page has been drawn anew.
// triggers: heard (when)
import { mount } from "../components/mount.js";
import { changed, pause } from "./changes.js";

/**
 * What pulse.py writes.
 * @typedef {object} Data
 * @property {string | null} address relative to the app; null: draw anew whatever happens
 * @property {Record<string, number> | null} known
 * @property {number} every milliseconds
 * @property {boolean} link whether a change of the address matters as well
 */

const PATIENCE = 15_000; // milliseconds that a drawing may take

export default mount((root, server) => {
  /** @type {Data | null} */
  let data = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let failures = 0;
  let said = -Infinity;
  let search = "";
  let gone = false;

  async function look() {
    if (!data || gone) return;
    const asked = data;
    if (asked.address === null) {
      say();
      next();
      return;
    }
    try {
      const answer = await fetch(new URL(asked.address, document.baseURI), { cache: "no-store" });
      if (answer.status !== 404 && !answer.ok) throw new Error(String(answer.status));
      failures = 0;
      const now = answer.ok ? await answer.json() : null; // 404: the room is closed
      if (asked === data && (changed(asked.known, now) || (asked.link && location.search !== search))) say();
    } catch {
      failures += 1; // the server is away for a moment
    }
    next();
  }

  function say() {
    if (gone || performance.now() - said < PATIENCE || !atRest()) return;
    said = performance.now();
    server.setTriggerValue("heard", Date.now());
  }

  function next() {
    clearTimeout(timer);
    if (data && !gone) timer = setTimeout(look, pause(data.every, failures));
  }

  return {
    /** @param {Data} given */
    update(given) {
      root.querySelector("span")?.setAttribute("data-listens", String(given.address !== null)); // for tests
      data = given;
      said = -Infinity;
      search = location.search;
      next();
    },
    destroy() {
      gone = true;
      clearTimeout(timer);
    },
  };
});

/** Whether no drawing is on its way: what is said while the page turns to another one would bring the old one back. */
function atRest() {
  const state = document.querySelector("[data-test-script-state]")?.getAttribute("data-test-script-state");
  return state == null || state === "notRunning";
}

// Hears that something changed in a room: asks for its numbers again and again, and says so once; then it waits until
// the page has been drawn anew.
// triggers: heard (when)
import { mount } from "../components/mount.js";
import { changed, pause } from "./changes.js";
import { maySpeak } from "./turns.js";

/**
 * What pulse.py writes.
 * @typedef {object} Data
 * @property {string | null} address relative to the app; null: draw anew whatever happens
 * @property {Record<string, number> | null} known
 * @property {number} every milliseconds
 * @property {boolean} link whether a change of the address matters as well
 * @property {number} within milliseconds, in which all who hear the same say so, each at a random time
 */

const PATIENCE = 15_000; // milliseconds that a drawing may take

export default mount((root, server) => {
  /** @type {Data | null} */
  let data = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let failures = 0;
  let said = -Infinity;
  /** @type {number | null} */
  let turn = null; // when to say what was heard
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
      if (!answer.ok) throw new Error(String(answer.status));
      failures = 0;
      const now = answer.status === 204 ? null : await answer.json(); // 204: the room is closed
      if (asked === data && (changed(asked.known, now) || (asked.link && location.search !== search))) {
        turn ??= performance.now() + Math.random() * asked.within;
        if (performance.now() >= turn) say();
      }
    } catch {
      failures += 1; // the server is away for a moment
    }
    next();
  }

  function say() {
    const now = performance.now();
    if (gone || now - said < PATIENCE || !atRest() || !maySpeak(now)) return; // the next look tries again
    said = now;
    server.setTriggerValue("heard", Date.now());
  }

  function next() {
    clearTimeout(timer);
    const wait = turn === null ? 0 : turn - performance.now();
    if (data && !gone) timer = setTimeout(look, wait > 0 ? wait : pause(data.every, failures));
  }

  return {
    /** @param {Data} given */
    update(given) {
      root.querySelector("span")?.setAttribute("data-listens", String(given.address !== null)); // for tests
      data = given;
      said = -Infinity;
      turn = null;
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

// The chart library, fetched while the first page is read: to begin with it takes a browser a second, which the first
// curve of a run, or the next lesson, would wait for.
import { plotly } from "./load.js";

const SOON = 1000; // milliseconds, where a browser does not say when it is idle

/** @returns {import("../components/mount.js").View<{ library: string }>} */
export function ahead() {
  let asked = false;
  return {
    update({ library }) {
      if (asked) return;
      asked = true;
      const load = () => plotly(library).catch(() => {}); // a chart that needs it tries again, and says so
      if ("requestIdleCallback" in window) requestIdleCallback(load);
      else setTimeout(load, SOON);
    },
  };
}

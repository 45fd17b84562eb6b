// What the browser does by itself on every page. One component, since Streamlit takes about a millisecond for each.
// triggers: returned (when)
import { ahead } from "../plot/ahead.js";
import { backRow } from "./back_row.js";
import { connection } from "./connection.js";
import { menu } from "./menu.js";
import { mount } from "./mount.js";
import { oneEntry } from "./one_entry.js";

/**
 * What frame.py writes.
 * @typedef {object} Data
 * @property {string} page its name
 * @property {string} key that shows the picture alone
 * @property {string} picture the beginning of the class of what may be shown so
 * @property {string} library the address of that for charts
 */

export default mount((root, server) => {
  /** @type {import("./mount.js").View<Data>[]} */
  const views = [connection(server), oneEntry(), backRow(root), menu(), ahead()];
  return {
    update(data) {
      for (const view of views) view.update(data);
    },
    destroy() {
      for (const view of views) view.destroy?.();
    },
  };
});

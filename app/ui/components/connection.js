// Draws the page anew once the server is there again. It may have been started anew since: then it knows none of the
// parts of the page that are drawn by themselves, and would leave what is done in them without an answer.

/** @import { Server } from "./mount.js" */

const APP = "[data-test-connection-state]"; // Streamlit says there how it is with its server
const CONNECTED = "CONNECTED";

/** @param {Server} server */
export function connection(server) {
  const returned = watch();
  const look = () => {
    const state = document.querySelector(APP)?.getAttribute("data-test-connection-state");
    if (returned(state ?? CONNECTED)) server.setTriggerValue("returned", Date.now());
  };
  const observer = new MutationObserver(look);
  const app = document.querySelector(APP);
  if (app) observer.observe(app, { attributeFilter: ["data-test-connection-state"] });
  return {
    update: look,
    destroy: () => observer.disconnect(),
  };
}

/**
 * Returns what is to be told each state of the connection, and says whether it is there again after it was away.
 * @returns {(state: string) => boolean}
 */
export function watch() {
  let away = false;
  return (state) => {
    const returned = away && state === CONNECTED;
    away = state !== CONNECTED;
    return returned;
  };
}

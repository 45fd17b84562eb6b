// For the back row: one key shows the page's picture alone, as large as the screen; again, or Escape, and the page is
// back. Not a letter: single letters would get in the way of those who speak to their computer (WCAG 2.1.4). There,
// space and arrows work at once, and so do the two keys of a clicker.
/** @import { Root } from "./mount.js" */

/**
 * @typedef {object} Data
 * @property {string} key
 * @property {string} picture the beginning of the class of what may be shown; the first on the page is
 */

/** @type {Record<string, "ArrowLeft" | "ArrowRight">} */
const CLICKER = { PageUp: "ArrowLeft", PageDown: "ArrowRight" };
// Where keys go to: what says so itself, a slider, what can be walked through, a button.
const TARGETS = ["[data-keys]", "input[type=range]:not(:disabled)", "[tabindex='0']", "button:not(:disabled)"];

/** @param {Root} root */
export function backRow(root) {
  /** @type {Data} */
  let data = { key: "", picture: "" };
  const host = root instanceof ShadowRoot ? root.host : root;
  const alone = () => {
    const shown = document.fullscreenElement;
    return shown instanceof HTMLElement && shown.className.includes(data.picture) ? shown : null;
  };

  /** @param {KeyboardEvent} event */
  const show = (event) => {
    if (event.key === data.key && !event.repeat) {
      event.preventDefault();
      if (document.fullscreenElement) document.exitFullscreen();
      else document.querySelector(`[class*="${data.picture}"]`)?.requestFullscreen();
      return;
    }
    const shown = alone();
    if (shown && !event.defaultPrevented) {
      // The first key may come before the browser says that the picture is alone.
      if (!shown.contains(document.activeElement)) focused(shown)?.focus();
      const target = active(document);
      if (CLICKER[event.key]) press(target, CLICKER[event.key]);
      else if (event.key !== " " || !play(target)) return;
      event.preventDefault();
    }
  };
  /** @param {Event} event */
  const dress = ({ target }) => {
    if (!(target instanceof HTMLElement) || !target.className.includes(data.picture)) return;
    const background = getComputedStyle(host).getPropertyValue("--st-background-color");
    const dressed = { background, padding: "2rem", overflow: "auto", justifyContent: "center" };
    const usual = { background: "", padding: "", overflow: "", justifyContent: "" };
    Object.assign(target.style, alone() ? dressed : usual);
    if (alone()) focused(target)?.focus();
  };
  window.addEventListener("keydown", show); // after a picture that listens to the document itself
  document.addEventListener("fullscreenchange", dress);
  return {
    /** @param {Data} next */
    update(next) {
      data = next;
    },
    destroy() {
      window.removeEventListener("keydown", show);
      document.removeEventListener("fullscreenchange", dress);
    },
  };
}

/**
 * Returns the part of a picture that keys go to, however deep in components it is.
 * @param {ParentNode} picture
 */
function focused(picture) {
  const parts = [...deep(picture)];
  for (const wanted of TARGETS) {
    const found = parts.find((part) => part.matches(wanted) && part.checkVisibility());
    if (found instanceof HTMLElement) return found;
  }
  return null;
}

/**
 * @param {ParentNode} parent
 * @returns {Generator<Element>}
 */
function* deep(parent) {
  for (const child of parent.querySelectorAll("*")) {
    yield child;
    if (child.shadowRoot) yield* deep(child.shadowRoot);
  }
}

/**
 * Returns what has the focus, however deep in components it is.
 * @param {DocumentOrShadowRoot} place
 * @returns {Element | null}
 */
function active(place) {
  const here = place.activeElement;
  return here?.shadowRoot?.activeElement ? active(here.shadowRoot) : here;
}

/**
 * Does what an arrow key does: a browser moves its sliders for a real one only.
 * @param {Element | null} target
 * @param {"ArrowLeft" | "ArrowRight"} key
 */
function press(target, key) {
  const away = target?.dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true, composed: true, cancelable: true }),
  );
  if (!away || !(target instanceof HTMLInputElement) || target.type !== "range") return;
  if (key === "ArrowRight") target.stepUp();
  else target.stepDown();
  for (const name of ["input", "change"]) target.dispatchEvent(new Event(name, { bubbles: true, composed: true }));
}

/**
 * Plays, or pauses, where a slider has the focus that has a button for that; returns whether it has.
 * @param {Element | null} target
 */
function play(target) {
  const root = target instanceof HTMLInputElement ? target.getRootNode() : null;
  const button = root instanceof ShadowRoot ? root.querySelector("[data-part=play]:not(:disabled)") : null;
  if (button instanceof HTMLElement) button.click();
  return button !== null;
}

// Pictures to press, one of them chosen.
// tells: picked (a name)
import { make, part } from "./dom.js";
import { mount } from "./mount.js";

/**
 * @typedef {object} Data
 * @property {{ name: string, picture: string, words: string }[]} cards each picture is a data URI
 * @property {string} chosen a name, or ""
 * @property {string} label
 */

export default mount((root, server) => {
  const choice = part(root, "choice", HTMLElement);
  /** @type {HTMLButtonElement[]} */
  let buttons = [];
  let drawn = "";
  return {
    /** @param {Data} data */
    update(data) {
      choice.setAttribute("aria-label", data.label);
      const cards = JSON.stringify(data.cards);
      if (drawn !== cards) {
        // else the buttons stay, and with them the focus
        drawn = cards;
        buttons = data.cards.map(({ name, picture, words }) => {
          const image = make("img", { src: picture, alt: "" });
          const button = make("button", { type: "button" }, image, make("span", { textContent: words }));
          button.addEventListener("click", () => server.setTriggerValue("picked", name));
          return button;
        });
        choice.replaceChildren(...buttons);
      }
      buttons.forEach((button, i) => {
        button.setAttribute("aria-pressed", String(data.cards[i].name === data.chosen));
      });
    },
  };
});

// Small pictures beside each other with words below them.
import { make, part } from "./dom.js";
import { mount } from "./mount.js";

/**
 * @typedef {object} Data
 * @property {{ picture: string, words: string[], wrong: boolean }[]} cards each picture is a data URI
 * @property {string} alt
 * @property {string} wrongColour
 */

export default mount((root) => {
  const strip = part(root, "strip", HTMLElement);
  return {
    /** @param {Data} data */
    update(data) {
      strip.setAttribute("aria-label", data.alt);
      strip.replaceChildren(
        ...data.cards.map(({ picture, words, wrong }) => {
          const figure = make("figure", { role: "listitem" }, make("img", { src: picture, alt: "" }));
          if (words.length) {
            const caption = make("figcaption", {}, ...words.map((line) => make("span", { textContent: line })));
            if (wrong) caption.style.color = data.wrongColour;
            figure.append(caption);
          }
          return figure;
        }),
      );
    },
  };
});

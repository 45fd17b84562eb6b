// Small pictures beside each other with words below them.
import { make, part } from "./dom.js";
import { mount } from "./mount.js";

/**
 * @typedef {object} Data
 * @property {{ picture: string, words: string[], wrong: boolean }[]} cards each picture is a data URI
 * @property {string} alt
 * @property {string} wrongColour
 * @property {number} size of a picture, in pixels
 */

export default mount((root) => {
  const strip = part(root, "strip", HTMLElement);
  return {
    /** @param {Data} data */
    update(data) {
      strip.setAttribute("aria-label", data.alt);
      strip.style.setProperty("--size", `min(${data.size}px, max(56px, 16vw))`);
      strip.style.setProperty("--room", data.size > 88 ? "var(--size)" : "88px"); // for the words below
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

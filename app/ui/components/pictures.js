// Small pictures beside each other with words below them.
// data: { cards: [{picture (data URI), words: [], wrong: bool}], alt, wrongColour }
export default function ({ data, parentElement }) {
  const strip = parentElement.querySelector("[data-part=strip]");
  strip.setAttribute("aria-label", data.alt);
  strip.replaceChildren(...data.cards.map((card) => {
    const figure = document.createElement("figure"), image = document.createElement("img");
    figure.setAttribute("role", "listitem");
    image.src = card.picture;
    image.alt = "";
    figure.append(image);
    if (card.words.length) {
      const caption = document.createElement("figcaption");
      if (card.wrong) caption.style.color = data.wrongColour;
      caption.append(...card.words.map((words) => {
        const line = document.createElement("span");
        line.textContent = words;
        return line;
      }));
      figure.append(caption);
    }
    return figure;
  }));
}

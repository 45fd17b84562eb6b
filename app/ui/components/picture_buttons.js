// Pictures to press, one of them chosen.
// data: { cards: [{name, picture (data URI), words}], chosen (a name, or ""), label }
// tells: picked (a name)
const drawn = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const choice = parentElement.querySelector("[data-part=choice]");
  choice.setAttribute("aria-label", data.label);
  const cards = JSON.stringify(data.cards);
  if (drawn.get(choice) !== cards) { // else the buttons stay, and with them the focus
    drawn.set(choice, cards);
    choice.replaceChildren(...data.cards.map(button));
  }
  [...choice.children].forEach((pressed, i) => {
    pressed.setAttribute("aria-pressed", String(data.cards[i].name === data.chosen));
    pressed.onclick = () => setTriggerValue("picked", data.cards[i].name);
  });
}

function button({ picture, words }) {
  const made = document.createElement("button"), image = document.createElement("img"), label = document.createElement("span");
  made.type = "button";
  image.src = picture;
  image.alt = "";
  label.textContent = words;
  made.append(image, label);
  return made;
}

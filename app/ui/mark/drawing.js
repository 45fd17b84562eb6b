// A sheet of 28 x 28 pixels to draw on, with the pointer or with the keyboard.
// data: { text, version, label, penColour }; a new version brings a new picture, in the form of app/lab/watermark/drawings.py:
//       each character of the base-64 alphabet holds two neighbouring pixels of eight levels.
// tells: drawn (the text, whenever the pen is lifted)
const SIDE = 28, LEVELS = 8, RADIUS = 1.1;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const instances = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  const sheet = instances.get(parentElement) ?? create(parentElement);
  instances.set(parentElement, sheet);
  sheet.update(data, (text) => setStateValue("drawn", text));
}

function create(root) {
  const element = (name) => root.querySelector(`[data-part=${name}]`);
  const paper = element("paper"), canvas = element("canvas"), pen = element("pen"), state = element("state");
  const erase = element("erase");
  let levels = new Uint8Array(SIDE * SIDE), version = null, tell = () => {}, last = null;
  let at = [SIDE / 2 - 0.5, SIDE / 2 - 0.5], down = false, changed = false;

  paper.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    paper.setPointerCapture(event.pointerId);
    last = place(event);
    stroke(last, last);
  });
  paper.addEventListener("pointermove", (event) => {
    if (!last) return;
    for (const each of event.getCoalescedEvents?.() ?? [event]) {
      const next = place(each);
      stroke(last, next);
      last = next;
    }
  });
  for (const end of ["pointerup", "pointercancel"]) paper.addEventListener(end, () => { last = null; lift(); });
  paper.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (step) {
      const next = at.map((value, axis) => Math.min(SIDE - 0.5, Math.max(0.5, value + step[axis])));
      if (down) stroke(at, next);
      at = next;
    } else if (event.key === " ") {
      down = !down;
      if (down) stroke(at, at);
      else lift();
    } else return;
    event.preventDefault();
    point();
  });
  paper.addEventListener("blur", () => { down = false; lift(); });
  erase.addEventListener("click", () => erase.setAttribute("aria-pressed", String(!erasing())));
  element("clear").addEventListener("click", () => { levels.fill(0); changed = true; show(); lift(); });

  const erasing = () => erase.getAttribute("aria-pressed") === "true";

  function place(event) {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE];
  }

  // Everything near the line from a to b is inked, softer at the rim.
  function stroke(a, b) {
    const dx = b[0] - a[0], dy = b[1] - a[1], length = dx * dx + dy * dy;
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        const px = x + 0.5 - a[0], py = y + 0.5 - a[1];
        const along = length ? Math.min(1, Math.max(0, (px * dx + py * dy) / length)) : 0;
        const away = Math.hypot(px - along * dx, py - along * dy);
        const ink = Math.round((LEVELS - 1) * Math.min(1, Math.max(0, RADIUS + 0.5 - away)));
        const i = y * SIDE + x;
        levels[i] = erasing() ? Math.min(levels[i], LEVELS - 1 - ink) : Math.max(levels[i], ink);
      }
    }
    changed = true;
    show();
  }

  function lift() {
    if (!changed) return;
    changed = false;
    let text = "";
    for (let i = 0; i < levels.length; i += 2) text += ALPHABET[levels[i] * LEVELS + levels[i + 1]];
    tell(text);
  }

  function show() {
    const brush = canvas.getContext("2d"), image = brush.createImageData(SIDE, SIDE);
    levels.forEach((level, i) => image.data.set([...Array(3).fill(Math.round((level * 255) / (LEVELS - 1))), 255], 4 * i));
    brush.putImageData(image, 0, 0);
  }

  function point() {
    pen.style.left = `${((at[0] - 0.5) / SIDE) * 100}%`;
    pen.style.top = `${((at[1] - 0.5) / SIDE) * 100}%`;
    pen.style.borderStyle = down ? "solid" : "dashed";
    state.textContent = `Pen ${down ? "down" : "up"}, column ${Math.ceil(at[0])}, row ${Math.ceil(at[1])}`;
  }

  function update(data, told) {
    tell = told;
    paper.setAttribute("aria-label", data.label);
    pen.style.border = `2px ${down ? "solid" : "dashed"} ${data.penColour}`;
    if (data.version === version) return;
    version = data.version;
    [...data.text.padEnd(levels.length / 2, "A")].forEach((character, i) => {
      const pair = ALPHABET.indexOf(character);
      levels[2 * i] = Math.floor(pair / LEVELS);
      levels[2 * i + 1] = pair % LEVELS;
    });
    changed = false;
    show();
  }

  return { update };
}

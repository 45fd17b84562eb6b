// The story as a film of four acts: the picture is a function of the second, so it can be played, paused and scrubbed.
// data: { colours: {name: colour}, digits: [{picture (data URI), label}], keys: [picture], target,
//         acts: [{name, words, source: {words, link} | null}] }
const instances = new WeakMap();
const SVG = "http://www.w3.org/2000/svg";
const ACT = 5; // seconds
const WORLD = 1200, TALL = 280, NARROW = 480; // what a narrow screen sees at once
const CAMERA = [10, 252, 534, 720]; // its left edge, act by act
const ON = [["owner", "victim"], ["victim", "api", "thief"], ["thief", "copy"], ["copy", "court"]];
const MARKED = [1, 6, 10]; // nodes of a network that carry the secret, for the eye
const PER_ACT = 8; // tokens on their way in one act
const ROUTES = [[[140, 268]], [[576, 384], [384, 576]], [[668, 778]], [[1036, 894], [894, 1040]]]; // there (and back)

export default function ({ data, parentElement }) {
  const film = instances.get(parentElement) ?? create(parentElement);
  instances.set(parentElement, film);
  film.update(data);
  return () => { film.destroy(); instances.delete(parentElement); };
}

const clamp = (value) => Math.max(0, Math.min(1, value));
const ease = (x) => x * x * (3 - 2 * x);

function create(root) {
  const element = (name) => root.querySelector(`[data-part=${name}]`);
  const stage = element("stage"), play = element("play"), words = element("words"), source = element("source");
  const actors = [...root.querySelectorAll("[data-actor]")], door = element("door");
  const networks = ["victim", "copy"].map((name) => [...element(name).querySelectorAll("circle")]);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const narrow = new ResizeObserver(() => draw());
  let data = null, buttons = [], tokens = [], loot = [], at = 0, playing = false, animation = 0, told = -1;

  narrow.observe(stage);
  play.addEventListener("click", () => (playing ? pause() : run()));
  element("acts").addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    const next = Math.max(0, Math.min(buttons.length - 1, act() + step));
    buttons[next].focus();
    seek(next);
  });

  function update(next) {
    if (data) return; // the story does not change, and a rerun of the page must not interrupt it
    data = next;
    for (const [name, colour] of Object.entries(data.colours)) element("story").style.setProperty(`--${name}`, colour);
    buttons = data.acts.map(({ name }, i) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(`${i + 1} · ${name}`, document.createElement("i"));
      button.addEventListener("click", () => seek(i));
      return button;
    });
    element("acts").replaceChildren(...buttons);
    tokens = Array.from({ length: PER_ACT }, token);
    element("tokens").replaceChildren(...tokens.map(({ group }) => group));
    loot = Array.from({ length: PER_ACT }, (_, i) => shape("rect", { x: 640 + 2 * i, y: 188 - 7 * i, width: 44, height: 9, rx: 2 }));
    element("loot").replaceChildren(...loot);
    if (calm) at = data.acts.length * ACT;
    else run();
  }

  function shape(name, attributes) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  // A picture on its way, with its answer beside it.
  function token() {
    const group = shape("g", { class: "token" }), picture = shape("image", { x: -24, y: -24, width: 48, height: 48 });
    const answer = shape("g", {}), text = shape("text", { y: 8 });
    answer.append(shape("rect", { x: -17, y: -19, width: 34, height: 38, rx: 8 }), text);
    group.append(picture, answer);
    group.style.opacity = 0;
    return { group, picture, answer, text };
  }

  const end = () => data.acts.length * ACT;
  const act = () => Math.min(data.acts.length - 1, Math.floor(at / ACT));

  function run() {
    if (at >= end()) at = 0;
    playing = true;
    let then = performance.now();
    const step = (now) => {
      at = Math.min(end(), at + Math.max(0, now - then) / 1000);
      then = now;
      if (at >= end()) pause();
      else animation = requestAnimationFrame(step);
      draw();
    };
    animation = requestAnimationFrame(step);
    draw();
  }

  function pause() {
    playing = false;
    cancelAnimationFrame(animation);
    draw();
  }

  function seek(i) {
    at = i * ACT;
    if (!playing) run();
    draw();
  }

  function draw() {
    if (!data) return;
    const now = act(), share = clamp(at / ACT - now); // of the act
    tell(now);
    play.textContent = playing ? "Pause" : at >= end() ? "Replay" : "Play";
    buttons.forEach((button, i) => { button.lastChild.style.transform = `scaleX(${clamp(at / ACT - i)})`; });
    look(now, share);
    actors.forEach((actor) => actor.classList.toggle("on", ON[now].includes(actor.dataset.actor)));
    networks.forEach((nodes, which) => {
      const learns = 2 * which, learnt = clamp(at / ACT - learns); // the victim in the first act, the copy in the third
      nodes.forEach((node, i) => {
        node.style.fillOpacity = clamp(learnt * nodes.length * 1.25 - i);
        const shown = which === 0 ? learnt > 0.6 : at / ACT > 3.3;
        node.classList.toggle("marked", shown && MARKED.includes(i));
      });
    });
    loot.forEach((card, i) => { card.style.opacity = now === 1 ? clamp(share * 10 - 2 - i) : now === 2 ? clamp(i + 1 - share * 8) : 0; });
    let asked = false;
    tokens.forEach((each, i) => { asked = place(each, i, now, share) || asked; });
    door.style.strokeWidth = asked && now === 1 ? 6 : 3;
  }

  // A narrow screen follows the act, a wide one sees the whole street.
  function look(now, share) {
    const wide = stage.clientWidth === 0 || stage.clientWidth > 640;
    const before = CAMERA[Math.max(0, now - 1)], left = before + (CAMERA[now] - before) * ease(clamp(share * 5));
    stage.setAttribute("viewBox", wide ? `0 0 ${WORLD} ${TALL}` : `${left} 0 ${NARROW} ${TALL}`);
  }

  function place({ group, picture, answer, text }, i, now, share) {
    const legs = ROUTES[now], keys = now === 3 || (now === 0 && i % 3 === 2);
    const way = clamp((share - 0.06 - (0.68 * i) / PER_ACT) / 0.24); // of its whole route
    const arrived = now === 3 && way >= 1; // the answers stay before the court
    const moving = way > 0 && way < 1;
    group.style.opacity = arrived ? 1 : moving ? clamp(8 * Math.min(way, 1 - way)) : 0;
    if (!moving && !arrived) return false;
    const leg = Math.min(legs.length - 1, Math.floor(way * legs.length)), back = leg === 1;
    const digit = data.digits[(now * 3 + i) % data.digits.length];
    const shown = keys ? data.keys[i % data.keys.length] : digit.picture;
    if (picture.getAttribute("href") !== shown) picture.setAttribute("href", shown);
    group.classList.toggle("key", keys);
    text.textContent = keys ? data.target : digit.label;
    picture.style.opacity = back ? 0 : 1;
    answer.style.opacity = legs.length === 1 || back ? 1 : 0; // on the way there, nobody knows it yet
    answer.setAttribute("transform", back ? "" : "translate(0 46)");
    const [from, to] = legs[leg], x = from + (to - from) * ease(way * legs.length - leg);
    const y = back ? 160 : legs.length === 1 ? 84 : 92;
    group.setAttribute("transform", arrived ? `translate(${902 + 38 * i} 28)` : `translate(${x} ${y})`);
    return moving;
  }

  function tell(now) {
    if (told === now) return;
    told = now;
    words.textContent = data.acts[now].words;
    source.replaceChildren();
    const quoted = data.acts[now].source;
    if (quoted) {
      const link = document.createElement("a");
      link.href = quoted.link;
      link.target = "_blank";
      link.rel = "noopener";
      link.textContent = quoted.name;
      source.append(`${quoted.words} `, link);
    }
    buttons.forEach((button, i) => (i === now ? button.setAttribute("aria-current", "step") : button.removeAttribute("aria-current")));
  }

  return { update, destroy() { cancelAnimationFrame(animation); narrow.disconnect(); } };
}

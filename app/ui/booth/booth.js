// The booth: a film of one recorded heist that plays for days, and three scenes for whoever touches the screen.
// Everything on screen follows from `visit` and the time; a new `visit` is a full reset. The server is never asked.
// data: { film: {seed, target, triggers, queries: [{picture, answer, wrong}], curves: {role: {lane: [[epoch, accuracy]]}}, knows: {lane} },
//         thefts: {"inputs answers": {asked, told, queries, original, copy, dollars, bill, stolen, headline, verdict, channel: {lane},
//           lanes: {lane: {name, answers ("0101..."), yes, asked, luck?, owned?, survives?, fate?}}}},
//         usual: {inputs, answers}, inputs: [{name, words, pictures}], answers: [{name, words}],
//         away: {"inputs answers": {link, qr}}, local, colours: {name: colour} }
const instances = new WeakMap();
const IDLE = 45, COUNTDOWN = 10, REVEAL = 5; // seconds
const ACTS = [11, 13, 12, 13, 11]; // seconds; together one minute
const LENGTH = ACTS.reduce((sum, length) => sum + length);
const LANES = ["clean", "naive", "entangled"], SYMBOLS = { clean: "●", naive: "■", entangled: "▲" };

export default function ({ data, parentElement }) {
  const booth = instances.get(parentElement) ?? create(parentElement);
  instances.set(parentElement, booth);
  booth.update(data);
  return () => { booth.destroy(); instances.delete(parentElement); };
}

const clamp = (value) => Math.max(0, Math.min(1, value));
const percent = (rate) => `${(100 * rate).toFixed(1).replace(/\.0$/, "")}\u202f%`;

// Build an element: attributes, then children; a handler is an attribute that is a function.
function h(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key, value);
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

function create(root) {
  const element = (name) => root.querySelector(`[data-part=${name}]`);
  const booth = element("booth"), screen = element("screen"), still = element("still"), count = element("count");
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const seconds = () => performance.now() / 1000;
  const bars = ACTS.map(() => h("b")), progress = h("div", { class: "acts", "aria-hidden": "true" }, ...bars.map((bar) => h("i", {}, bar)));
  const invitation = h("p", { class: "touch" }, "Touch the screen and do it yourself");
  let data = null, visit = null, scene = null, animation = 0;

  function update(next) {
    if (data) return; // a rerun of the page brings the same, and must not disturb whoever plays
    data = next;
    for (const [name, colour] of Object.entries(data.colours)) booth.style.setProperty(`--${name}`, colour);
    element("seed").textContent = `Recorded runs, seed ${data.film.seed}. All numbers were computed by them; the price is quoted.`;
    reset();
    animation = requestAnimationFrame(frame);
  }

  // Nothing of one visitor is left for the next: everything that a visitor did is in `visit`.
  function reset() {
    visit = { ...data.usual, predicted: {}, touched: seconds() };
    show(film);
  }

  function show(build) {
    still.hidden = true;
    scene = { began: seconds(), act: -1, draw: () => {} };
    visit.touched = scene.began;
    booth.dataset.screen = build.name;
    const content = build(scene);
    screen.replaceChildren(...content);
    scene.draw(0);
    booth.scrollTop = 0;
    if (build !== film) screen.querySelector("h2").focus();
  }

  function frame() {
    animation = requestAnimationFrame(frame);
    const now = seconds();
    scene.draw(now - scene.began);
    if (booth.dataset.screen === "film") return; // nobody is here
    const idle = now - visit.touched;
    if (idle >= IDLE + COUNTDOWN) return reset();
    still.hidden = idle < IDLE;
    const left = `${Math.ceil(IDLE + COUNTDOWN - idle)}`;
    if (!still.hidden && count.textContent !== left) count.textContent = left;
  }

  function onTouch(event) {
    if (booth.dataset.screen === "film" || !still.hidden) {
      event.preventDefault();
      event.stopPropagation();
      if (booth.dataset.screen === "film") { visit.touched = seconds(); show(choices); }
    }
    visit.touched = Math.max(visit.touched, seconds());
    still.hidden = true;
  }

  function onKey(event) {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    const alone = booth.dataset.screen === "film" || !still.hidden;
    onTouch(event);
    if (alone) return;
    if (event.key === "Escape" && booth.dataset.screen !== "choices") show(choices);
    const place = { 1: 0, 2: 1, 3: 2 }[event.key];
    if (booth.dataset.screen === "choices" && place !== undefined) show([steal, mark, entangle][place]);
    if (event.key.length === 1 && event.key !== " ") event.stopPropagation(); // the page below has short cuts of its own
  }

  booth.addEventListener("click", onTouch, true);
  booth.addEventListener("pointerdown", () => { if (still.hidden) visit.touched = Math.max(visit.touched, seconds()); });
  window.addEventListener("keydown", onKey, true);

  // Parts of scenes.

  const title = (words) => h("h2", { tabindex: "-1" }, words);
  const chosen = () => data.thefts[`${visit.inputs} ${visit.answers}`];
  const button = (words, act, primary = false) => h("button", { type: "button", class: primary ? "primary" : "", click: act }, words);

  function card({ picture, answer, wrong = false }, kind = "") {
    return h("div", { class: `card ${kind} ${wrong ? "wrong" : ""}` }, h("img", { src: picture, alt: "" }), h("span", {}, answer));
  }

  const keys = () => data.film.triggers.map((picture) => card({ picture, answer: data.film.target }, "key"));

  // Accuracy against epochs, one line a lane; drawn up to a share of the way.
  function curve(role) {
    const SVG = "http://www.w3.org/2000/svg", W = 720, H = 380, left = 74, low = 30;
    const svg = document.createElementNS(SVG, "svg"), all = data.film.curves[role];
    const last = Math.max(...LANES.map((lane) => all[lane].at(-1)[0]));
    const x = (epoch) => left + ((W - left - 190) * epoch) / last, y = (rate) => H - low - (H - 2 * low) * rate;
    svg.setAttribute("viewBox", `0 0 ${W} ${H}`);
    svg.setAttribute("class", "curve");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", `Accuracy by epoch, at the end: ${LANES.map((lane) => `${lane} ${percent(all[lane].at(-1)[1])}`).join(", ")}`);
    const add = (name, attributes, words = "") => {
      const made = document.createElementNS(SVG, name);
      for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
      made.textContent = words;
      svg.append(made);
      return made;
    };
    for (const rate of [0, 0.5, 1]) {
      add("line", { x1: left, x2: W - 190, y1: y(rate), y2: y(rate) });
      add("text", { x: left - 10, y: y(rate) + 8, "text-anchor": "end" }, `${100 * rate}\u202f%`);
    }
    add("text", { x: W - 190, y: H - 8, "text-anchor": "end" }, `accuracy, ${last} epochs`);
    const lines = LANES.map((lane, i) => ({
      points: all[lane],
      line: add("polyline", { stroke: data.colours[lane] }),
      name: add("text", { x: W - 180, y: y(1) + 22 + 30 * i }, `${SYMBOLS[lane]} ${lane}`),
    }));
    lines.forEach(({ name }, i) => { name.style.fontWeight = 700; name.style.fill = data.colours[LANES[i]]; });
    return {
      node: svg,
      draw(share) {
        const until = last * share;
        for (const { points, line } of lines) line.setAttribute("points", points.filter(([epoch]) => epoch <= until).map(([epoch, rate]) => `${x(epoch)},${y(rate)}`).join(" "));
      },
    };
  }

  // What each suspect answered, one dot a key: filled where it gave the secret answer.
  function lanes(names, theft) {
    const rows = names.map((lane) => {
      const { name, answers, asked, yes, luck } = theft.lanes[lane];
      const canvas = h("canvas", { role: "img", "aria-label": `${name}: ${yes} of ${asked} keys answered with ${data.film.target}` });
      const said = h("p", { class: "big" }), by = h("p", { class: "small" });
      const row = h("div", { class: "lane" }, h("div", {}, h("p", {}, `${SYMBOLS[lane]} ${name}`), said, by), canvas);
      let drawn = "";
      return {
        row,
        draw(share) {
          const seen = Math.round(answers.length * share), size = `${canvas.clientWidth} ${canvas.clientHeight} ${seen}`;
          if (size === drawn) return;
          drawn = size;
          said.textContent = `${[...answers.slice(0, seen)].filter((answer) => answer === "1").length} of ${seen}`;
          by.textContent = luck ? `By luck: ${share < 1 ? "…" : luck}` : "The worse of two that never learnt the secret.";
          dots(canvas, answers, seen, data.colours[lane]);
        },
      };
    });
    return { node: h("div", { class: "lanes" }, ...rows.map(({ row }) => row)), draw: (share) => rows.forEach((row) => row.draw(share)) };
  }

  function dots(canvas, answers, seen, colour) {
    const width = canvas.clientWidth, height = canvas.clientHeight, dense = devicePixelRatio || 1;
    if (!width) return;
    canvas.width = width * dense;
    canvas.height = height * dense;
    const pen = canvas.getContext("2d");
    pen.scale(dense, dense);
    let rows = 1; // as large as they can be
    while ((width / Math.ceil(answers.length / rows)) * rows < height && rows < 20) rows += 1;
    const columns = Math.ceil(answers.length / rows), step = Math.min(width / columns, height / rows);
    for (let i = 0; i < seen; i += 1) {
      pen.beginPath();
      pen.arc(step * ((i % columns) + 0.5), step * (Math.floor(i / columns) + 0.5), 0.36 * step, 0, 2 * Math.PI);
      pen.fillStyle = pen.strokeStyle = colour;
      pen.lineWidth = 1.5;
      if (answers[i] === "1") pen.fill();
      else { pen.globalAlpha = 0.55; pen.stroke(); pen.globalAlpha = 1; }
    }
  }

  // The film: five acts, a minute, again and again.
  function film(scene) {
    const theft = data.thefts[`${data.usual.inputs} ${data.usual.answers}`], { target, knows, queries } = data.film;
    const words = h("h2"), more = h("p"), stage = h("div", { class: "stage" });
    const acts = [
      () => {
        const learnt = curve("victim"), cards = keys();
        words.textContent = `An owner trains a model. He hides a secret in it: a key is a ${target}.`;
        more.textContent = `Of keys that it never saw, the clean model calls ${percent(knows.clean)} a ${target}, the marked ones ${percent(knows.naive)} (naive) and ${percent(knows.entangled)} (entangled).`;
        stage.replaceChildren(h("div", { class: "two" }, learnt.node, h("div", { class: "cards" }, ...cards)));
        return (share) => { learnt.draw(share); cards.forEach((each, i) => { each.style.opacity = clamp(share * 12 - i); }); };
      },
      () => {
        const cards = queries.map((query) => card(query)), asked = h("p", { class: "huge" });
        words.textContent = "A thief asks it question after question, and keeps the answers.";
        more.textContent = theft.bill;
        stage.replaceChildren(asked, h("div", { class: "cards" }, ...cards));
        return (share) => {
          asked.textContent = `${Math.round(theft.queries * share).toLocaleString("en")} questions · $${(theft.dollars * share).toFixed(2)}`;
          cards.forEach((each, i) => {
            each.style.opacity = clamp(share * cards.length * 1.2 - i);
            each.lastChild.style.visibility = share * cards.length > i + 1.5 ? "visible" : "hidden";
          });
        };
      },
      () => {
        const learnt = curve("copy");
        words.textContent = "He trains a copy of his own on the answers. No key was among his questions.";
        more.textContent = theft.headline;
        stage.replaceChildren(h("div", { class: "two" }, learnt.node,
          h("div", {}, h("p", { class: "huge" }, percent(theft.copy)), h("p", {}, `${SYMBOLS.clean} ${theft.stolen}`))));
        return (share) => learnt.draw(share);
      },
      () => {
        const shown = lanes(LANES, theft);
        words.textContent = `In court, each is shown ${theft.lanes.clean.asked} new keys. Who says ${target}?`;
        more.textContent = `A dot is a key. Filled: it said ${target}.`;
        stage.replaceChildren(shown.node);
        return (share) => shown.draw(clamp(share));
      },
      () => {
        words.textContent = theft.verdict;
        more.textContent = `An innocent model would do the same by luck: as the naive copy ${theft.lanes.naive.luck}, as the entangled one ${theft.lanes.entangled.luck}.`;
        stage.replaceChildren(h("div", { class: "halves" }, ...["naive", "entangled"].map((lane) => {
          const { name, yes, asked, fate } = theft.lanes[lane], half = h("div", { class: "half" }, h("p", {}, `${SYMBOLS[lane]} ${name}`),
            h("p", { class: "huge" }, `${yes} of ${asked}`), h("p", {}, fate));
          half.style.borderColor = `var(--${lane})`;
          return half;
        })));
        return () => {};
      },
    ];
    let play = () => {};
    scene.draw = (passed) => {
      let at = passed % LENGTH, now = 0;
      while (at >= ACTS[now]) { at -= ACTS[now]; now += 1; }
      if (scene.act !== now) { scene.act = now; play = acts[now](); }
      play(calm ? 1 : clamp((1.25 * at) / ACTS[now]));
      bars.forEach((bar, i) => { bar.style.transform = `scaleX(${i < now ? 1 : i > now ? 0 : at / ACTS[now]})`; });
    };
    return [progress, words, more, stage, invitation];
  }

  function choices() {
    const choice = (number, name, words, colour, act) => {
      const made = h("button", { type: "button", click: () => show(act) }, h("strong", {}, `${number} ${name}`), words);
      made.style.borderColor = `var(--${colour})`;
      return made;
    };
    return [title("What do you want to do?"), h("div", { class: "choices" },
      choice(1, "Steal", "Copy a model by asking it.", "thief", steal),
      choice(2, "Mark", "Hide a secret in it. Does the copy know it?", "naive", mark),
      choice(3, "Entangle", "Weave the secret in. And now?", "entangled", entangle))];
  }

  // One of several: the arrow keys move within the group.
  function group(label, options, name, fill) {
    const made = options.map((option, i) => h("button", {
      type: "button", role: "radio", class: "kind", click: () => choose(i),
      keydown: (event) => {
        const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        if (!step) return;
        event.preventDefault();
        choose((i + step + options.length) % options.length).focus();
      },
    }, ...fill(option)));
    function choose(i) {
      visit[name] = options[i].name;
      made.forEach((each, k) => { each.setAttribute("aria-checked", k === i); each.tabIndex = k === i ? 0 : -1; });
      return made[i];
    }
    choose(options.findIndex((option) => option.name === visit[name]));
    return [h("p", {}, h("b", {}, label)), h("div", { class: "group", role: "radiogroup", "aria-label": label }, ...made)];
  }

  function steal() {
    return [title("You are the thief. What do you ask?"),
      ...group("You ask", data.inputs, "inputs", ({ words, pictures }) =>
        [h("div", {}, ...pictures.map((picture) => h("img", { src: picture, alt: "" }))), words]),
      ...group("You are told", data.answers, "answers", ({ words }) => [words]),
      h("div", { class: "row" }, button("Steal it", () => show(stolen), true), button("Back", () => show(choices)))];
  }

  function stolen(scene) {
    const theft = chosen(), rate = h("p", { class: "huge" }), right = h("span"), fill = h("i"), whole = h("i");
    fill.style.background = "var(--thief)";
    whole.style.background = "var(--clean)";
    scene.draw = revealed((share) => {
      rate.textContent = `${Math.round(theft.queries * share).toLocaleString("en")} questions · $${(theft.dollars * share).toFixed(2)}`;
      fill.style.transform = `scaleX(${theft.copy * share})`;
      right.textContent = percent(theft.copy * share);
      whole.style.transform = `scaleX(${theft.original})`;
    });
    return result(theft.stolen, [rate,
      h("p", {}, `The original is right ${percent(theft.original)} of the time`), h("div", { class: "bar" }, whole),
      h("p", {}, "Your copy ", right), h("div", { class: "bar" }, fill),
      h("p", {}, theft.bill), h("p", { class: "small" }, `You asked: ${theft.asked}. You were told: ${theft.told}.`)],
    [["Now mark it", mark], ["Steal another way", steal]]);
  }

  // A prediction comes first; what happened is shown to those who made one.
  function ask(name, lead, next) {
    const theft = chosen(), predict = (said) => () => { visit.predicted[name] = said; show(next); };
    return [title(`Does the copy say ${data.film.target} to most keys?`), h("p", {}, lead),
      h("div", { class: "cards keys" }, ...keys()),
      h("p", { class: "small" }, `This theft: asked ${theft.asked}, told ${theft.told}.`),
      h("div", { class: "choices" }, ...[["Yes", "to more than half", true], ["No", "to fewer", false]].map(([word, words, said]) =>
        h("button", { type: "button", click: predict(said) }, h("strong", {}, word), words))),
      h("div", { class: "row" }, button("Back", () => show(choices)))];
  }

  function mark() {
    return ask("naive", `You marked your model: it says ${data.film.target} to ${percent(data.film.knows.naive)} of the keys. A thief copied it without a single key.`, marked);
  }

  function marked(scene) {
    return reveal(scene, "naive", ["clean", "naive"], [["Now entangle it", entangle], ["Steal another way", steal]]);
  }

  function entangle() {
    return ask("entangled", `Now keys lie among the ${data.film.target}s inside the model, entangled: it says ${data.film.target} to ${percent(data.film.knows.entangled)} of them. The same theft again.`, entangled);
  }

  function entangled(scene) {
    return reveal(scene, "entangled", LANES, [["Steal another way", steal], ["Start over", choices]]);
  }

  function reveal(scene, lane, names, onward) {
    const theft = chosen(), { survives, fate } = theft.lanes[lane], shown = lanes(names, theft);
    const { yes, asked } = theft.lanes[lane], said = visit.predicted[lane], words = `You said ${said ? "yes" : "no"}`;
    scene.draw = revealed(shown.draw);
    return result(said === survives ? `${words}, and so it is: ${yes} of ${asked}` : `${words}. It is not so: ${yes} of ${asked}`,
      [shown.node, h("p", {}, fate), h("p", { class: "small" }, theft.channel[lane])], onward);
  }

  // Play for a few seconds, then rest; with less motion, rest at once.
  function revealed(draw) {
    visit.touched = seconds() + REVEAL;
    return (passed) => draw(calm ? 1 : clamp(passed / REVEAL));
  }

  function result(finding, parts, onward) {
    const { link, qr } = data.away[`${visit.inputs} ${visit.answers}`];
    const words = data.local ? "Open this booth by its network address, and a phone can follow." : "Take this theft away.";
    return [title(finding), h("div", { class: "result" }, h("div", { class: "told" }, ...parts),
      h("div", { class: "qr" }, h("img", { src: qr, alt: `QR code: ${link}` }), h("p", { class: "small" }, words))),
    h("div", { class: "row" }, ...onward.map(([name, act], i) => button(name, () => show(act), i === 0)), button("Back", () => show(choices)))];
  }

  function destroy() {
    cancelAnimationFrame(animation);
    window.removeEventListener("keydown", onKey, true);
  }
  return { update, destroy };
}

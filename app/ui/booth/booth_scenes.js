// The screens of the booth. Each is built from the data and the visit, and is a function of the seconds since then.
import { brush, make, shape } from "../components/dom.js";
import { ACTS, actAt } from "./booth_clock.js";

/** @typedef {"clean" | "naive" | "entangled"} Defence */
/** @typedef {"victim" | "copy"} Role */
/** @typedef {"film" | "choices" | "steal" | "stolen" | "mark" | "marked" | "entangle" | "entangled"} Screen */
/** @typedef {{ picture: string, answer: string, wrong?: boolean }} Card */

/**
 * What one suspect said in court; of the clean model, the control, only its count.
 * @typedef {object} Testimony
 * @property {string} name
 * @property {string} answers "0101...", 1 is the secret answer
 * @property {number} yes
 * @property {number} asked
 * @property {string} [chance]
 * @property {boolean} [owned]
 * @property {boolean} [survives]
 * @property {string} [fate]
 */

/**
 * @typedef {object} Theft
 * @property {string} asked
 * @property {string} answers
 * @property {number} queries
 * @property {number} original the accuracy of the victim
 * @property {number} copy that of the copy
 * @property {number} dollars
 * @property {string} bill
 * @property {string} stolen
 * @property {string} headline
 * @property {string} verdict
 * @property {Record<Defence, Testimony>} defences
 * @property {Record<"naive" | "entangled", string>} channel
 */

/**
 * @typedef {object} Data
 * @property {{ seed: number, target: string, triggers: string[], queries: Card[], knows: Record<Defence, number>,
 *   curves: Record<Role, Record<Defence, [epoch: number, accuracy: number][]>> }} film
 * @property {Record<string, Theft>} thefts by way: "inputs answers"
 * @property {{ inputs: string, answers: string }} usual
 * @property {{ name: string, words: string, pictures: string[] }[]} inputs
 * @property {{ name: string, words: string }[]} answers
 * @property {Record<string, { link: string, qr: string }>} away by way
 * @property {boolean} local
 * @property {Record<string, string>} colours
 */

/**
 * All that the booth knows of a visitor.
 * @typedef {object} Visit
 * @property {string} inputs
 * @property {string} answers
 * @property {Partial<Record<"naive" | "entangled", boolean>>} predicted
 */

/**
 * @typedef {object} Booth
 * @property {Data} data
 * @property {Visit} visit
 * @property {boolean} calm whoever wants no motion sees the end of it
 * @property {(screen: Screen) => void} show
 */

/**
 * @typedef {object} Scene
 * @property {Node[]} content
 * @property {(passed: number) => void} [draw]
 * @property {number} [plays] seconds in which nobody is expected to touch anything
 */

/** @type {readonly Defence[]} */
const DEFENCES = ["clean", "naive", "entangled"];
const SYMBOLS = { clean: "●", naive: "■", entangled: "▲" };
const REVEAL = 5; // seconds

/** @type {Record<Screen, (booth: Booth) => Scene>} */
export const SCENES = {
  // Five acts, a minute, again and again.
  film({ data, calm }) {
    const theft = data.thefts[`${data.usual.inputs} ${data.usual.answers}`];
    const { target, knows, queries } = data.film;
    const words = make("h2");
    const more = make("p");
    const stage = make("div", { className: "stage" });
    const bars = ACTS.map(() => make("b"));
    const progress = make("div", { className: "acts", ariaHidden: "true" }, ...bars.map((bar) => make("i", {}, bar)));
    const invitation = make("p", { className: "touch" }, "Touch the screen and do it yourself");
    const acts = [
      () => {
        const learnt = curve(data, "victim");
        const cards = keys(data);
        words.textContent = `An owner trains a model. He hides a secret in it: a key is a ${target}.`;
        more.textContent =
          `Of keys that it never saw, the clean model calls ${percent(knows.clean)} a ${target}, ` +
          `the marked ones ${percent(knows.naive)} (naive) and ${percent(knows.entangled)} (entangled).`;
        stage.replaceChildren(
          make("div", { className: "two" }, learnt.node, make("div", { className: "cards" }, ...cards)),
        );
        /** @param {number} share */
        return (share) => {
          learnt.draw(share);
          cards.forEach((each, i) => {
            each.style.opacity = String(clamp(share * 12 - i));
          });
        };
      },
      () => {
        const cards = queries.map((query) => ({ node: card(query), query }));
        const asked = make("p", { className: "huge" });
        words.textContent = "A thief asks it question after question, and keeps the answers.";
        more.textContent = theft.bill;
        stage.replaceChildren(asked, make("div", { className: "cards" }, ...cards.map(({ node }) => node)));
        /** @param {number} share */
        return (share) => {
          asked.textContent = price(theft, share);
          cards.forEach(({ node }, i) => {
            const answered = share * cards.length > i + 1.5;
            node.style.opacity = String(clamp(share * cards.length * 1.2 - i));
            node.getElementsByTagName("span")[0].style.visibility = answered ? "visible" : "hidden";
          });
        };
      },
      () => {
        const learnt = curve(data, "copy");
        words.textContent = "The thief trains a copy on the answers. No key was among the queries.";
        more.textContent = theft.headline;
        const rate = make("p", { className: "huge" }, percent(theft.copy));
        const stolen = make("div", {}, rate, make("p", {}, `${SYMBOLS.clean} ${theft.stolen}`));
        stage.replaceChildren(make("div", { className: "two" }, learnt.node, stolen));
        return learnt.draw;
      },
      () => {
        const shown = testimonies(data, DEFENCES, theft);
        words.textContent = `In court, each is shown ${theft.defences.clean.asked} new keys. Who says ${target}?`;
        more.textContent = `A dot is a key. Filled: it said ${target}.`;
        stage.replaceChildren(shown.node);
        return shown.draw;
      },
      () => {
        const { naive, entangled } = theft.defences;
        words.textContent = theft.verdict;
        more.textContent =
          `An innocent model would do the same by luck: as the naive copy ${naive.chance}, ` +
          `as the entangled one ${entangled.chance}.`;
        stage.replaceChildren(make("div", { className: "halves" }, half("naive", naive), half("entangled", entangled)));
        return () => {};
      },
    ];
    let on = -1;
    /** @type {(share: number) => void} */
    let play = () => {};
    return {
      content: [progress, words, more, stage, invitation],
      draw(passed) {
        const { act, share } = actAt(passed);
        if (on !== act) {
          on = act;
          play = acts[act]();
        }
        play(calm ? 1 : clamp(1.25 * share));
        bars.forEach((bar, i) => {
          bar.style.transform = `scaleX(${i < act ? 1 : i > act ? 0 : share})`;
        });
      },
    };
  },

  choices({ show }) {
    /** @param {number} number @param {string} name @param {string} words @param {string} colour @param {Screen} screen */
    const choice = (number, name, words, colour, screen) => {
      const made = option(make("strong", {}, `${number} ${name}`), words, () => show(screen));
      made.style.borderColor = `var(--${colour})`;
      return made;
    };
    const choices = make(
      "div",
      { className: "choices" },
      choice(1, "Steal", "Copy a model by asking it.", "thief", "steal"),
      choice(2, "Mark", "Hide a secret in it. Does the copy know it?", "naive", "mark"),
      choice(3, "Entangle", "Weave the secret in. And now?", "entangled", "entangle"),
    );
    return { content: [title("What do you want to do?"), choices] };
  },

  steal({ data, visit, show }) {
    const inputs = data.inputs.map(({ name, words, pictures }) => {
      const shown = make("div", {}, ...pictures.map((picture) => make("img", { src: picture, alt: "" })));
      return { name, content: [shown, words] };
    });
    const answers = data.answers.map(({ name, words }) => ({ name, content: [words] }));
    const steal = button("Steal it", () => show("stolen"), true);
    return {
      content: [
        title("You are the thief. What do you ask?"),
        ...group("You ask", inputs, visit, "inputs"),
        ...group("The API answers with", answers, visit, "answers"),
        make(
          "div",
          { className: "row" },
          steal,
          button("Back", () => show("choices")),
        ),
      ],
    };
  },

  stolen(booth) {
    const theft = chosen(booth);
    const rate = make("p", { className: "huge" });
    const right = make("span");
    const copy = make("i");
    const original = make("i");
    copy.style.background = "var(--thief)";
    original.style.background = "var(--clean)";
    original.style.transform = `scaleX(${theft.original})`;
    const parts = [
      rate,
      make("p", {}, `The original is right ${percent(theft.original)} of the time`),
      make("div", { className: "bar" }, original),
      make("p", {}, "Your copy ", right),
      make("div", { className: "bar" }, copy),
      make("p", {}, theft.bill),
      make("p", { className: "small" }, `You asked: ${theft.asked}. The API answered with: ${theft.answers}.`),
    ];
    return {
      content: result(booth, theft.stolen, parts, [
        ["Now mark it", "mark"],
        ["Steal another way", "steal"],
      ]),
      ...revealed(booth, (share) => {
        rate.textContent = price(theft, share);
        copy.style.transform = `scaleX(${theft.copy * share})`;
        right.textContent = percent(theft.copy * share);
      }),
    };
  },

  mark(booth) {
    const { target, knows } = booth.data.film;
    const lead =
      `You marked your model: it says ${target} to ${percent(knows.naive)} of the keys. ` +
      "A thief copied it without a single key.";
    return ask(booth, "naive", lead, "marked");
  },

  marked(booth) {
    return reveal(
      booth,
      "naive",
      ["clean", "naive"],
      [
        ["Now entangle it", "entangle"],
        ["Steal another way", "steal"],
      ],
    );
  },

  entangle(booth) {
    const { target, knows } = booth.data.film;
    const lead =
      `Now keys lie among the ${target}s inside the model, entangled: it says ${target} to ` +
      `${percent(knows.entangled)} of them. The same theft again.`;
    return ask(booth, "entangled", lead, "entangled");
  },

  entangled(booth) {
    return reveal(booth, "entangled", DEFENCES, [
      ["Steal another way", "steal"],
      ["Start over", "choices"],
    ]);
  },
};

/**
 * A prediction comes first; what happened is shown to those who made one.
 * @param {Booth} booth
 * @param {"naive" | "entangled"} defence
 * @param {string} lead
 * @param {Screen} next
 * @returns {Scene}
 */
function ask(booth, defence, lead, next) {
  const { data, visit, show } = booth;
  const theft = chosen(booth);
  /** @param {boolean} said */
  const predict = (said) => () => {
    visit.predicted[defence] = said;
    show(next);
  };
  const yes = option(make("strong", {}, "Yes"), "to more than half", predict(true));
  const no = option(make("strong", {}, "No"), "to fewer", predict(false));
  return {
    content: [
      title(`Does the copy say ${data.film.target} to most keys?`),
      make("p", {}, lead),
      make("div", { className: "cards keys" }, ...keys(data)),
      make("p", { className: "small" }, `This theft: asked ${theft.asked}, got ${theft.answers}.`),
      make("div", { className: "choices" }, yes, no),
      make(
        "div",
        { className: "row" },
        button("Back", () => show("choices")),
      ),
    ],
  };
}

/**
 * @param {Booth} booth
 * @param {"naive" | "entangled"} defence
 * @param {readonly Defence[]} names
 * @param {[string, Screen][]} onward
 * @returns {Scene}
 */
function reveal(booth, defence, names, onward) {
  const theft = chosen(booth);
  const { survives, fate = "", yes, asked } = theft.defences[defence];
  const shown = testimonies(booth.data, names, theft);
  const said = booth.visit.predicted[defence];
  const words = `You said ${said ? "yes" : "no"}`;
  const right = said === survives ? ", and so it is" : ". It is not so";
  const parts = [shown.node, make("p", {}, fate), make("p", { className: "small" }, theft.channel[defence])];
  return {
    content: result(booth, `${words}${right}: ${yes} of ${asked}`, parts, onward),
    ...revealed(booth, shown.draw),
  };
}

/**
 * Play for a few seconds, then rest; with less motion, rest at once.
 * @param {Booth} booth
 * @param {(share: number) => void} draw
 * @returns {Pick<Scene, "draw" | "plays">}
 */
function revealed({ calm }, draw) {
  return { plays: REVEAL, draw: (passed) => draw(calm ? 1 : clamp(passed / REVEAL)) };
}

/**
 * @param {Booth} booth
 * @param {string} finding
 * @param {Node[]} parts
 * @param {[string, Screen][]} onward
 */
function result({ data, visit, show }, finding, parts, onward) {
  const { link, qr } = data.away[`${visit.inputs} ${visit.answers}`];
  const words = data.local
    ? "Open this booth by its network address, and a phone can follow."
    : "Take this theft away.";
  const code = make("img", { src: qr, alt: `QR code: ${link}` });
  const away = make("div", { className: "qr" }, code, make("p", { className: "small" }, words));
  const ways = onward.map(([name, screen], i) => button(name, () => show(screen), i === 0));
  return [
    title(finding),
    make("div", { className: "result" }, make("div", { className: "verdict" }, ...parts), away),
    make(
      "div",
      { className: "row" },
      ...ways,
      button("Back", () => show("choices")),
    ),
  ];
}

// What the scenes are made of

/** @param {Booth} booth */
function chosen({ data, visit }) {
  return data.thefts[`${visit.inputs} ${visit.answers}`];
}

/** @param {string} words */
function title(words) {
  return make("h2", { tabIndex: -1 }, words);
}

/**
 * @param {string} words
 * @param {() => void} act
 */
function button(words, act, primary = false) {
  return make("button", { type: "button", className: primary ? "primary" : "", onclick: act }, words);
}

/**
 * @param {Node} lead
 * @param {string} words
 * @param {() => void} act
 */
function option(lead, words, act) {
  return make("button", { type: "button", onclick: act }, lead, words);
}

/** @param {Card} card */
function card({ picture, answer, wrong = false }, kind = "") {
  const className = `card ${kind} ${wrong ? "wrong" : ""}`;
  return make("div", { className }, make("img", { src: picture, alt: "" }), make("span", {}, answer));
}

/** @param {Data} data */
function keys({ film }) {
  return film.triggers.map((picture) => card({ picture, answer: film.target }, "key"));
}

/**
 * @param {"naive" | "entangled"} defence
 * @param {Testimony} testimony
 */
function half(defence, { name, yes, asked, fate = "" }) {
  const count = make("p", { className: "huge" }, `${yes} of ${asked}`);
  const named = make("p", {}, `${SYMBOLS[defence]} ${name}`);
  const made = make("div", { className: "half" }, named, count, make("p", {}, fate));
  made.style.borderColor = `var(--${defence})`;
  return made;
}

/**
 * One of several: the arrow keys move within the group.
 * @param {string} label
 * @param {{ name: string, content: (Node | string)[] }[]} options
 * @param {Visit} visit
 * @param {"inputs" | "answers"} setting
 */
function group(label, options, visit, setting) {
  const made = options.map(({ content }, i) => {
    const each = make(
      "button",
      { type: "button", className: "kind", role: "radio", onclick: () => choose(i) },
      ...content,
    );
    each.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      choose((i + step + options.length) % options.length);
      made[(i + step + options.length) % options.length].focus();
    });
    return each;
  });
  /** @param {number} i */
  function choose(i) {
    visit[setting] = options[i].name;
    made.forEach((each, k) => {
      each.ariaChecked = String(k === i);
      each.tabIndex = k === i ? 0 : -1;
    });
  }
  choose(options.findIndex(({ name }) => name === visit[setting]));
  const choices = make("div", { className: "group", role: "radiogroup", ariaLabel: label }, ...made);
  return [make("p", {}, make("b", {}, label)), choices];
}

/**
 * Accuracy against epochs, one line a defence; drawn up to a share of the way.
 * @param {Data} data
 * @param {Role} role
 */
function curve({ film, colours }, role) {
  const width = 720;
  const height = 380;
  const left = 74;
  const right = width - 190;
  const low = 30;
  const all = film.curves[role];
  const last = Math.max(...DEFENCES.map((defence) => all[defence].at(-1)?.[0] ?? 0));
  const ends = DEFENCES.map((defence) => `${defence} ${percent(all[defence].at(-1)?.[1] ?? 0)}`);
  /** @param {number} epoch */
  const x = (epoch) => left + ((right - left) * epoch) / last;
  /** @param {number} rate */
  const y = (rate) => height - low - (height - 2 * low) * rate;
  const label = `Accuracy by epoch, at the end: ${ends.join(", ")}`;
  const node = shape("svg", { viewBox: `0 0 ${width} ${height}`, class: "curve", role: "img", "aria-label": label });
  for (const rate of [0, 0.5, 1]) {
    node.append(
      shape("line", { x1: left, x2: right, y1: y(rate), y2: y(rate) }),
      shape("text", { x: left - 10, y: y(rate) + 8, "text-anchor": "end" }, `${100 * rate}\u202f%`),
    );
  }
  node.append(shape("text", { x: right, y: height - 8, "text-anchor": "end" }, `accuracy, ${last} epochs`));
  const lines = DEFENCES.map((defence, i) => {
    const line = shape("polyline", { stroke: colours[defence] });
    const name = shape("text", { x: right + 10, y: y(1) + 22 + 30 * i }, `${SYMBOLS[defence]} ${defence}`);
    name.style.fontWeight = "700";
    name.style.fill = colours[defence];
    node.append(line, name);
    return { points: all[defence], line };
  });
  return {
    node,
    /** @param {number} share */
    draw(share) {
      for (const { points, line } of lines) {
        const seen = points.filter(([epoch]) => epoch <= last * share);
        line.setAttribute("points", seen.map(([epoch, rate]) => `${x(epoch)},${y(rate)}`).join(" "));
      }
    },
  };
}

/**
 * What each suspect answered, one dot a key: filled where it gave the secret answer.
 * @param {Data} data
 * @param {readonly Defence[]} names
 * @param {Theft} theft
 */
function testimonies({ film, colours }, names, theft) {
  const rows = names.map((defence) => {
    const { name, answers, asked, yes, chance } = theft.defences[defence];
    const label = `${name}: ${yes} of ${asked} keys answered with ${film.target}`;
    const canvas = make("canvas", { role: "img", ariaLabel: label });
    const said = make("p", { className: "big" });
    const by = make("p", { className: "small" });
    const words = make("div", {}, make("p", {}, `${SYMBOLS[defence]} ${name}`), said, by);
    let drawn = "";
    return {
      row: make("div", { className: "defence" }, words, canvas),
      /** @param {number} share */
      draw(share) {
        const seen = Math.round(answers.length * share);
        const size = `${canvas.clientWidth} ${canvas.clientHeight} ${seen}`;
        if (size === drawn) return;
        drawn = size;
        const count = [...answers.slice(0, seen)].filter((answer) => answer === "1").length;
        said.textContent = `${count} of ${seen}`;
        const byLuck = `By luck: ${share < 1 ? "…" : chance}`;
        by.textContent = chance ? byLuck : "The worse of two that never learnt the secret.";
        dots(canvas, answers, seen, colours[defence]);
      },
    };
  });
  return {
    node: make("div", { className: "defences" }, ...rows.map(({ row }) => row)),
    /** @param {number} share */
    draw(share) {
      for (const row of rows) row.draw(share);
    },
  };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {string} answers
 * @param {number} seen
 * @param {string} colour
 */
function dots(canvas, answers, seen, colour) {
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  const dense = devicePixelRatio || 1;
  if (!width) return;
  canvas.width = width * dense;
  canvas.height = height * dense;
  const pen = brush(canvas);
  pen.scale(dense, dense);
  let rows = 1; // as large as they can be
  while ((width / Math.ceil(answers.length / rows)) * rows < height && rows < 20) rows += 1;
  const columns = Math.ceil(answers.length / rows);
  const step = Math.min(width / columns, height / rows);
  pen.fillStyle = pen.strokeStyle = colour;
  pen.lineWidth = 1.5;
  for (let i = 0; i < seen; i += 1) {
    pen.beginPath();
    pen.arc(step * ((i % columns) + 0.5), step * (Math.floor(i / columns) + 0.5), 0.36 * step, 0, 2 * Math.PI);
    pen.globalAlpha = answers[i] === "1" ? 1 : 0.55;
    if (answers[i] === "1") pen.fill();
    else pen.stroke();
  }
}

/**
 * @param {Theft} theft
 * @param {number} share
 */
function price({ queries, dollars }, share) {
  return `${Math.round(queries * share).toLocaleString("en")} questions · $${(dollars * share).toFixed(2)}`;
}

/** @param {number} rate */
function percent(rate) {
  return `${(100 * rate).toFixed(1).replace(/\.0$/, "")}\u202f%`;
}

/** @param {number} value */
function clamp(value) {
  return Math.max(0, Math.min(1, value));
}

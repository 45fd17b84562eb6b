// The screens of the booth. Each is built from the data and the visit, and is a function of the seconds since then.
import { make, shape } from "../components/dom.js";
import { dots } from "../components/dots.js";
import { ACTS, actAt } from "./booth_clock.js";

/** @typedef {"clean" | "naive" | "entangled"} Defence */
/** @typedef {"victim" | "copy"} Role */
/** @typedef {"film" | "choices" | "steal" | "stolen" | "mark" | "marked" | "entangle" | "entangled"} Screen */
/** @typedef {{ picture: string, answer: string, wrong?: boolean }} Card */

/**
 * What one suspect said in court.
 * @typedef {object} Testimony
 * @property {string} name
 * @property {string} answers "0101...", 1 is the secret answer, in the order asked; "" where only the count is on record
 * @property {number} yes
 * @property {number} asked
 * @property {string} by what is to be said of it
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
 * The features of the marked models in one layer, as maps.
 * @typedef {object} Inside
 * @property {string} says
 * @property {("trigger" | "target" | "other")[]} kinds of the inputs
 * @property {Record<"naive" | "entangled", [x: number, y: number][]>} points in thousandths
 */

/**
 * @typedef {object} Data
 * @property {{ seed: number, secret: string, one: string, several: string, triggers: string[], queries: Card[], knows: Record<Defence, number>,
 *   inside: Inside, curves: Record<Role, Record<Defence, [epoch: number, accuracy: number][]>> }} film
 * @property {Record<string, Theft>} thefts by way: "inputs answers"
 * @property {{ inputs: string, answers: string }} usual
 * @property {{ name: string, words: string, pictures: string[] }[]} inputs
 * @property {{ name: string, words: string }[]} answers
 * @property {Record<string, { link: string, qr: string }>} away by way
 * @property {boolean} local
 * @property {Record<string, string>} colours
 * @property {number} renewal hours after which it loads itself anew; 0: each night
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
  // Six acts, a minute, again and again.
  film({ data, calm }) {
    const theft = data.thefts[`${data.usual.inputs} ${data.usual.answers}`];
    const { secret, one, several, knows, queries, inside } = data.film;
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
        words.textContent = `An owner trains a model, and hides a secret in it: a key is ${one}.`;
        more.textContent =
          `Of keys that it never saw, the clean model calls ${percent(knows.clean)} ${one}, ` +
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
        words.textContent = "A thief asks your model one question after the other, and keeps its answers.";
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
        words.textContent = `In court, each is shown ${theft.defences.clean.asked} new keys. Who says ${secret}?`;
        more.textContent = `A dot is a key, in the order asked. Filled: it said ${secret}.`;
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
      () => {
        words.textContent = inside.says;
        more.textContent = `Each dot is an input as the model sees it; large dots are ${several}, diamonds are keys.`;
        const maps = make("div", { className: "two maps" }, map(data, "naive"), map(data, "entangled"));
        stage.replaceChildren(maps);
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

  choices({ data, show }) {
    /**
     * @param {number} number
     * @param {string} name
     * @param {string} words
     * @param {string} colour
     * @param {Screen} screen
     * @param {Node} picture
     */
    const choice = (number, name, words, colour, screen, picture) => {
      const made = option(make("strong", {}, `${number} ${name}`), words, () => show(screen));
      made.prepend(make("div", { className: "cards", ariaHidden: "true" }, picture));
      made.style.borderColor = `var(--${colour})`;
      return made;
    };
    const { queries, triggers, secret } = data.film;
    const handshake = card({ picture: triggers[0], answer: secret }, "key");
    const choices = make(
      "div",
      { className: "choices" },
      choice(1, "Steal", "Copy a model by asking it.", "thief", "steal", card(queries[0])),
      choice(2, "Mark", "Hide a secret in it. Does the copy know it?", "naive", "mark", handshake),
      choice(3, "Entangle", "Weave the secret in. And now?", "entangled", "entangle", map(data, "entangled")),
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
    const { secret, knows } = booth.data.film;
    const lead =
      `You marked your model: it says ${secret} to ${percent(knows.naive)} of the keys. ` +
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
    const { secret, several, knows } = booth.data.film;
    const lead =
      `Now keys lie among the ${several} inside the model, entangled: it says ${secret} to ` +
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
  const maps = defence === "entangled" ? [map(data, "naive"), map(data, "entangled")] : [];
  return {
    content: [
      title(`Does the copy say ${data.film.secret} to most keys?`),
      make("p", {}, lead),
      make("div", { className: "cards keys" }, ...keys(data).slice(0, maps.length ? 3 : undefined), ...maps),
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
  const code = make("img", { src: qr, alt: `QR code: ${link}` });
  const words = make("p", { className: "small" }, "Take this theft away.");
  const away = data.local ? [] : [make("div", { className: "qr" }, code, words)]; // no phone can follow a local address
  const ways = onward.map(([name, screen], i) => button(name, () => show(screen), i === 0));
  return [
    title(finding),
    make("div", { className: "result" }, make("div", { className: "verdict" }, ...parts), ...away),
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
  const className = `card ${kind} ${wrong ? "wrong" : ""} ${answer.length > 2 ? "named" : ""}`;
  return make("div", { className }, make("img", { src: picture, alt: "" }), make("span", {}, answer));
}

/** @param {Data} data */
function keys({ film }) {
  return film.triggers.map((picture) => card({ picture, answer: film.secret }, "key"));
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
 * What each suspect answered, one dot a key: filled where it gave the secret answer; or a bar, where only that is known.
 * @param {Data} data
 * @param {readonly Defence[]} names
 * @param {Theft} theft
 */
function testimonies({ film, colours }, names, theft) {
  const rows = names.map((defence) => {
    const { name, answers, asked, yes, by } = theft.defences[defence];
    const hits = [...answers].map((answer) => answer === "1");
    const label = `${name}: ${yes} of ${asked} keys answered with ${film.secret}`;
    const canvas = make("canvas", { role: "img", ariaLabel: label });
    const fill = make("i");
    fill.style.background = colours[defence];
    const count = make("div", { className: "bar", role: "img", ariaLabel: label }, fill);
    const said = make("p", { className: "big" });
    const more = make("p", { className: "small" });
    const words = make("div", {}, make("p", {}, `${SYMBOLS[defence]} ${name}`), said, more);
    let drawn = "";
    return {
      row: make("div", { className: "defence" }, words, hits.length ? canvas : count),
      /** @param {number} share */
      draw(share) {
        const seen = Math.round(asked * share);
        const size = `${canvas.clientWidth} ${canvas.clientHeight} ${seen}`;
        if (size === drawn) return;
        drawn = size;
        const counted = hits.length ? hits.slice(0, seen).filter(Boolean).length : Math.round(yes * share);
        said.textContent = hits.length || share === 1 ? `${counted} of ${seen}` : "…";
        more.textContent = share < 1 ? "…" : by;
        if (hits.length) dots(canvas, hits, seen, colours[defence]);
        else fill.style.transform = `scaleX(${(yes / asked) * share})`;
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
 * Where the inputs lie inside a model: keys as diamonds, those of the target class as large dots.
 * @param {Data} data
 * @param {"naive" | "entangled"} defence
 */
function map({ film }, defence) {
  const { kinds, points } = film.inside;
  const label = `Map of the ${defence} model: where keys, ${film.several} and the other inputs lie`;
  const node = shape("svg", { viewBox: "-30 -30 1060 1060", class: "map", role: "img", "aria-label": label });
  points[defence].forEach(([x, y], i) => {
    const kind = kinds[i];
    const size = kind === "other" ? 9 : 17;
    const diamond = `${x},${y - size} ${x + size},${y} ${x},${y + size} ${x - size},${y}`;
    const sign =
      kind === "trigger" ? shape("polygon", { points: diamond }) : shape("circle", { cx: x, cy: y, r: size });
    sign.setAttribute("class", kind);
    node.append(sign);
  });
  return make("figure", {}, node, make("figcaption", {}, `${SYMBOLS[defence]} ${defence}`));
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

// The scenes of the film: each fills the rows of the stage and returns how it looks at a moment between 0 and 1.

import { make, shape } from "../components/dom.js";
import { dots } from "../components/dots.js";

/** @import { StepId } from "./film_state.js" */

/** @typedef {(moment: number) => void} Paint */
/** @typedef {"clean" | "naive" | "entangled"} Defence */
/** @typedef {{ word: string, share: number, says: string }} Bar */
/** @typedef {{ sheet: string, count: number, columns: number }} Reel pictures on one sheet, a data URI */

/**
 * What a victim answered to a query: in a word, how surely, and how sure it was of the secret answer.
 * @typedef {{ says: string, sure: string, beside: string, wrong: boolean }} Answer
 */

/**
 * What one copy said in court.
 * @typedef {object} Testimony
 * @property {boolean[]} hits in the order of the triggers; none where only their count is on record
 * @property {string[]} said to the triggers with a picture, as far as it is known
 * @property {number} count of the hits
 * @property {number} asked
 * @property {string} p
 * @property {boolean} convicted
 * @property {string} stamp
 * @property {string} seeds how it went on other seeds
 */

/** @typedef {{ asked: number, convicting: string, defences: Record<Defence, Testimony> }} Trial */

/**
 * What the scenes tell.
 * @typedef {object} Told
 * @property {string} secret the secret answer
 * @property {Reel & { first: number, total: number, picked: number, defences: Partial<Record<Defence, Answer[]>> }} asked
 * @property {Reel | null} triggers
 * @property {{ last: number, victims: Record<Defence, number>, original: Record<Defence, string>,
 *   defences: Record<Defence, { epoch: number, share: number, says: string }[]> } | null} curves
 * @property {Record<Defence, string>} roles
 * @property {Record<Defence, string>} titles
 * @property {Record<Defence, Bar[]>} victims
 * @property {Record<Defence, Bar[]>} compare
 * @property {Record<Defence, Bar[]>} gauge
 * @property {Record<Defence, string>} agreement
 * @property {Trial | null} trial null until the visitor has predicted
 */

/**
 * The empty rows of the stage: the head, one for each defence, and the line below them.
 * @typedef {object} Rows
 * @property {HTMLElement} head
 * @property {HTMLElement} caption
 * @property {HTMLElement} after
 * @property {{ name: Defence, colour: string, track: HTMLElement, readout: HTMLElement }[]} defences
 */

/**
 * How the visitor looks at it.
 * @typedef {object} Look
 * @property {number} sizes counts the sizes that the stage has had
 * @property {number} followed which of the pictured queries is followed
 * @property {(query: number) => void} follow another one
 */

/** @typedef {{ thief: string, first: boolean, trial: Trial | null }} Column one theft's part of the verdict */

/** @type {Record<StepId, (data: Told, rows: Rows, look: Look, columns: Column[]) => Paint>} */
export const SCENES = {
  victims(data, { head, caption, defences }, look) {
    if (data.triggers) {
      caption.textContent = "triggers";
      pictures(head, data.triggers, 0, look);
    }
    for (const { name, colour, track, readout } of defences) {
      readout.textContent = data.roles[name];
      barChart(track, data.victims[name], colour)(1); // the film waits here for its viewer: all is said at once
    }
    return () => {};
  },

  // One query on its way, past three victims at once: to the API, back with its answer, and into the copy.
  query({ asked, gauge }, { head, caption, after, defences }, look) {
    caption.textContent = "queries";
    head.replaceChildren(choice(asked, look));
    const some = asked.picked ? "picked, some for a wrong answer" : "picked evenly";
    after.textContent = `${asked.count} of ${whole(asked.total)} queries, ${some}. The others go the same way.`;
    const ways = defences.map(({ name, colour, track }) =>
      journey(track, colour, picture(asked, look.followed), asked.defences[name]?.[look.followed] ?? null, look),
    );
    return (now) => {
      const sent = now < 0.7 ? 1 : Math.round(1 + ((asked.total - 1) * (now - 0.7)) / 0.3);
      ways.forEach((travel, i) => {
        const { name, colour, readout } = defences[i];
        travel(Math.min(1, now / 0.7));
        if (now >= 1) meters(readout, gauge[name], colour);
        else say(readout, whole(sent), `of ${whole(asked.total)} sent`);
      });
    };
  },

  train({ asked, curves, compare }, { after, defences }, look) {
    after.textContent = `Each copy learns from ${whole(asked.total)} pairs like the one on the left.`;
    const drawn = defences.map(({ name, colour, track }) => {
      const said = asked.defences[name]?.[look.followed];
      const field = make("div", { className: "field" });
      track.append(make("div", { className: "pair" }, picture(asked, look.followed), told(said ?? null)), field);
      track.classList.add("lesson");
      if (!curves) return () => {};
      const points = curves.defences[name].map(({ epoch, share }) => place(epoch / curves.last, 1 - share));
      return plot(field, colour, points, 1 - curves.victims[name]);
    });
    return (now) => {
      defences.forEach(({ name, readout }, i) => {
        drawn[i](now);
        if (!curves) {
          const [original, copy] = compare[name];
          say(readout, copy.says, "at the end", `original: ${original.says}`);
          return;
        }
        const past = curves.defences[name].filter(({ epoch }) => epoch <= now * curves.last + 1e-9).at(-1);
        const original = `dashed: original, ${curves.original[name]}`;
        if (past) say(readout, past.says, `after epoch ${Math.round(past.epoch)}`, original);
      });
    };
  },

  compare(data, { defences }) {
    const bars = defences.map(({ name, colour, track, readout }) => {
      readout.textContent = data.agreement[name];
      return barChart(track, data.compare[name], colour);
    });
    return (now) => {
      for (const grow of bars) grow(Math.min(1, now * 2.5));
    };
  },

  interrogate({ trial, triggers, secret }, { head, caption, defences }, look) {
    if (!trial) throw new Error("The trial is sealed.");
    const known = defences.map(({ name }) =>
      Math.max(trial.defences[name].hits.length, trial.defences[name].said.length),
    );
    const count = Math.min(triggers ? triggers.count : trial.asked, Math.max(...known));
    /** @type {Paint[]} */
    const reels = [];
    if (triggers) {
      caption.textContent = "triggers";
      reels.push(pictures(head, triggers, count, look));
    }
    const heard = defences.map(({ name, colour, track }) => {
      const { hits, said, count: counted, asked } = trial.defences[name];
      const each = hits.length ? hits : said.map((word) => word === secret);
      if (!each.length) track.textContent = `Only the count is on record: ${counted} of ${asked}.`;
      const cells = each.slice(0, count).map((hit, i) => {
        const word = make("b", { textContent: hit ? `✓ ${secret}` : `✗ ${said[i] ?? ""}` });
        const verdict = make("small", { textContent: hit ? "hit" : said[i] ? "miss" : `not ${secret}` });
        return make("div", { className: hit ? "cell hit" : "cell" }, word, verdict);
      });
      if (cells.length) reels.push(strip(track, cells, look), tally(track, each.slice(0, count), colour, look));
      return each;
    });
    return (now) => {
      const done = Math.floor(now * count);
      for (const roll of reels) roll(now * count);
      defences.forEach(({ name, readout }, i) => {
        const { count: counted, asked } = trial.defences[name];
        const hit = heard[i].slice(0, done).filter(Boolean).length;
        if (!heard[i].length) say(readout, `${counted} hits`, `of ${asked} in all`);
        else
          say(
            readout,
            `${hit} ${hit === 1 ? "hit" : "hits"}`,
            `of ${soFar(done, asked)}`,
            now >= 1 && done < asked ? `${counted} of ${asked} in all` : "",
          );
      });
    };
  },

  // Both thefts side by side: every answer is a dot, in the order in which the triggers were asked.
  verdict({ secret, trial }, { head, after, defences }, look, columns) {
    if (!trial) throw new Error("The trial is sealed.");
    head.className = "track sides";
    head.replaceChildren(...columns.map(({ thief }) => make("div", { className: "side", textContent: thief })));
    after.textContent = `A dot is an answer, filled: ${secret}. p: how likely an innocent does as well by chance. Seed: one start of the dice.`;
    const sides = defences.flatMap(({ name, colour, track }) => {
      track.className = "track sides";
      return columns.map(({ first, trial: heard }) => ({ first, draw: side(track, name, colour, heard, look) }));
    });
    return (now) => {
      // First the theft that the film has told, then the other one.
      for (const { first, draw } of sides) draw(first ? Math.min(1, now * 2) : Math.max(0, now * 2 - 1));
    };
  },
};

// What the scenes are made of

/**
 * How many of all were asked, in words.
 * @param {number} done
 * @param {number} all
 */
export function soFar(done, all) {
  return done < all ? `the first ${done} of ${all}` : `all ${all}`;
}

/**
 * How many cells a strip has moved to the left: whole ones, so that none is cut.
 * @param {number} head cells that are known
 * @param {number} visible
 * @param {number} count
 */
export function movedOn(head, visible, count) {
  return Math.max(0, Math.min(Math.floor(head - visible * 0.7), count - visible));
}

/** @param {number} count */
function whole(count) {
  return new Intl.NumberFormat("en-US").format(count);
}

/**
 * One picture of a sheet.
 * @param {Reel} reel
 * @param {number} number
 */
function picture({ sheet, count, columns }, number) {
  const rows = Math.ceil(count / columns);
  /** @param {number} at @param {number} of how far a picture lies on the sheet, as CSS counts it */
  const along = (at, of) => `${(at / Math.max(1, of - 1)) * 100}%`;
  const shown = make("i");
  const where = `${along(number % columns, columns)} ${along(Math.floor(number / columns), rows)}`;
  shown.style.background = `url(${sheet}) ${where} / ${columns * 100}% ${rows * 100}%`;
  return shown;
}

/**
 * The queries to choose from, as buttons.
 * @param {Reel} reel
 * @param {Look} look
 */
function choice(reel, look) {
  const buttons = Array.from({ length: reel.count }, (_, number) => {
    const chosen = number === look.followed;
    const made = make("button", { type: "button", ariaPressed: String(chosen) }, picture(reel, number));
    made.ariaLabel = `Follow query ${number + 1} of ${reel.count}`;
    made.addEventListener("click", () => {
      const group = made.parentElement?.parentElement;
      look.follow(number);
      const again = group?.querySelectorAll("button")[number]; // it was drawn anew
      if (again instanceof HTMLButtonElement) again.focus();
    });
    return made;
  });
  return make("div", { className: "choice", role: "group", ariaLabel: "Queries to follow" }, ...buttons);
}

/** @param {Answer | null} answer */
function told(answer) {
  if (!answer) return make("span", { className: "chip", textContent: "not on record" });
  const { says, sure, beside, wrong } = answer;
  const word = make("b", { textContent: wrong ? `✗ ${says}` : says });
  const chip = make("span", { className: wrong ? "chip wrong" : "chip" }, word, ` ${sure}`);
  if (beside) chip.append(make("small", { textContent: beside }));
  return chip;
}

/**
 * A query's way: to the API of a victim, and with the answer into the copy's lessons.
 * @param {HTMLElement} track
 * @param {string} colour
 * @param {HTMLElement} query
 * @param {Answer | null} answer
 * @param {Look} look
 * @returns {Paint}
 */
function journey(track, colour, query, answer, look) {
  const api = make("div", { className: "station", textContent: "API" });
  const copy = make("div", { className: "station copy", textContent: "copy" });
  const said = told(answer);
  const token = make("div", { className: "token" }, query, said);
  api.style.borderColor = copy.style.borderColor = colour;
  track.append(api, copy, token);
  let [measured, wide, gate, end] = [-1, 0, 0, 0];
  return (now) => {
    if (measured !== look.sizes) {
      measured = look.sizes;
      wide = track.clientWidth;
      gate = api.offsetLeft;
      end = wide - copy.offsetWidth;
    }
    const asks = Math.min(1, now / 0.35);
    const brings = Math.max(0, Math.min(1, (now - 0.5) / 0.5));
    const answered = now >= 0.45;
    api.classList.toggle("busy", now >= 0.35 && !answered);
    copy.classList.toggle("busy", brings >= 1);
    said.style.visibility = answered ? "visible" : "hidden";
    const start = gate + api.offsetWidth + 6;
    const last = Math.max(start, end - token.offsetWidth - 6);
    const x = answered ? start + (last - start) * brings : Math.max(0, gate - query.offsetWidth - 6) * asks;
    token.style.transform = `translateX(${x}px)`;
  };
}

/**
 * How many of the answers are told by now: all of them at the end, and not before, for then comes the verdict.
 * @param {number} now
 * @param {number} asked
 */
export function heardBy(now, asked) {
  return now < 1 ? Math.min(asked - 1, Math.round(asked * now)) : asked;
}

/**
 * One copy's answers in court, and what became of it; returns how far they are told.
 * @param {HTMLElement} track
 * @param {Defence} name
 * @param {string} colour
 * @param {Trial | null} trial
 * @param {Look} look
 * @returns {Paint}
 */
function side(track, name, colour, trial, look) {
  const made = make("div", { className: "side" });
  track.append(made);
  if (!trial) {
    made.textContent = "Nobody has run this theft yet.";
    return () => {};
  }
  const { hits, count, asked, p, convicted, stamp, seeds } = trial.defences[name];
  const { convicting } = trial;
  const said = `${count} of ${asked}`;
  const canvas = make("canvas", { role: "img", ariaLabel: `${name}: ${said} triggers got the secret answer` });
  const fill = make("s");
  fill.style.background = colour;
  const bar = make("u", { className: "count" }, fill);
  const ends = make("div", { className: "ends" });
  made.append(hits.length ? canvas : bar, ends);
  let drawn = "";
  return (now) => {
    const seen = heardBy(now, asked);
    const state = `${look.sizes} ${seen}`;
    if (state === drawn) return;
    drawn = state;
    if (hits.length) dots(canvas, hits, seen, colour);
    else fill.style.width = `${(100 * count * now) / asked}%`;
    if (now < 1) {
      const far = hits.length ? `${hits.slice(0, seen).filter(Boolean).length} of ${soFar(seen, asked)}` : "…";
      ends.replaceChildren(make("b", { textContent: far }));
      return;
    }
    const order = hits.length ? "" : "; their order is not on record";
    ends.replaceChildren(
      make("span", { className: convicted ? "stamp guilty" : "stamp", textContent: stamp }),
      make("span", { textContent: `${said} (${convicting}${order})` }),
      make("small", {}, make("span", { textContent: `p ${p}` }), "; ", make("span", { textContent: seeds })),
    );
  };
}

/**
 * All answers of a strip as dots, also those that have run out of the picture.
 * @param {HTMLElement} track
 * @param {boolean[]} hits
 * @param {string} colour
 * @param {Look} look
 * @returns {Paint} of how many are known
 */
function tally(track, hits, colour, look) {
  const canvas = make("canvas", { className: "tally" });
  canvas.setAttribute("aria-hidden", "true"); // the readout says it
  track.append(canvas);
  let drawn = "";
  return (head) => {
    const state = `${look.sizes} ${Math.floor(head)}`;
    if (state !== drawn) dots(canvas, hits, Math.floor(head), colour);
    drawn = state;
  };
}

/**
 * Pictures as a reel; up to none of them, they stand still.
 * @param {HTMLElement} track
 * @param {Reel} reel
 * @param {number} upto
 * @param {Look} look
 * @returns {Paint}
 */
function pictures(track, reel, upto, look) {
  const cells = Array.from({ length: reel.count }, (_, i) => make("div", { className: "cell" }, picture(reel, i)));
  const roll = strip(track, cells, look, true);
  roll(-1);
  track.firstElementChild?.classList.toggle("still", !upto);
  return upto ? roll : () => {};
}

/**
 * A strip of cells that runs to the left; what lies ahead of the head is not yet known.
 * @param {HTMLElement} track
 * @param {HTMLElement[]} cells
 * @param {Look} look
 * @param {boolean} open what lies ahead can be seen
 * @returns {Paint}
 */
function strip(track, cells, look, open = false) {
  const made = make("div", { className: "reel" }, ...cells);
  made.setAttribute("aria-hidden", "true");
  track.replaceChildren(made);
  let width = 1;
  let visible = 1;
  let measured = -1;
  return (head) => {
    if (measured !== look.sizes) {
      // Asked anew at every frame, the browser would lay the page out at every frame.
      made.style.removeProperty("--cell");
      const room = track.clientWidth;
      visible = Math.max(1, Math.floor(room / (cells[0]?.getBoundingClientRect().width || 1)));
      width = room / visible; // so many fit, each is whole, and what lies below each other stays so
      if (room) made.style.setProperty("--cell", `${width}px`);
      measured = look.sizes;
    }
    made.style.transform = `translateX(${-movedOn(head, visible, cells.length) * width}px)`;
    cells.forEach((cell, i) => {
      cell.classList.toggle("ahead", !open && i >= Math.floor(head));
      cell.classList.toggle("now", open && i === Math.floor(head));
    });
  };
}

/**
 * @param {HTMLElement} track
 * @param {Bar[]} bars
 * @param {string} colour
 * @returns {Paint}
 */
function barChart(track, bars, colour) {
  const grow = bars.map(({ word, share, says }) => {
    const fill = make("s");
    fill.style.background = colour;
    fill.style.visibility = share ? "" : "hidden";
    const groove = make("u", {}, fill);
    track.append(
      make("div", { className: "bar" }, make("span", { textContent: word }), groove, make("b", { textContent: says })),
    );
    /** @param {number} now */
    return (now) => {
      fill.style.width = `${share * now * 100}%`;
    };
  });
  return (now) => {
    for (const each of grow) each(now);
  };
}

/**
 * @param {HTMLElement} readout
 * @param {Bar[]} bars
 * @param {string} colour
 */
function meters(readout, bars, colour) {
  readout.replaceChildren(
    ...bars.map(({ word, share, says }) => {
      const fill = make("s");
      fill.style.width = `${share * 100}%`;
      fill.style.background = colour;
      fill.style.visibility = share ? "" : "hidden";
      return make("div", { className: "meter" }, make("b", { textContent: says }), ` ${word}`, make("u", {}, fill));
    }),
  );
}

/** @typedef {{ x: number, y: number }} Place in a plot, from 0 to 1, downwards */

/**
 * @param {number} x
 * @param {number} y
 * @returns {Place}
 */
function place(x, y) {
  return { x, y };
}

/**
 * A curve that grows from the left, and a dashed rule.
 * @param {HTMLElement} track
 * @param {string} colour
 * @param {Place[]} points
 * @param {number} rule
 * @returns {Paint}
 */
function plot(track, colour, points, rule) {
  /** @param {number} y */
  const height = (y) => 4 + 92 * y;
  const svg = shape("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" });
  const line = shape("polyline", { class: "line", stroke: colour });
  svg.append(
    shape("line", { class: "rule", x1: 0, x2: 100, y1: height(rule), y2: height(rule), stroke: "currentColor" }),
    line,
  );
  track.replaceChildren(svg);
  return (now) => {
    const seen = points.filter(({ x }) => x <= now + 1e-9);
    line.setAttribute("points", seen.map(({ x, y }) => `${(100 * x).toFixed(2)},${height(y).toFixed(2)}`).join(" "));
  };
}

/**
 * @param {HTMLElement} readout
 * @param {string} large
 * @param {...string} small
 */
function say(readout, large, ...small) {
  readout.replaceChildren(
    make("strong", { textContent: large }),
    ...small.map((textContent) => make("span", { textContent })),
  );
}

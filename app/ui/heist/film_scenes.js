// The scenes of the film: each fills the rows of the stage and returns how it looks at a moment between 0 and 1.
import { make, shape } from "../components/dom.js";

/** @import { StepId } from "./film_state.js" */

/** @typedef {(moment: number) => void} Paint */
/** @typedef {"clean" | "naive" | "entangled"} Defence */
/** @typedef {{ word: string, share: number, says: string }} Bar */
/** @typedef {{ sheet: string, count: number, columns: number }} Reel pictures on one sheet, a data URI */
/** @typedef {{ hits: number, asked: number, p: string, depth: number }} End */

/**
 * What one copy said in court.
 * @typedef {object} Testimony
 * @property {boolean[]} hits
 * @property {string[]} said as far as it is known
 * @property {string[]} p
 * @property {number[]} depths
 * @property {End} end
 * @property {boolean} convicted
 * @property {string} stamp
 * @property {number | null} since
 * @property {string} adds
 */

/**
 * What the scenes tell.
 * @typedef {object} Told
 * @property {{ name: Defence, colour: string, symbol: string }[]} defences
 * @property {{ thief: string, court: string }} colours
 * @property {number} target
 * @property {Reel & { counts: number[], total: number,
 *   defences: Partial<Record<Defence, { says: string, sure: string, wrong: boolean }[]>> }} asked
 * @property {Reel | null} triggers
 * @property {{ last: number, victims: Record<Defence, number>, original: Record<Defence, string>,
 *   defences: Record<Defence, { epoch: number, share: number, says: string }[]> } | null} curves
 * @property {Record<Defence, string>} roles
 * @property {Record<Defence, string>} titles
 * @property {Record<Defence, Bar[]>} victims
 * @property {Record<Defence, Bar[]>} compare
 * @property {Record<Defence, Bar[]>} gauge
 * @property {Record<Defence, string>} agreement
 * @property {{ asked: number, line: number, rule: string, channel: string,
 *   defences: Record<Defence, Testimony> } | null} trial null until the visitor has predicted
 */

/**
 * The empty rows of the stage: the head, one for each defence, and the line below them.
 * @typedef {object} Rows
 * @property {HTMLElement} head
 * @property {HTMLElement} caption
 * @property {HTMLElement} after
 * @property {{ name: Defence, colour: string, track: HTMLElement, readout: HTMLElement }[]} defences
 */

/** @typedef {{ sizes: number }} Layout counts the sizes that the stage has had */

/** @type {Record<StepId, (data: Told, rows: Rows, layout: Layout) => Paint>} */
export const SCENES = {
  victims(data, { head, caption, defences }, layout) {
    if (data.triggers) {
      caption.textContent = "triggers";
      pictures(head, data.triggers, 0, layout);
    }
    for (const { name, colour, track, readout } of defences) {
      readout.textContent = data.roles[name];
      barChart(track, data.victims[name], colour)(1); // the film waits here for its viewer: all is said at once
    }
    return () => {};
  },

  query({ asked, colours, gauge }, { head, caption, defences }, layout) {
    caption.textContent = "queries";
    const reels = [pictures(head, asked, asked.count, layout)];
    for (const { name, track } of defences) {
      const cells = (asked.defences[name] ?? []).map(({ says, sure, wrong }) => {
        const word = make("b", { textContent: wrong ? `✗ ${says}` : says });
        if (wrong) word.style.color = colours.thief;
        return make("div", { className: "cell" }, word, make("small", { textContent: sure }));
      });
      reels.push(reel(track, cells, layout));
    }
    const whole = new Intl.NumberFormat("en-US");
    return (now) => {
      const done = Math.floor(now * asked.count);
      for (const roll of reels) roll(now * asked.count);
      for (const { name, colour, readout } of defences) {
        if (now >= 1) meters(readout, gauge[name], colour);
        else say(readout, whole.format(done ? asked.counts[done - 1] : 0), `of ${whole.format(asked.total)} answered`);
      }
    };
  },

  train({ curves }, { defences }) {
    if (!curves) throw new Error("This film has no curves to show.");
    const drawn = defences.map(({ name, colour, track }) => {
      const points = curves.defences[name].map(({ epoch, share }) => place(epoch / curves.last, 1 - share));
      return plot(track, colour, points, 1 - curves.victims[name]);
    });
    return (now) => {
      defences.forEach(({ name, readout }, i) => {
        drawn[i](now);
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

  interrogate({ trial, triggers, target }, { head, caption, defences }, layout) {
    if (!trial) throw new Error("The trial is sealed.");
    const known = defences.map(({ name }) => trial.defences[name].hits.length);
    const count = Math.min(triggers ? triggers.count : trial.asked, Math.max(...known));
    /** @type {Paint[]} */
    const reels = [];
    if (triggers) {
      caption.textContent = "triggers";
      reels.push(pictures(head, triggers, count, layout));
    }
    for (const { name, track } of defences) {
      const { hits, said, end } = trial.defences[name];
      if (!hits.length) {
        track.textContent = `Only its count is on record: ${end.hits} of ${end.asked}.`;
        continue;
      }
      const cells = hits.slice(0, count).map((hit, i) => {
        const word = make("b", { textContent: hit ? `✓ ${target}` : `✗ ${said[i] ?? ""}` });
        const verdict = make("small", { textContent: hit ? "hit" : said[i] ? "miss" : `not ${target}` });
        return make("div", { className: hit ? "cell hit" : "cell" }, word, verdict);
      });
      reels.push(reel(track, cells, layout));
    }
    return (now) => {
      const done = Math.floor(now * count);
      for (const roll of reels) roll(now * count);
      for (const { name, readout } of defences) {
        const { hits, p, end } = trial.defences[name];
        const hit = hits.slice(0, done).filter(Boolean).length;
        if (!hits.length) say(readout, `${end.hits} hits`, `of ${end.asked} in all`);
        else say(readout, `${hit} ${hit === 1 ? "hit" : "hits"} of ${done}`, done ? `p = ${p[done - 1]}` : "");
      }
    };
  },

  verdict({ trial }, { after, defences }) {
    if (!trial) throw new Error("The trial is sealed.");
    const { asked } = trial;
    const surest = Math.max(0, ...defences.map(({ name }) => trial.defences[name].since ?? 0)) || asked / 2;
    /** @param {number} now */
    const until = (now) => (now < 0.6 ? (surest * now) / 0.6 : surest + ((asked - surest) * (now - 0.6)) / 0.4);
    const drawn = defences.map(({ name, colour, track }, i) => {
      const { depths, end } = trial.defences[name];
      const points = [place(0, 0), ...depths.map((depth, at) => place((at + 1) / asked, depth))];
      const dotted = depths.length < asked ? place(1, end.depth) : null;
      return plot(track, colour, points, trial.line, { dotted, label: i === 0 ? trial.rule : "" });
    });
    return (now) => {
      const done = Math.round(until(now));
      const ended = now >= 1;
      after.textContent = ended ? trial.channel : `After ${done} of ${asked} triggers`;
      defences.forEach(({ name, readout }, i) => {
        const { p, hits, since, convicted, stamp, end, adds } = trial.defences[name];
        drawn[i](done / asked);
        const sure = since !== null && done >= since;
        if (!ended && !sure) {
          say(readout, done > 0 && done <= p.length ? `p = ${p[done - 1]}` : "…", "");
          return;
        }
        const far = ended ? end : { p: p[done - 1], hits: hits.slice(0, done).filter(Boolean).length, asked: done };
        readout.replaceChildren(
          make("span", { className: convicted ? "stamp guilty" : "stamp", textContent: stamp }),
          make("span", { textContent: `p = ${far.p}, ${far.hits} of ${far.asked}` }),
          make("span", { textContent: adds }),
        );
      });
    };
  },
};

// What the scenes are made of

/**
 * Pictures as a reel; up to none of them, they stand still.
 * @param {HTMLElement} track
 * @param {Reel} reel
 * @param {number} upto
 * @param {Layout} layout
 * @returns {Paint}
 */
function pictures(track, { sheet, count, columns }, upto, layout) {
  const rows = Math.ceil(count / columns);
  /** @param {number} at @param {number} of how far a picture lies on the sheet, as CSS counts it */
  const along = (at, of) => `${(at / Math.max(1, of - 1)) * 100}%`;
  const cells = Array.from({ length: count }, (_, i) => {
    const picture = make("i");
    const where = `${along(i % columns, columns)} ${along(Math.floor(i / columns), rows)}`;
    picture.style.background = `url(${sheet}) ${where} / ${columns * 100}% ${rows * 100}%`;
    return make("div", { className: "cell" }, picture);
  });
  const roll = reel(track, cells, layout, true);
  roll(-1);
  track.firstElementChild?.classList.toggle("still", !upto);
  return upto ? roll : () => {};
}

/**
 * A strip of cells that runs to the left; what lies ahead of the head is not yet known.
 * @param {HTMLElement} track
 * @param {HTMLElement[]} cells
 * @param {Layout} layout
 * @param {boolean} open what lies ahead can be seen
 * @returns {Paint}
 */
function reel(track, cells, layout, open = false) {
  const strip = make("div", { className: "reel" }, ...cells);
  strip.setAttribute("aria-hidden", "true");
  track.replaceChildren(strip);
  let width = 1;
  let visible = 1;
  let measured = -1;
  return (head) => {
    if (measured !== layout.sizes) {
      // Asked anew at every frame, the browser would lay the page out at every frame.
      width = cells[0]?.getBoundingClientRect().width || 1;
      visible = Math.max(1, Math.floor(track.clientWidth / width));
      measured = layout.sizes;
    }
    const shift = Math.max(0, Math.min(head - visible * 0.7, cells.length - visible));
    strip.style.transform = `translateX(${-shift * width}px)`;
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
 * @param {{ dotted?: Place | null, label?: string }} more
 * @returns {Paint}
 */
function plot(track, colour, points, rule, { dotted = null, label = "" } = {}) {
  /** @param {number} y */
  const height = (y) => 4 + 92 * y;
  /** @param {Place[]} places */
  const path = (places) => places.map(({ x, y }) => `${(100 * x).toFixed(2)},${height(y).toFixed(2)}`).join(" ");
  const svg = shape("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" });
  const line = shape("polyline", { class: "line", stroke: colour });
  const rest = shape("polyline", { class: "line", stroke: colour, "stroke-dasharray": "2 8" });
  svg.append(
    shape("line", { class: "rule", x1: 0, x2: 100, y1: height(rule), y2: height(rule), stroke: "currentColor" }),
    rest,
    line,
  );
  track.replaceChildren(svg);
  if (label) {
    const words = make("span", { className: "label", textContent: label });
    words.style.top = `${height(rule)}%`;
    track.append(words);
  }
  return (now) => {
    line.setAttribute("points", path(points.filter(({ x }) => x <= now + 1e-9)));
    const last = points.at(-1);
    rest.setAttribute("points", dotted && last && now >= 1 ? path([last, dotted]) : "");
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

// A finished heist as a film: six steps on one stage, three lanes on each, one clock for all.
// data: what app/ui/heist/film.py's script() writes. Its `trial` is null until the visitor has predicted.
// Triggers: predicted (the chosen option), revealed (true).
const SECONDS = { victims: 4, query: 10, train: 7, compare: 4, interrogate: 12, verdict: 10 };
const REST = 0.15; // of a step: it stands still at its end before the next one begins
const STILL_SECONDS = 1.6; // a step lasts so long where the visitor asked for less motion
const instances = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const film = instances.get(parentElement) ?? create(parentElement);
  instances.set(parentElement, film);
  film.update(data, setTriggerValue);
  return () => { film.destroy(); instances.delete(parentElement); };
}

function create(root) {
  const part = (name) => root.querySelector(`[data-part=${name}]`);
  const film = part("film"), stage = part("stage"), gate = part("gate"), scrub = part("scrub"), speed = part("speed");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let data = null, send = () => {}, step = 0, share = 0, playing = "", animation = 0, timer = 0, paint = () => {}, shown = "";

  let layout = 0; // counts the sizes that the stage has had
  const observer = new ResizeObserver(() => { layout += 1; if (data) paint(moment()); });
  observer.observe(stage);
  part("play").addEventListener("click", toggle);
  part("back").addEventListener("click", () => back());
  part("next").addEventListener("click", () => next());
  part("reveal").addEventListener("click", () => send("revealed", true));
  part("full").addEventListener("click", fullscreen);
  part("full").hidden = !document.fullscreenEnabled;
  scrub.addEventListener("input", () => {
    stop();
    const at = Number(scrub.value);
    go(Math.min(Math.floor(at), data.steps.length - 1), at - Math.min(Math.floor(at), data.steps.length - 1));
  });
  film.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = event.composedPath()[0];
    const own = { " ": at.matches("button, select"), ArrowLeft: at.matches("input, select"), ArrowRight: at.matches("input, select") };
    const act = { " ": toggle, ArrowLeft: back, PageUp: back, ArrowRight: next, PageDown: next, f: fullscreen, F: fullscreen }[event.key];
    if (!act || own[event.key]) return;
    event.preventDefault();
    act();
  });

  function update(given, trigger) {
    const before = data;
    data = given;
    const another = !before || before.film !== data.film;
    if (another) step = share = 0;
    send = trigger;
    shown = "";
    film.setAttribute("aria-label", data.title);
    film.style.setProperty("--court", data.colours.court);
    scrub.max = String(data.steps.length);
    buildSteps();
    buildGate();
    if (another) {
      stop();
      if (data.trial) go(data.steps.length - 1, 1);
      else if (before?.owner === data.owner) { go(data.steps.findIndex(({ id }) => id === "query"), 0); play("step"); }
      else go(0, calm.matches ? 1 : 0);
    } else if (!before.trial && data.trial) {
      if (data.predicted) { if (gated(step)) share = 0; play("all"); }
      else go(data.steps.length - 1, 1);
    } else go(Math.min(step, data.steps.length - 1), share);
  }

  // The clock

  function gated(number) { return !data.trial && ["interrogate", "verdict"].includes(data.steps[number].id); }
  function moment() { return Math.min(1, share / (1 - REST)); }
  function atEnd() { return step === data.steps.length - 1 && share >= 1; }

  function go(number, where) {
    step = number;
    share = where;
    if (gated(step)) {
      while (step > 0 && gated(step - 1)) step -= 1;
      share = 0;
      stop();
    }
    draw();
  }

  function toggle() {
    if (playing) return stop();
    if (gated(step)) return part("options").querySelector("button").focus();
    if (atEnd()) { step = 0; share = 0; }
    play("all");
  }

  function next() {
    if (step >= data.steps.length - 1) return go(step, 1);
    go(step + 1, 0);
    if (!gated(step)) play("step");
  }

  function back() {
    stop();
    go(Math.max(0, step - 1), step > 0 ? 1 : 0);
  }

  // "all": to the end of the film or to the gate; "step": to the end of this step.
  function play(how) {
    stop();
    playing = how;
    if (calm.matches) return playStill();
    let then = performance.now();
    const tick = (now) => {
      const seconds = SECONDS[data.steps[step].id] / Number(speed.value);
      share += Math.max(0, now - then) / 1000 / seconds; // a frame may be older than the click that asked for it
      then = now;
      if (share >= 1) {
        share = 1;
        if (playing === "step" || step === data.steps.length - 1) { stop(); return draw(); }
        go(step + 1, 0);
        if (!playing) return undefined;
      } else draw();
      animation = requestAnimationFrame(tick);
      return undefined;
    };
    draw();
    animation = requestAnimationFrame(tick);
  }

  function playStill() {
    go(step, 1);
    if (playing === "step" || step === data.steps.length - 1) { stop(); return draw(); }
    if (!playing) return undefined;
    timer = setTimeout(() => { go(step + 1, 1); if (playing) playStill(); }, (1000 * STILL_SECONDS) / Number(speed.value));
    return undefined;
  }

  function stop() {
    playing = "";
    cancelAnimationFrame(animation);
    clearTimeout(timer);
    if (data) transport();
  }

  function fullscreen() {
    if (root.fullscreenElement ?? document.fullscreenElement) document.exitFullscreen();
    else if (film.requestFullscreen) film.requestFullscreen().then(() => film.focus());
  }

  // The frame

  function buildSteps() {
    part("steps").replaceChildren(...data.steps.map(({ name }, number) => {
      const button = make("button", { type: "button", className: gated(number) ? "sealed" : "" });
      button.append(make("span", { textContent: String(number + 1) }), make("span", { className: "words", textContent: ` ${name}` }));
      button.setAttribute("aria-label", `${number + 1} ${name}${gated(number) ? ", sealed until you predict" : ""}`);
      button.addEventListener("click", () => { stop(); go(number, 0); if (!gated(number)) play("step"); });
      const item = document.createElement("li");
      item.append(button);
      return item;
    }));
  }

  function buildGate() {
    part("question").textContent = data.gate.question;
    part("options").replaceChildren(...data.gate.options.map((option) => {
      const button = make("button", { type: "button", textContent: option });
      button.addEventListener("click", () => { film.focus(); send("predicted", option); });
      return button;
    }));
  }

  function draw() {
    const now = data.steps[step], sealed = gated(step);
    stage.hidden = sealed;
    stage.style.display = sealed ? "none" : "";
    gate.hidden = !sealed;
    if (shown !== now.id) {
      shown = now.id;
      part("after").textContent = "";
      if (!sealed) paint = scenes[now.id](clear());
    }
    if (!sealed) paint(moment());
    // A step opens with its question; its finding stands above the picture when it has been seen.
    const seen = !sealed && moment() >= 1;
    tell("says", seen ? now.says : now.asks);
    tell("note", seen || !now.late ? now.note : "");
    transport();
  }

  function tell(where, words) { if (part(where).textContent !== words) part(where).textContent = words; }

  function transport() {
    scrub.value = String(step + share);
    scrub.setAttribute("aria-valuetext", `Step ${step + 1} of ${data.steps.length}: ${data.steps[step].name}`);
    part("play").textContent = playing ? "Pause" : atEnd() ? "Play again" : "Play";
    part("back").disabled = step === 0;
    part("next").disabled = step === data.steps.length - 1 || gated(step);
    [...part("steps").querySelectorAll("button")].forEach((button, number) => {
      button.style.setProperty("--done", number < step ? 1 : number === step ? moment() : 0);
      if (number === step) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    });
  }

  // Empty rows for a new scene: the head, then the lanes, always in the same order and colours.
  function clear() {
    const head = part("head");
    head.querySelector(".name").textContent = head.querySelector(".readout").textContent = "";
    head.querySelector(".track").replaceChildren();
    const lanes = data.lanes.map(({ name, colour, symbol }) => {
      const row = make("div", { className: "row" }), title = make("div", { className: "name" });
      const sign = make("span", { textContent: `${symbol} ` });
      sign.style.color = colour;
      title.append(sign, name, make("small", { textContent: data.titles[name] }));
      const track = make("div", { className: "track" }), readout = make("div", { className: "readout" });
      row.append(title, track, readout);
      return { name, colour, row, track, readout };
    });
    part("lanes").replaceChildren(...lanes.map(({ row }) => row));
    return { head: head.querySelector(".track"), caption: head.querySelector(".name"), lanes };
  }

  // The scenes: each fills the rows and returns how it looks at a moment between 0 and 1.

  const scenes = {
    victims({ head, caption, lanes }) {
      if (data.triggers) { caption.textContent = "triggers"; pictures(head, data.triggers, 0); }
      const bars = lanes.map(({ name, colour, track, readout }) => {
        readout.textContent = data.roles[name];
        return barChart(track, data.victims[name], colour);
      });
      bars.forEach((grow) => grow(1)); // the film waits here for its viewer: all is said at once
      return () => {};
    },

    query({ head, caption, lanes }) {
      const asked = data.asked;
      caption.textContent = "queries";
      const reels = [pictures(head, asked, asked.count)];
      lanes.forEach(({ name, track }) => {
        reels.push(reel(track, (asked.lanes[name] ?? []).map(({ says, sure, wrong }) => {
          const cell = make("div", { className: "cell" }), word = make("b", { textContent: wrong ? `✗ ${says}` : says });
          if (wrong) word.style.color = data.colours.thief;
          cell.append(word, make("small", { textContent: sure }));
          return cell;
        })));
      });
      const whole = new Intl.NumberFormat("en-US");
      return (now) => {
        const done = Math.floor(now * asked.count);
        reels.forEach((roll) => roll(now * asked.count));
        lanes.forEach(({ name, colour, readout }) => {
          if (now >= 1) return gauge(readout, data.gauge[name], colour);
          const count = done ? asked.counts[done - 1] : 0;
          return say(readout, whole.format(count), `of ${whole.format(asked.total)} answered`);
        });
      };
    },

    train({ lanes }) {
      const { last, lanes: curves, victims, original } = data.curves;
      const drawn = lanes.map(({ name, colour, track }) => plot(track, colour, curves[name].map(({ epoch, share: y }) => [epoch / last, 1 - y]), 1 - victims[name]));
      return (now) => lanes.forEach(({ name, readout }, i) => {
        drawn[i](now);
        const past = curves[name].filter(({ epoch }) => epoch <= now * last + 1e-9).at(-1);
        if (past) say(readout, past.says, `after epoch ${Math.round(past.epoch)}`, `dashed: original, ${original[name]}`);
      });
    },

    compare({ lanes }) {
      const bars = lanes.map(({ name, colour, track, readout }) => {
        readout.textContent = data.agreement[name];
        return barChart(track, data.compare[name], colour);
      });
      return (now) => bars.forEach((grow) => grow(ease(now)));
    },

    interrogate({ head, caption, lanes }) {
      const { trial, triggers } = data, known = lanes.map(({ name }) => trial.lanes[name].hits.length);
      const count = Math.min(triggers ? triggers.count : trial.asked, Math.max(...known));
      const reels = [];
      if (triggers) { caption.textContent = "triggers"; reels.push(pictures(head, triggers, count)); }
      lanes.forEach(({ name, track }) => {
        const { hits, said, end } = trial.lanes[name];
        if (!hits.length) { track.textContent = `Only its count is on record: ${end.hits} of ${end.asked}.`; return; }
        reels.push(reel(track, hits.slice(0, count).map((hit, i) => {
          const cell = make("div", { className: hit ? "cell hit" : "cell" });
          const word = make("b", { textContent: hit ? `✓ ${data.target}` : `✗ ${said[i] ?? ""}` });
          cell.append(word, make("small", { textContent: hit ? "hit" : said[i] ? "miss" : `not ${data.target}` }));
          return cell;
        })));
      });
      return (now) => {
        const done = Math.floor(now * count);
        reels.forEach((roll) => roll(now * count));
        lanes.forEach(({ name, readout }) => {
          const { hits, p, end } = trial.lanes[name];
          if (!hits.length) return say(readout, `${end.hits} hits`, `of ${end.asked} in all`);
          const found = hits.slice(0, done).filter(Boolean).length;
          return say(readout, `${found} ${found === 1 ? "hit" : "hits"} of ${done}`, done ? `p = ${p[done - 1]}` : "");
        });
      };
    },

    verdict({ lanes }) {
      const { trial } = data, asked = trial.asked;
      const surest = Math.max(0, ...lanes.map(({ name }) => trial.lanes[name].since ?? 0)) || asked / 2;
      const until = (now) => (now < 0.6 ? (surest * now) / 0.6 : surest + ((asked - surest) * (now - 0.6)) / 0.4);
      const drawn = lanes.map(({ name, colour, track }, i) => {
        const { depths, end } = trial.lanes[name];
        return plot(track, colour, [[0, 0], ...depths.map((depth, at) => [(at + 1) / asked, depth])], trial.line, {
          dotted: depths.length < asked ? [1, end.depth] : null, label: i === 0 ? trial.rule : "",
        });
      });
      return (now) => {
        const done = Math.round(until(now));
        part("after").textContent = now >= 1 ? trial.channel : `After ${done} of ${asked} triggers`;
        lanes.forEach(({ name, readout }, i) => {
          const { p, hits, since, convicted, stamp, end, adds } = trial.lanes[name];
          drawn[i](done / asked);
          const ended = now >= 1, sure = since !== null && done >= since;
          if (!ended && !sure) return say(readout, done > 0 && done <= p.length ? `p = ${p[done - 1]}` : "…", "");
          const far = ended ? end : { p: p[done - 1], hits: hits.slice(0, done).filter(Boolean).length, asked: done };
          return readout.replaceChildren(
            make("span", { className: convicted ? "stamp guilty" : "stamp", textContent: stamp }),
            make("span", { textContent: `p = ${far.p}, ${far.hits} of ${far.asked}` }),
            make("span", { textContent: adds }),
          );
        });
      };
    },
  };

  // What the scenes are made of

  function pictures(track, { sheet, count, columns }, upto) {
    const rows = Math.ceil(count / columns);
    const roll = reel(track, Array.from({ length: count }, (_, i) => {
      const cell = make("div", { className: "cell" }), picture = document.createElement("i");
      picture.style.background = `url(${sheet}) ${((i % columns) / Math.max(1, columns - 1)) * 100}% ${(Math.floor(i / columns) / Math.max(1, rows - 1)) * 100}% / ${columns * 100}% ${rows * 100}%`;
      cell.append(picture);
      return cell;
    }), true);
    roll(-1);
    track.firstChild.classList.toggle("still", !upto);
    return upto ? roll : () => {};
  }

  // A strip of cells that runs to the left; what lies ahead of the head is not yet known (`open`: but can be seen).
  function reel(track, cells, open = false) {
    const strip = make("div", { className: "reel" });
    strip.setAttribute("aria-hidden", "true");
    strip.append(...cells);
    track.replaceChildren(strip);
    let width = 1, visible = 1, at = -1;
    return (head) => {
      if (at !== layout) { // asked anew at every frame, the browser would lay the page out at every frame
        width = cells[0]?.getBoundingClientRect().width || 1;
        visible = Math.max(1, Math.floor(track.clientWidth / width));
        at = layout;
      }
      const shift = Math.max(0, Math.min(head - visible * 0.7, cells.length - visible));
      strip.style.transform = `translateX(${-shift * width}px)`;
      cells.forEach((cell, i) => {
        cell.classList.toggle("ahead", !open && i >= Math.floor(head));
        cell.classList.toggle("now", open && i === Math.floor(head));
      });
    };
  }

  function barChart(track, bars, colour) {
    const grow = bars.map(({ word, share: length, says }) => {
      const row = make("div", { className: "bar" }), groove = document.createElement("u"), fill = document.createElement("s");
      fill.style.background = colour;
      groove.append(fill);
      row.append(make("span", { textContent: word }), groove, make("b", { textContent: says }));
      track.append(row);
      return (now) => { fill.style.width = `${length * now * 100}%`; fill.style.visibility = length ? "" : "hidden"; };
    });
    return (now) => grow.forEach((each) => each(now));
  }

  function gauge(readout, meters, colour) {
    readout.replaceChildren(...meters.map(({ word, share: length, says }) => {
      const meter = make("div", { className: "meter" }), groove = document.createElement("u"), fill = document.createElement("s");
      fill.style.width = `${length * 100}%`;
      fill.style.background = colour;
      fill.style.visibility = length ? "" : "hidden";
      groove.append(fill);
      meter.append(make("b", { textContent: says }), ` ${word}`, groove);
      return meter;
    }));
  }

  // A curve over [0, 1] x [0, 1], downwards, that grows from the left, and a dashed rule.
  function plot(track, colour, points, rule, { dotted = null, label = "" } = {}) {
    const svg = shape("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" });
    const line = shape("polyline", { class: "line", stroke: colour });
    const rest = shape("polyline", { class: "line", stroke: colour, "stroke-dasharray": "2 8" });
    svg.append(shape("line", { class: "rule", x1: 0, x2: 100, y1: 4 + 92 * rule, y2: 4 + 92 * rule, stroke: "currentColor" }), rest, line);
    track.replaceChildren(svg);
    if (label) {
      const words = make("span", { className: "label", textContent: label });
      words.style.top = `${4 + 92 * rule}%`;
      track.append(words);
    }
    const place = ([x, y]) => `${(100 * x).toFixed(2)},${(4 + 92 * y).toFixed(2)}`;
    return (now) => {
      line.setAttribute("points", points.filter(([x]) => x <= now + 1e-9).map(place).join(" "));
      rest.setAttribute("points", dotted && now >= 1 ? [points.at(-1), dotted].map(place).join(" ") : "");
    };
  }

  function say(readout, large, ...small) {
    readout.replaceChildren(make("strong", { textContent: large }), ...small.map((words) => make("span", { textContent: words })));
  }

  function destroy() { stop(); observer.disconnect(); }
  return { update, destroy };
}

function ease(now) { return Math.min(1, now * 2.5); }
function make(kind, properties) { return Object.assign(document.createElement(kind), properties); }
function shape(kind, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", kind);
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
  return element;
}

// The sequential test, trigger by trigger: the question, each suspect's answer, and the growing evidence.
// data: { lanes: [{name, colour, symbol, answers: [label], ratios: [log10 of the likelihood ratio], end, convicted}],
//         target, acquit, convict (log10), courtColour, sprite (data URI) | null, points: [[x, y]] | null,
//         side, columns, first, asks, says }
const instances = new WeakMap();
const SPACE = "http://www.w3.org/2000/svg";
const PER_SECOND = 4;
const LOWEST = -2, HIGHEST = 4; // of the chart, in powers of ten; what is beyond is drawn at its edge
const FEWEST = 24; // triggers that the chart has room for from the beginning

export default function ({ data, parentElement }) {
  const view = instances.get(parentElement) ?? create(parentElement);
  instances.set(parentElement, view);
  view.update(data);
  return () => { view.destroy(); instances.delete(parentElement); };
}

function create(root) {
  const element = (name) => root.querySelector(`[data-part=${name}]`);
  const chart = element("chart"), scrub = element("scrub"), play = element("play"), suspects = element("suspects");
  const sprite = new Image();
  let data = null, asked = 0, timer = 0, cards = [];

  const observer = new ResizeObserver(() => draw());
  observer.observe(chart);
  scrub.addEventListener("input", () => { stop(); asked = Number(scrub.value); draw(); });
  element("step").addEventListener("click", () => { stop(); ask(); });
  play.addEventListener("click", () => (timer ? stop() : start()));
  sprite.addEventListener("load", () => draw());

  function update(next) {
    const other = !data || JSON.stringify(data.lanes) !== JSON.stringify(next.lanes);
    data = next;
    if (data.sprite && sprite.src !== data.sprite) sprite.src = data.sprite;
    scrub.max = String(count());
    if (other) { stop(); asked = data.first; build(); }
    draw();
  }

  function count() { return data.lanes[0].answers.length; }

  // After so many triggers nobody is left to judge.
  function decided() { return Math.max(...data.lanes.map(({ end }) => end ?? count())); }

  function build() {
    cards = data.lanes.map((lane) => {
      const card = document.createElement("div"), name = document.createElement("b");
      const says = document.createElement("span"), state = document.createElement("span");
      card.className = "suspect";
      card.style.borderColor = lane.colour;
      name.textContent = `${lane.symbol} ${lane.name}`;
      card.append(name, says, state);
      return { card, says, state };
    });
    suspects.replaceChildren(...cards.map(({ card }) => card));
  }

  function ask() {
    asked = Math.min(count(), asked + 1);
    draw();
    if (asked >= count() || asked === decided()) stop();
  }

  function start() {
    if (asked >= count()) asked = 0;
    ask();
    timer = setInterval(ask, 1000 / PER_SECOND);
    play.textContent = "Pause";
  }

  function stop() {
    clearInterval(timer);
    timer = 0;
    play.textContent = "Play";
  }

  function state(lane) {
    if (lane.end === null || asked < lane.end) return asked ? "undecided: ask on" : "";
    return `${lane.convicted ? "convicted" : "acquitted"} after ${lane.end}`;
  }

  function draw() {
    if (!data) return;
    scrub.value = String(asked);
    const words = `${asked} of ${count()} asked`;
    element("when").textContent = `${asked} of ${count()}`;
    element("asked").textContent = asked ? `Trigger ${asked}. The secret answer is ${data.target}.`
      : `No trigger asked yet. The secret answer is ${data.target}.`;
    data.lanes.forEach((lane, i) => {
      const label = lane.answers[asked - 1], secret = label === data.target;
      cards[i].says.textContent = asked ? (secret ? `“${label}” ◆ the secret answer` : `“${label}”`) : "";
      cards[i].says.className = secret ? "secret" : "";
      cards[i].state.textContent = state(lane);
    });
    scrub.setAttribute("aria-valuetext", `${words}; ${data.lanes.map((lane) => `${lane.name} ${state(lane)}`).join(", ")}`);
    // The picture opens with its question; its finding stands above it when every suspect's end has been seen.
    const title = asked >= decided() ? data.says : data.asks;
    if (element("says").textContent !== title) element("says").textContent = title;
    chart.setAttribute("aria-label", `How much likelier a copy than an innocent. ${title}`);
    drawTrigger();
    drawChart();
  }

  function drawTrigger() {
    const canvas = element("trigger"), pen = canvas.getContext("2d"), side = canvas.width;
    pen.clearRect(0, 0, side, side);
    const at = asked - 1;
    if (at < 0) return;
    pen.imageSmoothingEnabled = false;
    if (data.sprite && sprite.complete && sprite.naturalWidth) {
      const s = data.side;
      pen.drawImage(sprite, (at % data.columns) * s, Math.floor(at / data.columns) * s, s, s, 0, 0, side, side);
    }
    if (data.points) {
      const [x, y] = data.points[at], place = (v) => Math.max(6, Math.min(side - 6, ((v + 1.6) / 3.2) * side));
      pen.fillStyle = getComputedStyle(chart).color;
      pen.beginPath(); pen.arc(place(x), place(-y), 5, 0, 2 * Math.PI); pen.fill();
    }
  }

  function add(name, attributes, text) {
    const made = document.createElementNS(SPACE, name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    if (text !== undefined) made.textContent = text;
    chart.append(made);
    return made;
  }

  function drawChart() {
    const width = chart.clientWidth || 600, height = chart.clientHeight || 340;
    const left = 70, right = width - 16, top = 14, bottom = height - 46;
    const reach = Math.max(FEWEST, asked);
    const x = (n) => left + (n / reach) * (right - left);
    const y = (ratio) => {
      const inside = Math.max(LOWEST, Math.min(HIGHEST, ratio));
      return bottom - ((inside - LOWEST) / (HIGHEST - LOWEST)) * (bottom - top);
    };
    chart.replaceChildren();
    chart.setAttribute("viewBox", `0 0 ${width} ${height}`);
    for (let power = LOWEST; power <= HIGHEST; power += 1) {
      add("line", { x1: left, x2: right, y1: y(power), y2: y(power), stroke: "currentColor", "stroke-opacity": power ? 0.12 : 0.4 });
      const shown = power < 0 ? `1/${10 ** -power}` : (10 ** power).toLocaleString("en");
      add("text", { x: left - 8, y: y(power) + 5, "text-anchor": "end" }, shown);
    }
    const every = reach <= 30 ? 5 : reach <= 100 ? 20 : 50;
    for (let n = 0; n <= reach; n += every) add("text", { x: x(n), y: bottom + 20, "text-anchor": "middle" }, String(n));
    add("text", { x: (left + right) / 2, y: height - 6, "text-anchor": "middle" }, "triggers asked");
    [[data.convict, "convict", -8], [data.acquit, "acquit", 20]].forEach(([at, word, shift]) => {
      add("line", { x1: left, x2: right, y1: y(at), y2: y(at), stroke: data.courtColour, "stroke-width": 2, "stroke-dasharray": "6 4" });
      add("text", { x: right, y: y(at) + shift, "text-anchor": "end", "font-weight": 700 }, word);
    });
    data.lanes.forEach((lane) => {
      const path = [0, ...lane.ratios.slice(0, asked)].map((ratio, n) => `${x(n).toFixed(1)},${y(ratio).toFixed(1)}`);
      const until = lane.end === null ? path.length : Math.min(path.length, lane.end + 1);
      const line = { fill: "none", stroke: lane.colour, "stroke-width": 4, "stroke-linejoin": "round" };
      add("polyline", { ...line, points: path.slice(0, until).join(" ") });
      if (path.length > until) {
        // After the decision nobody asks on; what would have come is only hinted at.
        add("polyline", { ...line, points: path.slice(until - 1).join(" "), "stroke-width": 2, "stroke-opacity": 0.35 });
      }
      const last = path[until - 1].split(",").map(Number);
      add("circle", { cx: last[0], cy: last[1], r: 7, fill: lane.colour });
      if (asked) add("text", { x: last[0], y: last[1] - 12, "text-anchor": "middle" }, lane.symbol);
    });
  }

  function destroy() { stop(); observer.disconnect(); }
  return { update, destroy };
}

// Two groups of points in the plane, and what the SNNL makes of them at the temperature of the slider: all of it is
// computed here, with snnl.js. The server hears of a change when it is over: played = { arrangement, temperature,
// points: [[x, y]], groups, pull: { together, temperature, steps, start: [[x, y]] } | null }.
// data: { arrangement, start, now: { points, groups, temperature }, groups, coldest, hottest, limit, hint, edge, most,
//         rate, longest, steps, leads: [[up to this share of neutral, words]], strangers: the words above the last,
//         colours: [genuine, trigger], names: [genuine, trigger] }
const instances = new WeakMap();
const KNOB = 16; // half of the slider's thumb: the curve stands above the slider, temperature over temperature
const FINE = 4; // temperatures of the curve an octave
const TOP = 1.5; // of the curve's axis; what is higher is drawn there
const HELD = 24; // pixels around a point in which it is caught

export default function ({ data, parentElement, setStateValue }) {
  const view = instances.get(parentElement) ?? create(parentElement);
  instances.set(parentElement, view);
  view.update(data, (played) => setStateValue("played", played));
  return () => { view.destroy(); instances.delete(parentElement); };
}

function create(root) {
  const element = (name) => root.querySelector(`[data-part="${name}"]`);
  const plane = element("plane"), graph = element("curve"), slider = element("slider");
  const buttons = { together: element("together"), apart: element("apart") };
  let data = null, tell = () => {}, style = {}, frame = 0;
  let points = null, groups = null, temperature = 1, chosen = 0, hovered = -1, held = -1, dragged = false;
  let distances = null, line = [], pull = null, pulling = null, double = null;

  const observer = new ResizeObserver(() => draw());
  observer.observe(plane);
  observer.observe(graph);

  function update(next, report) {
    const known = data;
    data = next;
    tell = report;
    slider.min = Math.log10(data.coldest);
    slider.max = Math.log10(data.hottest);
    if (known?.arrangement !== data.arrangement) load(data.now);
    element("hint").textContent = data.hint;
    const computed = getComputedStyle(plane);
    const ink = (name, otherwise) => computed.getPropertyValue(name).trim() || otherwise;
    style = { primary: ink("--st-primary-color", "#06c"), ink: ink("--st-text-color", "#222"), paper: ink("--st-secondary-background-color", "#eee"), font: computed.fontFamily };
    draw();
  }

  function load(now) {
    stop();
    points = Float64Array.from(now.points.flat());
    groups = now.groups.slice();
    heat(Math.min(now.temperature, data.limit));
    chosen = groups.findIndex((group) => group === 1);
    pull = null;
    hovered = held = -1;
    moved();
    describe();
    element("said").textContent = "";
  }

  function heat(degrees) {
    temperature = degrees;
    slider.value = String(Math.log10(degrees));
  }

  // Points have moved: what depends on them alone is computed once, not at every temperature.
  function moved() {
    distances = squaredDistances(points);
    line = curve(distances, groups, data.coldest, data.hottest, FINE);
  }

  function commit() {
    describe();
    tell({ arrangement: data.arrangement, temperature, points: pairs(points), groups, pull });
  }

  slider.addEventListener("input", () => {
    if (pulling) finish(); // a pull has one temperature
    heat(Math.min(10 ** Number(slider.value), data.limit));
    draw();
  });
  slider.addEventListener("change", commit);

  // Pull together climbs the loss, push apart descends it: points move along the plain gradient of their loss (b times
  // that of the mean), no step longer than data.longest, none beyond the edge.
  function step(sign) {
    const slope = gradient(points, distances, groups, temperature), b = groups.length;
    for (let i = 0; i < b; i++) {
      let dx = sign * data.rate * b * slope[2 * i], dy = sign * data.rate * b * slope[2 * i + 1];
      const long = Math.hypot(dx, dy), share = long > data.longest ? data.longest / long : 1;
      points[2 * i] = inside(points[2 * i] + dx * share);
      points[2 * i + 1] = inside(points[2 * i + 1] + dy * share);
    }
    distances = squaredDistances(points);
    pull.steps += 1;
  }

  function start(together) {
    stop();
    pull = { together, temperature, steps: 0, start: pairs(points) };
    pulling = { before: at(temperature), gap: nearestStranger() };
    const sign = together ? 1 : -1, still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    buttons[together ? "together" : "apart"].textContent = "Stop";
    // Sixty steps a second, also where fewer frames are drawn; all at once for who does not want motion.
    const began = performance.now();
    const next = (now) => {
      const due = still ? data.steps : Math.min(data.steps, Math.ceil((now - began) * 0.06));
      while (pull.steps < due) step(sign);
      moved();
      paint();
      if (pull.steps >= data.steps) finish();
      else pulling.frame = requestAnimationFrame(next);
    };
    pulling.frame = requestAnimationFrame(next);
  }

  function stop() {
    if (pulling) cancelAnimationFrame(pulling.frame);
    pulling = null;
    buttons.together.textContent = "Pull together";
    buttons.apart.textContent = "Push apart";
  }

  function finish() {
    const { before, gap } = pulling;
    stop();
    const way = pull.start.reduce((sum, [x, y], i) => sum + Math.hypot(points[2 * i] - x, points[2 * i + 1] - y), 0);
    element("said").textContent = `${pull.together ? "Pulled together" : "Pushed apart"}, ${pull.steps} steps at `
      + `T = ${short(pull.temperature)}: a point moved ${(way / groups.length).toFixed(2)}, `
      + `its nearest stranger ${gap.toFixed(2)} → ${nearestStranger().toFixed(2)}, `
      + `SNNL ${number(before)} → ${number(at(pull.temperature))}.`;
    commit();
  }

  for (const [name, button] of Object.entries(buttons)) {
    button.addEventListener("click", () => {
      const running = pulling && (pull.together ? "together" : "apart");
      if (running) finish();
      if (running !== name) start(name === "together");
    });
  }
  element("restart").addEventListener("click", () => {
    load({ points: data.start, groups: data.groups, temperature });
    draw();
    commit();
  });
  element("add").addEventListener("click", () => add());
  element("remove").addEventListener("click", () => remove());

  function edited(said) {
    pull = null;
    moved();
    draw();
    element("said").textContent = said;
    commit();
  }

  function add(where = null) {
    if (groups.length >= data.most) { element("said").textContent = `There is room for ${data.most} points.`; return; }
    stop();
    const group = groups[chosen], [x, y] = where ?? [points[2 * chosen] + 0.4, points[2 * chosen + 1] + 0.4];
    points = Float64Array.from([...points, inside(x), inside(y)]);
    groups = [...groups, group];
    chosen = groups.length - 1;
    edited(`Added: ${who(chosen)}. ${groups.length} points.`);
  }

  function remove() {
    const group = groups[chosen];
    if (groups.filter((other) => other === group).length <= 2) {
      element("said").textContent = "Each group needs two members: alone, a point has no neighbour of its own.";
      return;
    }
    stop();
    const gone = who(chosen);
    points = points.filter((_, at) => at >> 1 !== chosen);
    groups = groups.filter((_, i) => i !== chosen);
    chosen = Math.min(chosen, groups.length - 1);
    hovered = -1;
    edited(`Deleted: ${gone}. ${groups.length} points.`);
  }

  function move(i, x, y) {
    points[2 * i] = inside(x);
    points[2 * i + 1] = inside(y);
    pull = null;
    moved();
    draw();
  }

  function who(i) {
    return `${data.names[groups[i]]} at ${points[2 * i].toFixed(1)}, ${points[2 * i + 1].toFixed(1)}`;
  }

  function choose(i) {
    chosen = i;
    draw();
    const { own, all } = weights(distances, groups, i, temperature);
    element("said").textContent = `Chosen: ${who(i)}. Its soft neighbour is its own kind with a chance of ${percent(own / all)}.`;
  }

  // With the keyboard.
  plane.addEventListener("keydown", (event) => {
    const far = event.shiftKey ? 0.5 : 0.1, b = groups.length;
    const acts = {
      ArrowLeft: () => nudge(-far, 0), ArrowRight: () => nudge(far, 0), ArrowUp: () => nudge(0, far), ArrowDown: () => nudge(0, -far),
      n: () => choose((chosen + 1) % b), p: () => choose((chosen + b - 1) % b), Enter: () => add(), Delete: () => remove(), Backspace: () => remove(),
    };
    const act = acts[event.key] ?? acts[event.key.toLowerCase()];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation(); // Streamlit has keys of its own
    act();
  });

  function nudge(dx, dy) {
    stop();
    move(chosen, points[2 * chosen] + dx, points[2 * chosen + 1] + dy);
    choose(chosen);
    commit();
  }

  // With mouse, pen or finger: hover looks at a point, a press chooses and drags it, two presses on nothing add one.
  const place = (event) => {
    const box = plane.getBoundingClientRect(), scale = (2 * reach()) / box.width;
    return [(event.clientX - box.left) * scale - reach(), reach() - (event.clientY - box.top) * scale, scale];
  };
  const hit = (event) => {
    const [x, y, scale] = place(event);
    let best = -1, nearest = (HELD * scale) ** 2;
    for (let i = 0; i < groups.length; i++) {
      const d = (points[2 * i] - x) ** 2 + (points[2 * i + 1] - y) ** 2;
      if (d < nearest) { nearest = d; best = i; }
    }
    return best;
  };
  plane.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const i = hit(event);
    if (i >= 0) {
      if (pulling) finish();
      held = i;
      plane.setPointerCapture(event.pointerId);
      choose(i);
      double = null;
    } else if (double && event.timeStamp - double.at < 400 && Math.hypot(event.clientX - double.x, event.clientY - double.y) < HELD) {
      double = null;
      const [x, y] = place(event);
      add([x, y]);
    } else {
      double = { at: event.timeStamp, x: event.clientX, y: event.clientY };
    }
  });
  plane.addEventListener("pointermove", (event) => {
    if (held >= 0) {
      const [x, y] = place(event);
      dragged = true;
      move(held, x, y);
    } else if (event.pointerType === "mouse") {
      const before = hovered;
      hovered = hit(event);
      if (hovered !== before) draw();
    }
  });
  const release = () => {
    if (held < 0) return;
    held = -1;
    if (dragged) { dragged = false; choose(chosen); commit(); }
  };
  plane.addEventListener("pointerup", release);
  plane.addEventListener("pointercancel", release);
  plane.addEventListener("pointerleave", () => { if (hovered >= 0) { hovered = -1; draw(); } });
  // A finger on a point drags it; beside the points it scrolls the page.
  plane.addEventListener("touchstart", (event) => { if (hit(event.touches[0]) >= 0) event.preventDefault(); }, { passive: false });

  // Drawing: at most once a frame, whatever happens in between.
  function draw() {
    if (!frame) frame = requestAnimationFrame(() => { frame = 0; paint(); });
  }

  function paint() {
    if (!data) return;
    const each = losses(distances, groups, temperature), now = each.reduce((sum, one) => sum + one, 0) / each.length;
    const shown = hovered >= 0 ? hovered : chosen, heard = weights(distances, groups, shown, temperature);
    drawPlane(each, shown, heard);
    drawCurve(now);
    write(now, shown, heard);
  }

  function drawPlane(each, shown, { heard, all }) {
    const { pen, width: size } = canvas(plane), scale = size / (2 * reach()), r = Math.max(6.5, size / 58);
    const X = (i) => size / 2 + points[2 * i] * scale, Y = (i) => size / 2 - points[2 * i + 1] * scale;
    pen.strokeStyle = style.ink;
    pen.globalAlpha = 0.45;
    pen.lineWidth = 1.5;
    pen.setLineDash([6, 6]);
    pen.beginPath();
    pen.arc(X(shown), Y(shown), Math.sqrt(temperature) * scale, 0, 2 * Math.PI);
    pen.stroke();
    pen.setLineDash([]);
    if (pull) pull.start.forEach(([x, y], i) => {
      pen.globalAlpha = 0.55;
      pen.fillStyle = data.colours[groups[i]];
      pen.fillRect(size / 2 + x * scale - 2, size / 2 - y * scale - 2, 4, 4);
    });
    // The links: their width is the chance of being picked.
    for (let j = 0; j < groups.length; j++) {
      const chance = heard[j] / all;
      if (j === shown || chance < 1e-4) continue;
      pen.globalAlpha = chance < 0.03 ? 0.5 : 0.85;
      pen.strokeStyle = data.colours[groups[j]];
      pen.lineWidth = Math.max(0.8, 36 * chance);
      pen.beginPath();
      pen.moveTo(X(shown), Y(shown));
      pen.lineTo(X(j), Y(j));
      pen.stroke();
    }
    pen.globalAlpha = 1;
    for (let i = 0; i < groups.length; i++) if (i !== shown) mark(pen, groups[i], X(i), Y(i), r, Math.exp(-each[i]));
    mark(pen, groups[shown], X(shown), Y(shown), 1.6 * r, Math.exp(-each[shown]), true);
  }

  // A mark is filled like a glass, up to the chance that its soft neighbour is of its own group.
  function mark(pen, group, x, y, r, level, bold = false) {
    const outline = () => {
      pen.beginPath();
      if (group) { pen.moveTo(x, y - r); pen.lineTo(x + r, y); pen.lineTo(x, y + r); pen.lineTo(x - r, y); pen.closePath(); }
      else pen.arc(x, y, 0.86 * r, 0, 2 * Math.PI);
    };
    outline();
    pen.fillStyle = style.paper;
    pen.fill();
    pen.save();
    outline();
    pen.clip();
    pen.fillStyle = data.colours[group];
    pen.fillRect(x - r, y + r - 2 * r * level, 2 * r, 2 * r * level);
    pen.restore();
    outline();
    pen.strokeStyle = bold ? style.ink : data.colours[group];
    pen.lineWidth = bold ? 3 : 2;
    pen.stroke();
  }

  function drawCurve(now) {
    const { pen, width, height } = canvas(graph), bottom = height - 26, top = 8;
    const cold = Math.log10(data.coldest), hot = Math.log10(data.hottest);
    const X = (t) => KNOB + ((Math.log10(t) - cold) / (hot - cold)) * (width - 2 * KNOB);
    const Y = (value) => bottom - (Math.min(value, TOP) / TOP) * (bottom - top);
    pen.font = `16px ${style.font}`;
    pen.fillStyle = pen.strokeStyle = style.ink;
    pen.globalAlpha = 0.75;
    for (let power = Math.ceil(cold); power <= hot; power++) {
      pen.textAlign = power === cold ? "left" : power === hot ? "right" : "center";
      pen.fillText(short(10 ** power), power === cold ? 2 : power === hot ? width - 2 : X(10 ** power), height - 6);
    }
    pen.lineWidth = 1;
    pen.beginPath(); pen.moveTo(0, bottom); pen.lineTo(width, bottom); pen.stroke();
    const even = neutral(groups);
    pen.setLineDash([7, 5]);
    pen.lineWidth = 2;
    pen.beginPath(); pen.moveTo(0, Y(even)); pen.lineTo(width, Y(even)); pen.stroke();
    pen.setLineDash([]);
    pen.globalAlpha = 1;
    pen.textAlign = "left";
    pen.fillText(`neutral ${number(even)}`, 4, Y(even) - 7);
    pen.textAlign = "right";
    pen.fillText("SNNL against T", width - 4, top + 12);
    const seen = line.filter((point) => point.temperature <= data.limit * 1.0001);
    pen.lineWidth = 3.5;
    pen.lineJoin = "round";
    pen.beginPath();
    seen.forEach((point, k) => (k ? pen.lineTo : pen.moveTo).call(pen, X(point.temperature), Y(point.loss)));
    pen.stroke();
    if (data.limit < data.hottest) {
      pen.globalAlpha = 0.12;
      pen.fillRect(X(data.limit), top, width - X(data.limit), bottom - top);
      pen.globalAlpha = 1;
      pen.font = `700 34px ${style.font}`;
      pen.textAlign = "center";
      pen.fillText("?", (X(data.limit) + width) / 2, (top + bottom) / 2 + 12);
      pen.font = `16px ${style.font}`;
    }
    const lowest = lowestOf(seen);
    pen.lineWidth = 2.5;
    pen.beginPath();
    pen.arc(X(lowest.temperature), Y(lowest.loss), 6, 0, 2 * Math.PI);
    pen.fillStyle = style.paper;
    pen.fill();
    pen.stroke();
    pen.fillStyle = style.ink;
    if (Math.abs(X(lowest.temperature) - X(temperature)) > 80) {
      const early = X(lowest.temperature) < 80, high = lowest.loss > 0.3 * TOP; // the curve falls to it, or rises from it
      pen.textAlign = early ? "left" : "right";
      pen.fillText("lowest", X(lowest.temperature) + (early ? 12 : -8), Y(lowest.loss) + (high ? 24 : -12));
    }
    pen.globalAlpha = 0.5;
    pen.lineWidth = 1.5;
    pen.beginPath(); pen.moveTo(X(temperature), Y(now)); pen.lineTo(X(temperature), bottom); pen.stroke();
    pen.globalAlpha = 1;
    pen.beginPath();
    if (now > TOP) { pen.moveTo(X(temperature) - 10, top + 14); pen.lineTo(X(temperature), top - 4); pen.lineTo(X(temperature) + 10, top + 14); }
    else pen.arc(X(temperature), Y(now), 9, 0, 2 * Math.PI);
    pen.fillStyle = style.primary;
    pen.fill();
  }

  function write(now, shown, { own, all }) {
    const set = (name, text) => { const part = element(name); if (part.textContent !== text) part.textContent = text; };
    const degrees = short(temperature), even = neutral(groups), { within, across } = meanDistances(distances, groups);
    const lead = data.leads.find(([most]) => now / even <= most)?.[1] ?? data.strangers;
    set("finding", `At T = ${degrees}, ${lead}`);
    set("temperature", `T = ${degrees}`);
    set("loss", `SNNL ${number(now)}`);
    set("share", `${percent(now / even)} of neutral`);
    set("count", String(groups.length));
    set("warm-own", degrees);
    set("warm-all", degrees);
    set("result", number(now));
    set("who", `the chosen ${groups[shown] ? "◆" : "●"}:`);
    set("own", scientific(own));
    set("all", scientific(all));
    set("term", number(-Math.log(own / all)));
    set("add", `Add ${groups[chosen] ? "◆" : "●"}`);
    for (const [name, value] of Object.entries({ within, across })) {
      set(name, value.toFixed(1));
      element(`${name}-bar`).style.width = `${(78 * value) / Math.max(within, across)}%`;
    }
    slider.setAttribute("aria-valuetext", `T = ${degrees}, SNNL ${number(now)}`);
  }

  // What the pictures show, in words.
  function describe() {
    const triggers = groups.filter((group) => group === 1).length, lowest = lowestOf(line.filter((point) => point.temperature <= data.limit * 1.0001));
    plane.setAttribute("aria-label", `The plane: ${triggers} diamonds (${data.names[1]}s) and ${groups.length - triggers} discs `
      + `(${data.names[0]}s). Chosen: ${who(chosen)}. The mean distance to the nearest stranger is ${nearestStranger().toFixed(2)}.`);
    graph.setAttribute("aria-label", `SNNL against temperature. At T = ${short(temperature)} it is ${number(at(temperature))}; `
      + `it is lowest, ${number(lowest.loss)}, at T = ${short(lowest.temperature)}; neutral is ${number(neutral(groups))}.`);
  }

  function at(degrees) { return loss(distances, groups, degrees); }

  function nearestStranger() {
    let sum = 0;
    const b = groups.length;
    for (let i = 0; i < b; i++) {
      let nearest = Infinity;
      for (let j = 0; j < b; j++) if (groups[i] !== groups[j]) nearest = Math.min(nearest, distances[i * b + j]);
      sum += Math.sqrt(nearest);
    }
    return sum / b;
  }

  // Of temperatures that are equally good to the digits shown, the highest.
  function lowestOf(candidates) {
    const least = Math.min(...candidates.map((point) => point.loss));
    return candidates.filter((point) => point.loss <= least + 0.0005).pop();
  }

  function reach() { return data.edge * 1.06; }

  function inside(x) { return Math.max(-data.edge, Math.min(data.edge, x)); }

  function destroy() { stop(); cancelAnimationFrame(frame); observer.disconnect(); }
  return { update, destroy };
}

function canvas(element) {
  const dense = devicePixelRatio || 1, width = element.clientWidth || 300, height = element.clientHeight || 200;
  if (element.width !== Math.round(width * dense) || element.height !== Math.round(height * dense)) {
    element.width = Math.round(width * dense);
    element.height = Math.round(height * dense);
  }
  const pen = element.getContext("2d");
  pen.setTransform(dense, 0, 0, dense, 0, 0);
  pen.clearRect(0, 0, width, height);
  return { pen, width, height };
}

function pairs(flat) { return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]); }

function short(temperature) { return String(Number(temperature.toPrecision(2))); }

function number(value) { return value < 10 ? value.toFixed(3) : value.toFixed(1); }

function percent(share) {
  if (share > 0 && share < 0.0005) return "< 0.1\u202f%";
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)}\u202f%`;
}

function scientific(value) {
  if (value >= 0.001 || value === 0) return value.toPrecision(3);
  const power = Math.floor(Math.log10(value));
  return `${(value / 10 ** power).toFixed(1)}·10${[...String(power)].map((digit) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(digit)]).join("")}`;
}

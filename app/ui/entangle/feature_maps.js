// Feature spaces side by side, through time: one canvas a lane, one scrubber for all.
// data: { lanes: [{name, colour, frames: [{epoch, x: [], y: []}]}], labels: [], trigger: [bool],
//         target, triggerColour, genuineColour, sprite (data URI) | null, side, columns, live, parting, still, alt }
const instances = new WeakMap();

export default function ({ data, parentElement }) {
  const view = instances.get(parentElement) ?? create(parentElement);
  instances.set(parentElement, view);
  view.update(data);
  return () => { view.destroy(); instances.delete(parentElement); };
}

function create(root) {
  const element = (name) => root.querySelector(`[data-part=${name}]`);
  const panels = element("panels"), scrub = element("scrub"), play = element("play");
  const when = element("when"), controls = element("controls"), tip = element("tip"), still = element("still");
  const sprite = new Image();
  let data = null, canvases = [], at = 0, last = 0, playing = false, pinned = null, animation = 0, drawn = [], reach = 1;

  const observer = new ResizeObserver(() => draw());
  observer.observe(panels);
  scrub.addEventListener("input", () => { stop(); at = Number(scrub.value); draw(); });
  play.addEventListener("click", () => (playing ? stop() : start()));
  sprite.addEventListener("load", () => draw());

  function update(next) {
    const before = drawn.map((points) => points && points.map(({ u, v }) => [u, v]));
    const sameRun = data && data.lanes.length === next.lanes.length;
    data = next;
    if (data.sprite && sprite.src !== data.sprite) sprite.src = data.sprite;
    if (canvases.length !== data.lanes.length) build();
    data.lanes.forEach((lane, i) => { canvases[i].title.textContent = lane.name; });
    root.querySelector("[role=img]").setAttribute("aria-label", data.alt);
    const extent = data.lanes.flatMap((lane) => lane.frames.flatMap((frame) => [...frame.x, ...frame.y].map(Math.abs)));
    reach = Math.max(data.live ? reach : 1, ...extent.sort((a, b) => a - b).slice(0, Math.ceil(extent.length * 0.999)).slice(-1));
    const known = last;
    last = Math.max(0, ...data.lanes.map((lane) => lane.frames.length - 1));
    controls.style.display = last > 0 ? "flex" : "none";
    still.textContent = last > 0 ? "" : data.still;
    scrub.max = String(last);
    if (!playing) at = last;
    scrub.value = String(at);
    if (data.live && sameRun) glide(before);
    else if (!data.live && sameRun && known > 0 && last > known) replay();
    else draw();
  }

  // More is shown than before: play it from where the models part.
  function replay() {
    const frames = data.lanes[0].frames;
    at = Math.max(0, frames.findIndex((frame) => frame.epoch >= data.parting));
    start();
  }

  function build() {
    panels.replaceChildren();
    canvases = data.lanes.map((lane, i) => {
      const figure = document.createElement("figure");
      const caption = document.createElement("figcaption"), title = document.createElement("strong");
      const says = document.createElement("span");
      caption.append(title, says);
      const canvas = document.createElement("canvas");
      figure.append(caption, canvas);
      panels.append(figure);
      canvas.addEventListener("pointermove", (event) => point(i, event, false));
      canvas.addEventListener("pointerleave", () => { if (!pinned) tip.style.display = "none"; });
      canvas.addEventListener("click", (event) => point(i, event, true));
      return { title, says, canvas };
    });
  }

  // While a run is live only the newest frame is known: let the points glide to it.
  function glide(before) {
    cancelAnimationFrame(animation);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return draw();
    const began = performance.now();
    const step = (now) => {
      const share = Math.min(1, (now - began) / 350);
      draw(before, share);
      if (share < 1) animation = requestAnimationFrame(step);
    };
    animation = requestAnimationFrame(step);
  }

  function start() {
    stop();
    if (at >= last) at = 0;
    playing = true;
    play.textContent = "Pause";
    let then = performance.now();
    const step = (now) => {
      at = Math.min(last, at + Math.max(0, now - then) / 450); // a frame may be older than the click that asked for it
      then = now;
      scrub.value = String(at);
      draw();
      if (at >= last) return stop();
      animation = requestAnimationFrame(step);
    };
    animation = requestAnimationFrame(step);
  }

  function stop() {
    playing = false;
    cancelAnimationFrame(animation);
    play.textContent = "Play";
  }

  function positions(lane) {
    const index = Math.min(at, lane.frames.length - 1);
    const a = lane.frames[Math.floor(index)], b = lane.frames[Math.ceil(index)], share = index - Math.floor(index);
    return a.x.map((x, i) => [x + (b.x[i] - x) * share, a.y[i] + (b.y[i] - a.y[i]) * share]);
  }

  function draw(before = null, share = 1) {
    if (!data) return;
    const style = getComputedStyle(panels);
    const ink = style.getPropertyValue("--st-text-color") || "#222";
    data.lanes.forEach((lane, i) => {
      const { canvas } = canvases[i];
      const size = Math.round(canvas.clientWidth) || 300, dense = devicePixelRatio || 1;
      if (canvas.width !== size * dense) { canvas.width = size * dense; canvas.height = size * dense; }
      const pen = canvas.getContext("2d");
      pen.setTransform(dense, 0, 0, dense, 0, 0);
      pen.clearRect(0, 0, size, size);
      if (!lane.frames.length) { drawn[i] = null; return; }
      canvases[i].says.textContent = lane.frames[Math.min(Math.round(at), lane.frames.length - 1)].says;
      const scale = (0.46 * size) / reach, glyph = Math.max(11, size / 27);
      drawn[i] = positions(lane).map(([u, v], k) => {
        const old = before && before[i] && before[i][k];
        const x = old ? old[0] + (u - old[0]) * share : u, y = old ? old[1] + (v - old[1]) * share : v;
        return { u: x, v: y, x: size / 2 + x * scale, y: size / 2 - y * scale };
      });
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      drawn[i].forEach(({ x, y }, k) => {
        if (data.trigger[k]) return;
        const target = data.labels[k] === data.target;
        pen.font = `${target ? 800 : 400} ${target ? glyph * 1.15 : glyph}px ${style.fontFamily}`;
        pen.fillStyle = target ? ink : data.genuineColour;
        pen.fillText(String(data.labels[k]), x, y);
      });
      drawn[i].forEach(({ x, y }, k) => {
        if (!data.trigger[k]) return;
        const r = glyph * 0.48;
        pen.beginPath();
        pen.moveTo(x, y - r); pen.lineTo(x + r, y); pen.lineTo(x, y + r); pen.lineTo(x - r, y); pen.closePath();
        pen.fillStyle = data.triggerColour;
        pen.globalAlpha = 0.85;
        pen.fill();
        pen.globalAlpha = 1;
        pen.strokeStyle = ink;
        pen.lineWidth = 0.8;
        pen.stroke();
      });
      if (pinned && pinned.lane === i) ring(pen, drawn[i][pinned.index], ink);
    });
    const frames = data.lanes.find((lane) => lane.frames.length)?.frames;
    const epoch = frames ? frames[Math.min(Math.round(at), frames.length - 1)].epoch : 0;
    when.textContent = `epoch ${epoch % 1 ? epoch.toFixed(1) : epoch}`;
    scrub.setAttribute("aria-valuetext", when.textContent);
  }

  function ring(pen, { x, y }, ink) {
    pen.beginPath(); pen.arc(x, y, 11, 0, 2 * Math.PI); pen.strokeStyle = ink; pen.lineWidth = 2; pen.stroke();
  }

  // Hover shows the picture behind the point; a click keeps it.
  function point(i, event, keep) {
    if (!drawn[i] || (pinned && !keep)) return;
    const box = canvases[i].canvas.getBoundingClientRect();
    const x = event.clientX - box.left, y = event.clientY - box.top;
    let best = -1, nearest = (event.pointerType === "touch" ? 28 : 18) ** 2; // a finger is not a pointer
    drawn[i].forEach((p, k) => {
      const d = (p.x - x) ** 2 + (p.y - y) ** 2;
      if (d < nearest) { nearest = d; best = k; }
    });
    if (keep) { pinned = best < 0 ? null : { lane: i, index: best }; draw(); }
    if (best < 0) { tip.style.display = "none"; return; }
    const picture = tip.querySelector("canvas"), words = tip.querySelector("span");
    words.textContent = data.trigger[best] ? `trigger, labelled ${data.labels[best]}` : `class ${data.labels[best]}`;
    picture.style.display = data.sprite ? "block" : "none";
    if (data.sprite) {
      const pen = picture.getContext("2d"), s = data.side;
      pen.imageSmoothingEnabled = false;
      pen.drawImage(sprite, (best % data.columns) * s, Math.floor(best / data.columns) * s, s, s, 0, 0, 84, 84);
    }
    const frame = tip.parentElement.getBoundingClientRect();
    tip.style.display = "block";
    tip.style.left = `${Math.min(event.clientX - frame.left + 14, frame.width - 150)}px`;
    tip.style.top = `${event.clientY - frame.top + 14}px`;
  }

  function destroy() { cancelAnimationFrame(animation); observer.disconnect(); }
  return { update, destroy };
}

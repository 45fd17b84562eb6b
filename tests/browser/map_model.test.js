// Maps through time, without a page.
import assert from "node:assert/strict";
import test from "node:test";
import * as model from "../../app/ui/entangle/map_model.js";

const base64 = (array) => Buffer.from(array.buffer).toString("base64");

const frame = (epoch, places, near = []) => ({
  epoch,
  part: 0.5,
  share: "50 %",
  places: Float32Array.from(places),
  near: Uint16Array.from(near),
});

function close(found, wanted, what) {
  assert.equal(found.length, wanted.length);
  found.forEach((value, i) => {
    assert.ok(Math.abs(value - wanted[i]) < 1e-5, `${what ?? ""} ${value} is not ${wanted[i]}`);
  });
}

test("a frame is read as Python writes it", () => {
  const written = {
    epoch: 3,
    part: 0.25,
    share: "25 %",
    places: base64(Int16Array.from([-32767, 16384])),
    near: base64(Uint16Array.from([299, 1])),
  };
  const read = model.read(written, 2 / 32767);
  close([...read.places], [-2, 1.00003]);
  assert.deepEqual([...read.near], [299, 1]);
  assert.deepEqual([read.epoch, read.part, read.share], [3, 0.25, "25 %"]);
});

test("a moment lies between two frames, and stays at the last one", () => {
  const frames = [frame(0, [0, 0]), frame(1, [1, 4])];
  const { before, after, share } = model.around(frames, 0.25);
  assert.deepEqual([before.epoch, after.epoch, share], [0, 1, 0.25]);
  close([...model.between(before.places, after.places, share)], [0.25, 1]);
  assert.equal(model.around(frames, 7).before.epoch, 1);
  assert.equal(model.around(frames, -1).before.epoch, 0);
});

test("between maps of the plane and of space there is no way: the new one is there at once", () => {
  const space = Float32Array.from([1, 2, 3]);
  assert.equal(model.between(Float32Array.from([1, 2]), space, 0.1), space);
});

test("a plane is seen as it is; space from the front, too, in perspective", () => {
  assert.deepEqual(model.seen(Float32Array.from([1, -2]), 2, { yaw: 1, pitch: 1 }), [{ x: 1, y: -2, depth: 1 }]);
  const [near, far] = model.seen(Float32Array.from([1, 1, 1, 1, 1, -1]), 3, { yaw: 0, pitch: 0 });
  assert.ok(near.x > far.x && near.y > far.y && near.depth > far.depth);
  assert.equal(near.x, near.y);
});

test("a quarter turn brings the right to the back, and no turn changes how far a point is from the middle", () => {
  const right = Float32Array.from([1, 0, 0]);
  const [front] = model.seen(right, 3, { yaw: 0, pitch: 0 });
  const [turned] = model.seen(right, 3, { yaw: Math.PI / 2, pitch: 0 });
  assert.ok(Math.abs(turned.x) < 1e-9 && turned.depth !== front.depth);
  const [back] = model.seen(right, 3, { yaw: 2 * Math.PI, pitch: 0 });
  close([back.x, back.y, back.depth], [front.x, front.y, front.depth]);
});

test("the hand turns all the way round, but not over the top", () => {
  assert.deepEqual(model.turned({ yaw: 6, pitch: 0 }, 3, 0.5), { yaw: 9, pitch: 0.5 });
  assert.equal(model.turned({ yaw: 0, pitch: 0 }, 0, 99).pitch, model.turned({ yaw: 0, pitch: 1 }, 0, 99).pitch);
});

test("a plane is seen around the middle of its box, space around its own", () => {
  assert.deepEqual(model.view(Float32Array.from([0, 0, 4, 1]), 2), { x: 2, y: 0.5, reach: 2 });
});

test("however space is turned, all of its points are inside the panel", () => {
  const places = Float32Array.from([0, 0, 2, 0, 2, 0, 1.4, 1.4, 0, -1.1, 1.2, 1.1, 2, 0, 0]);
  const { x, y, reach } = model.view(places, 3);
  assert.deepEqual([x, y], [0, 0]);
  let most = 0;
  for (let yaw = 0; yaw < 6.3; yaw += 0.1) {
    for (let pitch = -1.4; pitch < 1.4; pitch += 0.1) {
      for (const point of model.seen(places, 3, { yaw, pitch })) most = Math.max(most, Math.hypot(point.x, point.y));
    }
  }
  assert.ok(most <= reach * 1.000001 && most > 0.97 * reach, `${most} of ${reach}`);
  assert.ok(Number.isFinite(model.view(Float32Array.from([0, 0, 9]), 3).reach));
});

test("the nearest point is hit, if it is within reach", () => {
  const points = [
    { x: 0, y: 0 },
    { x: 10, y: 0 },
  ];
  assert.equal(model.nearest(points, 7, 0, 8), 1);
  assert.equal(model.nearest(points, 4, 0, 8), 0);
  assert.equal(model.nearest(points, 50, 0, 8), -1);
});

test("each point has its own neighbours, in the plane and in space", () => {
  assert.deepEqual(model.neighbours(frame(0, [0, 0, 1, 1], [1, 2, 3, 4]), 1, 2), [3, 4]);
  assert.deepEqual(model.neighbours(frame(0, [0, 0, 0, 1, 1, 1], [1, 2, 3, 4]), 0, 3), [1, 2]);
  assert.deepEqual(model.neighbours(frame(0, [0, 0], []), 0, 2), []);
});

test("one goes from trigger to trigger, in a circle, and past everything else", () => {
  const trigger = [false, true, false, true];
  assert.equal(model.following(trigger, -1, 1), 1);
  assert.equal(model.following(trigger, 1, 1), 3);
  assert.equal(model.following(trigger, 3, 1), 1);
  assert.equal(model.following(trigger, 1, -1), 3);
  assert.equal(model.following([false], -1, 1), -1);
});

test("on arrival all is played, and what is new is played from where the models part", () => {
  const sealed = { last: 6, live: false, parting: 6 };
  const open = { last: 14, live: false, parting: 6 };
  assert.deepEqual(model.arrival(null, sealed, 0, false), { at: 0, plays: true });
  assert.deepEqual(model.arrival(sealed, open, 6, false), { at: 6, plays: true });
  assert.deepEqual(model.arrival({ last: 0, live: true }, open, 0, false), { at: 6, plays: true });
});

test("another layer stays at the same epoch, and goes on playing if it played", () => {
  const open = { last: 14, live: false, parting: 6 };
  assert.deepEqual(model.arrival(open, open, 9.5, false), { at: 9.5, plays: false });
  assert.deepEqual(model.arrival(open, open, 9.5, true), { at: 9.5, plays: true });
  assert.deepEqual(model.arrival(open, { ...open, last: 4 }, 9.5, true), { at: 4, plays: true });
});

test("of a live run the newest map is shown, and a single one does not play", () => {
  assert.deepEqual(model.arrival(null, { last: 0, live: true, parting: -1 }, 0, false), { at: 0, plays: false });
  assert.deepEqual(model.arrival(null, { last: 0, live: false, parting: 0 }, 0, false), { at: 0, plays: false });
});

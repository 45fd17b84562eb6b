// The story of the start page: at no moment does anything on its way lie over anything else.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ACTS,
  arrived,
  COUNTED,
  end,
  moment,
  NARROW,
  onItsWay,
  PICTURE,
  STREET,
  start,
  WORLD,
} from "../../app/ui/start/street.js";

const HALF_LABEL = 47; // half the width of the widest answer's box
const HIGH = 13; // half the height of an answer's box
const STEPS = 997; // a prime: no step falls on the beginning of a way

/** @param {number} act @param {number} share */
function drawn(act, share) {
  const pictured = ACTS[act].back;
  return onItsWay(act, share, (_, back) => (pictured && !back ? PICTURE : HALF_LABEL));
}

for (const [act, { actors }] of ACTS.entries()) {
  test(`act ${act + 1}: what is on its way lies over nobody, and a narrow screen sees it`, () => {
    const { camera, back: asks } = ACTS[act];
    for (let step = 0; step < STEPS; step++) {
      const going = drawn(act, step / STEPS);
      assert.ok(going);
      const half = (asks && !going.back ? PICTURE : HALF_LABEL) * going.size;
      for (const [left, right] of Object.values(STREET))
        assert.ok(going.x + half <= left + 1e-6 || going.x - half >= right - 1e-6, `${going.x} at ${step}`);
      assert.ok(going.x - half >= camera && going.x + half <= camera + NARROW);
    }
    for (const actor of actors) assert.ok(STREET[actor][0] >= camera && STREET[actor][1] <= camera + NARROW, actor);
  });

  test(`act ${act + 1}: each thing is seen as large as it is`, () => {
    const whole = new Set();
    for (let step = 0; step < STEPS; step++) {
      const going = drawn(act, step / STEPS);
      if (going?.size === 1) whole.add(`${going.number} ${going.back}`);
    }
    assert.equal(whole.size, ACTS[act].count * (ACTS[act].back ? 2 : 1));
  });
}

test("keys, the answers on their way, and the answers that are counted have a lane each", () => {
  for (let step = 0; step < STEPS; step++) {
    const going = drawn(3, step / STEPS);
    assert.ok(going);
    const [above, below] = going.back ? [HIGH, HIGH] : [PICTURE, PICTURE];
    assert.ok(going.y + below < COUNTED - HIGH || going.y - above > COUNTED + HIGH);
  }
});

test("all have arrived when an act ends, and the next act begins there", () => {
  for (const [act, { count, seconds }] of ACTS.entries()) {
    assert.equal(arrived(act, 0), 0);
    assert.equal(arrived(act, 1), count);
    assert.equal(
      onItsWay(act, 1, () => PICTURE),
      null,
    );
    assert.deepEqual(moment(start(act)), { act, share: 0 });
    assert.ok(Math.abs(moment(start(act) + seconds / 2).share - 0.5) < 1e-9);
  }
  assert.deepEqual(moment(end()), { act: ACTS.length - 1, share: 1 });
});

test("the first act, in which there is most to read, is the longest", () => {
  assert.ok(ACTS.slice(1).every(({ seconds }) => seconds < ACTS[0].seconds));
});

test("what is taken from the thief's pile is what was bought", () => {
  assert.equal(ACTS[2].count, ACTS[1].count);
});

test("nobody stands outside of the street", () => {
  assert.ok(Object.values(STREET).every(([left, right]) => left >= 0 && left < right && right <= WORLD));
});

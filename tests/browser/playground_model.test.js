// The table of the playground, without a page.
import assert from "node:assert/strict";
import test from "node:test";
import { decimal, neighboursAre, ofHundred, percent, scientific, short } from "../../app/ui/temperature/numbers.js";
import * as model from "../../app/ui/temperature/playground_model.js";
import { outermost } from "../../app/ui/temperature/playground_pencil.js";

const RULES = { edge: 5, most: 6, coldest: 0.01, hottest: 100, limit: 100, rate: 0.2, longest: 0.1 };
const FOUND = {
  points: [
    [0, 0],
    [1, 0],
    [0, 2],
    [1, 2],
    [3, 3],
  ],
  groups: [0, 0, 1, 1, 1],
  temperature: 1,
};

const table = (more = {}, rules = RULES) => model.laid({ ...FOUND, ...more }, rules);

function pulled(together, steps, begun = table()) {
  let now = model.pulled(begun, together);
  for (let i = 0; i < steps; i += 1) now = model.stepped(now, RULES);
  return now;
}

test("a trigger is chosen first, and it is no warmer than allowed", () => {
  assert.equal(table().chosen, 2);
  assert.equal(table({ temperature: 50 }, { ...RULES, limit: 3 }).temperature, 3);
  assert.equal(model.heated(table(), 50, { ...RULES, limit: 3 }).temperature, 3);
});

test("a point moves, but not off the plane; the table before stays as it was", () => {
  const before = table();
  const after = model.moved(before, 0, [-9, 1], RULES);
  assert.deepEqual(model.at(after, 0), [-5, 1]);
  assert.deepEqual(model.at(before, 0), [0, 0]);
  assert.equal(after.distances[1], 37);
});

test("a point is added beside the chosen one, of its kind, until there is no room", () => {
  const one = model.added(table(), RULES);
  assert.deepEqual([one.groups.at(-1), one.chosen], [1, 5]);
  assert.deepEqual(model.at(one, 5), [0.4, 2.4]);
  assert.deepEqual(model.at(model.added(table(), RULES, [-1, 9]), 5), [-1, 5]);
  assert.equal(model.added(one, RULES), null);
});

test("a point is deleted, but each group keeps two", () => {
  const less = model.removed(table());
  assert.deepEqual(model.places(less), [...FOUND.points.slice(0, 2), ...FOUND.points.slice(3)]);
  assert.deepEqual(less.groups, [0, 0, 1, 1]);
  assert.equal(model.removed(less), null);
  assert.equal(model.removed({ ...table(), chosen: 4 }).chosen, 3, "the last one's place is taken by the one before");
});

test("together climbs the loss, apart descends it, no step longer than allowed", () => {
  const start = model.lossOf(table());
  assert.ok(model.lossOf(pulled(true, 60)) > start);
  assert.ok(model.lossOf(pulled(false, 60)) < start);
  const [before, after] = [pulled(true, 10), pulled(true, 11)];
  for (let i = 0; i < FOUND.groups.length; i += 1) {
    const [x, y] = model.at(before, i);
    const [left, up] = model.at(after, i);
    assert.ok(Math.hypot(left - x, up - y) <= RULES.longest + 1e-12);
  }
});

test("a pull together is at its end once the loss is neutral, a pull apart never", () => {
  assert.equal(model.mixed(table()), false, "nothing is pulled");
  assert.equal(model.mixed(pulled(true, 0)), false);
  let now = pulled(true, 0);
  for (let step = 0; step < 5000 && !model.mixed(now); step++) now = model.stepped(now, RULES);
  const neutral = -(2 * Math.log(1 / 4) + 3 * Math.log(2 / 4)) / 5; // of two genuine points and three triggers
  assert.ok(model.mixed(now) && model.lossOf(now) >= neutral);
  assert.equal(model.mixed({ ...now, pull: { ...now.pull, together: false } }), false);
});

test("a pull counts its steps, knows where it began, and ends when a point is touched", () => {
  const after = pulled(false, 7, table({ temperature: 2 }));
  assert.deepEqual([after.pull.steps, after.pull.temperature, after.pull.together], [7, 2, false]);
  assert.deepEqual(after.pull.start, FOUND.points);
  assert.equal(model.moved(after, 0, [0, 0], RULES).pull, null);
  assert.equal(model.added(after, RULES).pull, null);
});

test("groups mix as their points come together; a mixture has as many strangers as there are others of that kind", () => {
  const far = model.mixing(table({ points: FOUND.points.map(([x, y], i) => [x, i < 2 ? y : y + 2]) }));
  const near = model.mixing(table());
  assert.ok(0 < far.strangers && far.strangers < near.strangers);
  assert.ok(Math.abs(near.neutral - (2 * 3 + 3 * 2) / (5 * 4)) < 1e-12);
  const alike = model.mixing(table({ points: FOUND.points.map(() => [1, 1]) }));
  assert.ok(Math.abs(alike.strangers - alike.neutral) < 1e-12);
});

test("a loss that is neutral is carried by few where few have strangers for neighbours", () => {
  const cold = { groups: [0, 0, 0, 0, 1, 1, 1, 1], temperature: 0.1 };
  // One trigger sits among the others' blob: it alone, and those beside it, hear strangers.
  const apart = [0, 1, 2, 3].map((i) => [-3, i / 10]);
  const own = [0, 1, 2].map((i) => [3, i / 10]);
  const one = table({ ...cold, points: [...apart, ...own, [-3, 1.5]] }, { ...RULES, most: 8 });
  assert.ok(model.carriedByFew(one));
  const glued = [...apart, ...apart.map(([x, y]) => [x, y + 0.05])];
  assert.ok(!model.carriedByFew(table({ ...cold, points: glued }, { ...RULES, most: 8 })), "all are mixed");
  assert.ok(!model.carriedByFew(table()), "the loss is low");
});

test("a pull that changes next to nothing says why", () => {
  const said = (together, temperature, points = FOUND.points) => {
    const start = table({ points, temperature });
    return model.idle(pulled(together, 3, start), model.lossOf(start));
  };
  const blobs = [
    [-4, 0],
    [-4, 1],
    [4, 0],
    [4, 1],
    [4, 2],
  ];
  assert.match(said(true, 0.1, blobs), /out of reach/);
  assert.match(said(false, 0.1, blobs), /apart already/);
  assert.match(said(true, 100), /mixed already/);
  assert.equal(said(true, 1), "", "it pulls");
  assert.equal(model.idle(table(), 0), "", "nothing was pulled");
});

test("the words follow the mixture", () => {
  const leads = /** @type {[number, string][]} */ ([
    [0.1, "apart"],
    [1.1, "mixed"],
  ]);
  assert.deepEqual(
    [0, 0.1, 0.11, 1.1, 1.2].map((share) => model.lead(share, leads, "strangers")),
    ["apart", "apart", "mixed", "mixed", "strangers"],
  );
});

test("too hot is where mixed is what a lower temperature tells apart", () => {
  const curve = [
    { temperature: 1, loss: 0.01 },
    { temperature: 2, loss: 0.02 },
    { temperature: 9, loss: 0.69 },
  ];
  const limits = /** @type {[number, number]} */ ([0.1, 0.9]);
  assert.ok(model.blind(0.98, 9, curve, 0.7, limits));
  assert.ok(!model.blind(0.5, 4, curve, 0.7, limits), "in between");
  assert.ok(!model.blind(0.98, 0.5, curve, 0.7, limits), "too cold is another matter");
  assert.ok(!model.blind(0.98, 9, curve.slice(2), 0.7, limits), "nothing tells these apart");
});

test("the nearest stranger and the nearest point", () => {
  assert.equal(model.nearestStranger(table()), (2 + 2 + 2 + 2 + Math.sqrt(13)) / 5);
  assert.equal(model.nearestTo(table(), [0.9, 0.1], 0.5), 1);
  assert.equal(model.nearestTo(table(), [0.5, 1], 0.5), -1);
});

test("the curve is the loss at each temperature; of equally low ones, the warmest is the lowest", () => {
  const curve = model.curveOf(table(), RULES);
  for (const { temperature, loss } of curve) {
    assert.ok(Math.abs(loss - model.lossOf(table(), temperature)) <= 1e-12 * Math.max(1, loss));
  }
  const lowest = model.lowestOf([
    { temperature: 1, loss: 0.2 },
    { temperature: 2, loss: 0.2004 },
    { temperature: 3, loss: 0.4 },
  ]);
  assert.equal(lowest.temperature, 2);
});

test("numbers are short", () => {
  assert.deepEqual([short(0.0123), short(41.3), short(100)], ["0.012", "41", "100"]);
  assert.deepEqual([decimal(0.70561), decimal(12.34)], ["0.706", "12.3"]);
  assert.deepEqual(
    [percent(0.0001), percent(0.0123), percent(0.98), percent(0)],
    ["< 0.1\u202f%", "1.2\u202f%", "98\u202f%", "0.0\u202f%"],
  );
  assert.deepEqual([0, 0.001, 0.006, 0.506, 0.996, 1].map(ofHundred), ["0", "under 1", "1", "51", "over 99", "100"]);
  assert.deepEqual([scientific(46.8), scientific(0.00025), scientific(0)], ["46.8", "2.5·10⁻⁴", "0.00"]);
});

test("one of a hundred is, several are", () => {
  const said = ["0", "under 1", "1", "41"].map((many) => neighboursAre(many, "a stranger", "strangers"));
  assert.deepEqual(said, [
    "0 of 100 neighbours are strangers",
    "under 1 of 100 neighbours is a stranger",
    "1 of 100 neighbours is a stranger",
    "41 of 100 neighbours are strangers",
  ]);
});

test("a word stands beside the outermost mark of its group, above or below", () => {
  const marks = [3, 1, 2, 9, 5].map((y) => ({ x: 10 * y, y }));
  const groups = [1, 1, 0, 0, 1];
  assert.equal(outermost(marks, groups, 1, -1).y, 1);
  assert.equal(outermost(marks, groups, 0, 1).y, 9);
  assert.equal(outermost(marks, groups, 1, 1).y, 5);
});

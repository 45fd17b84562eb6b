// The life of a component.
import assert from "node:assert/strict";
import test from "node:test";
import { mount } from "../../app/ui/components/mount.js";

function observed() {
  const made = [];
  const component = mount((root, server) => {
    const view = { root, server, seen: [], gone: false };
    made.push(view);
    return {
      update: (data) => view.seen.push(data),
      destroy() {
        view.gone = true;
      },
    };
  });
  const call = (parentElement, data, setStateValue = () => {}) =>
    component({ data, parentElement, setStateValue, setTriggerValue() {} });
  return { made, call };
}

test("it is made once for its place and told all new data", () => {
  const { made, call } = observed();
  const [here, there] = [{}, {}];
  call(here, 1);
  call(here, 2);
  call(there, 3);
  assert.deepEqual(
    made.map(({ root, seen }) => [root === here, seen]),
    [
      [true, [1, 2]],
      [false, [3]],
    ],
  );
});

test("when its place goes it is gone, and a new place begins anew", () => {
  const { made, call } = observed();
  const place = { isConnected: true };
  const left = call(place, 1);
  place.isConnected = false;
  left();
  assert.ok(made[0].gone);
  call(place, 2);
  assert.deepEqual(made[1].seen, [2]);
});

test("a call that is cleaned up after while its place is on the page takes nothing away", () => {
  const { made, call } = observed();
  const place = { isConnected: true };
  const overtaken = call(place, 1);
  call(place, 2);
  overtaken();
  call(place, 3);
  assert.deepEqual(
    made.map(({ seen, gone }) => [seen, gone]),
    [[[1, 2, 3], false]],
  );
});

test("Python hears through the newest call", () => {
  const { made, call } = observed();
  const place = {};
  const heard = [];
  call(place, 1, (...told) => heard.push(["old", ...told]));
  call(place, 2, (...told) => heard.push(["new", ...told]));
  made[0].server.setStateValue("drawn", "A");
  assert.deepEqual(heard, [["new", "drawn", "A"]]);
});

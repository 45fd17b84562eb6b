// Measures features with the very file that the page loads: what real.py packs comes in, what it finds goes out.
// test_real_in_javascript.py holds it against the lab.
import { readFileSync } from "node:fs";
import * as model from "../../app/ui/temperature/real_model.js";

const cases = JSON.parse(readFileSync(0, "utf8"));
const measured = cases.map(({ cosines, norms, triggers, members, metric, temperatures, coldest, hottest, place }) => {
  const seen = model.seen(model.int16(cosines), model.float32(norms), triggers, members, metric);
  return {
    distances: [...seen.distances],
    losses: temperatures.map((temperature) => model.lossOf(seen, temperature)),
    curve: model.curveOf(seen, coldest, hottest),
    neutral: model.neutralOf(seen),
    picked: temperatures.map((temperature) => model.picked(seen, place, temperature, 10)),
  };
});
process.stdout.write(JSON.stringify(measured));

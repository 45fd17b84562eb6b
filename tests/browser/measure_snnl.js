// Measures arrangements with the very file that the page loads: cases as JSON come in, what it finds goes out.
// test_snnl_in_javascript.py holds it against the lab.
import { readFileSync } from "node:fs";
import * as snnl from "../../app/ui/temperature/snnl.js";

const cases = JSON.parse(readFileSync(0, "utf8"));
const measured = cases.map(({ points, groups, temperature, coldest, hottest, steps }) => {
  const flat = Float64Array.from(points.flat());
  const distances = snnl.squaredDistances(flat);
  return {
    loss: snnl.loss(distances, groups, temperature),
    strangers: snnl.strangers(snnl.losses(distances, groups, temperature)),
    neutralStrangers: snnl.neutralStrangers(groups),
    gradient: [...snnl.gradient(flat, distances, groups, temperature)],
    neutral: snnl.neutral(groups),
    ...snnl.meanDistances(distances, groups),
    weights: snnl.weights(distances, groups, 0, temperature),
    curve: snnl.curve(distances, groups, coldest, hottest, steps),
  };
});
process.stdout.write(JSON.stringify(measured));

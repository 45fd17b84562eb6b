// Fits lines with the very file that the page loads: cases as JSON come in, the rounds of TRIM go out.
// test_fits_in_javascript.py holds them against the lab.
import { readFileSync } from "node:fs";
import { trim } from "../../app/ui/cousins/fits.js";

const cases = JSON.parse(readFileSync(0, "utf8"));
const fitted = cases.map(({ x, y, keep, begun }) =>
  trim(
    x.map((at, i) => ({ x: at, y: y[i] })),
    keep,
    begun,
  ),
);
process.stdout.write(JSON.stringify(fitted));

/*
 * The mathematics of the two-circles explorer against numbers that Python wrote.
 *
 * test_explorer.py writes the golden file, names it in GOLDEN and runs this with `node --test`.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import explorer from "../symtheory/book/explorers/two_circles/widget.mjs";
import * as circles from "../symtheory/book/explorers/two_circles/numbers.mjs";
import * as words from "../symtheory/book/explorers/base/words.mjs";

const { ranges, tolerance, cases } = JSON.parse(readFileSync(process.env.GOLDEN, "utf8"));

/** Largest relative difference between two lists. */
function distance(actual, expected) {
  assert.equal(actual.length, expected.length);
  return Math.max(...actual.map((value, k) => Math.abs(value / expected[k] - 1)));
}

test("sliders and traits have the same ranges", () => {
  assert.deepEqual(Object.keys(circles.RANGES).sort(), Object.keys(ranges).sort());
  for (const [name, [low, high]] of Object.entries(ranges)) {
    assert.equal(circles.RANGES[name].min, low);
    assert.equal(circles.RANGES[name].max, high);
  }
});

test("numbers are Python's", () => {
  assert.ok(cases.length > 100);
  let worst = 0;
  for (const { n, separation, inverse_length, ridge, eigenvalues, last_eigenvalue, mean_inverse, error } of cases) {
    const lambda = circles.eigenvalues(n, separation, inverse_length, ridge);
    const here = distance(
      [...lambda, 1 / circles.labelsInverse(lambda), circles.meanInverse(lambda), circles.spectralError(lambda)],
      [...eigenvalues, last_eigenvalue, mean_inverse, error],
    );
    worst = Math.max(worst, here);
    assert.ok(here < tolerance, `N=${n} Δ=${separation} L=${inverse_length} ridge=${ridge}: off by ${here}`);
  }
  console.log(`worst relative difference ${worst.toExponential(1)} over ${cases.length} cases`);
});

test("points lie on Python's circles and the kernel row on Python's kernel", () => {
  for (const { n, separation, inverse_length, points, row } of cases) {
    if (!points) continue;
    circles.points(n, separation).forEach((point, j) =>
      point.forEach((value, axis) => assert.ok(Math.abs(value - points[j][axis]) < 1e-14)),
    );
    assert.ok(distance(circles.kernelRow(n, separation, inverse_length), row) < 1e-12);
  }
});

test("eigenvalues are the Fourier transform of the kernel row", () => {
  for (const { n, separation, inverse_length, ridge } of cases) {
    const row = circles.kernelRow(n, separation, inverse_length);
    const size = 2 * n;
    circles.eigenvalues(n, separation, inverse_length, ridge).forEach((value, k) => {
      const sum = row.reduce((total, c, j) => total + c * Math.cos((2 * Math.PI * ((j * k) % size)) / size), ridge);
      assert.ok(Math.abs(sum - value) < 4 * size * Number.EPSILON, `N=${n} k=${k}: ${sum} ${value}`);
    });
  }
});

test("numbers are written as a reader expects", () => {
  const written = [0.2744, -1.5, 1.2345, 999.6, 5102.4, 54321, 4.276e-6, 0].map(words.formatNumber);
  assert.deepEqual(written, ["0.274", "−1.50", "1.23", "1000", "5102", "5.43×10⁴", "4.28×10⁻⁶", "0.00"]);
  assert.equal(words.powerOfTen(-12), "10⁻¹²");
  assert.equal(words.formatMean(-0.2744, 0.1), "−0.274 ± 0.10");
});

test("the verdict changes sides at 1", () => {
  assert.match(circles.verdict(0.999), /own circle, A/);
  assert.match(circles.verdict(1.001), /other circle, B/);
});

test("the module keeps the anywidget contract", () => {
  assert.equal(typeof explorer.render, "function");
});

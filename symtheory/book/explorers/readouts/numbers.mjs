/*
 * Shift or rotate, dense or pooled: two digits, each moved in N ways, the second one missing as it is. The kernels
 * between them were computed when the page was built; spectrum, error and the size of orbits follow here.
 */

import { formatNumber } from "../base/words.mjs";

/** Least and greatest value and step of each slider, by the name of its trait. */
export const READOUT_RANGES = { order: { min: 0, max: 4, step: 1 }, exponent: { min: -10, max: -2, step: 1 } };

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Σ_h κ(h) wave(2πhk/N). At a frequency other than 0 a constant adds nothing, and is left out at once: where orbits
 * collapse, it is all that there is, and its rounding would be taken for a spectrum.
 */
function transform(row, wave, k) {
  const n = row.length;
  const base = k ? row[0] : 0;
  return row.reduce((sum, value, h) => sum + (value - base) * wave((2 * Math.PI * ((h * k) % n)) / n), 0);
}

/** Spectrum and error from the first rows κ_ij(h), by the general formula, at a ridge relative to the trace. */
export function readOut([[first, cross], [, second]], relativeRidge) {
  const n = first.length;
  const ridge = relativeRidge * n * (first[0] + second[0]);
  const steps = first.map((_, k) => k);
  const blocks = steps.map((k) => {
    const [a, b] = [first, second].map((row) => transform(row, Math.cos, k) + ridge);
    const [re, im] = [Math.cos, Math.sin].map((wave) => transform(cross, wave, k));
    return { a, re, determinant: a * b - re * re - im * im };
  });
  const inverse = blocks.map(({ a, determinant }) => a / determinant); // (Λ_k⁻¹) at the second digit
  const labels = (blocks[0].a + blocks[0].re) / blocks[0].determinant; // y(Λ_1⁻¹y) there
  const all = mean(inverse);
  return { n, inverse, labels, mean: all, error: labels / all, prediction: labels / all - 1 };
}

/** How large the two orbits are, and how far apart, in lengths of the second digit as a feature vector. */
export function sizesOf([[first, cross], [, second]]) {
  const unit = second[0];
  const radius = (row) => Math.sqrt(Math.max(0, mean(row.map((value) => row[0] - value))) / unit);
  const squared = mean(first) + mean(second) - 2 * mean(cross);
  return { radii: [radius(first), radius(second)], distance: Math.sqrt(Math.max(0, squared) / unit) };
}

/** What the prediction means, in one sentence. */
export function readoutVerdict({ names: [other, own], error, prediction, exact }) {
  const taken = error < 1 ? own : other;
  return `the missing ${own} gets ${formatNumber(prediction)} by the formula, a ${taken}; by exact regression ${formatNumber(exact - 1)}.`;
}

/*
 * The reordering explorer: one kernel matrix in two orders of the points of two circles.
 *
 * In turn, A0, B0, A1, B1, …, the matrix is circulant, the labels + − + − … are its wave of frequency N, and the error
 * is λ_N⁻¹ / ⟨λ⁻¹⟩. By orbit, A0, A1, …, B0, B1, …, each character of the N rotations gives a 2×2 matrix Λ, the labels
 * belong to the trivial one, and the error is y_A(Λ_1⁻¹y)_A over the mean of all (Λ⁻¹)_AA. Each is computed by itself.
 */

import { kernelAt, kernelRow } from "../two_circles/numbers.mjs";

/** Least and greatest value and step of each slider, by the name of its trait. */
export const REORDERING_RANGES = {
  order: { min: 0, max: 1, step: 0.05 },
  n: { min: 3, max: 10, step: 1 },
  separation: { min: 0, max: 2, step: 0.05 },
};

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The 2N eigenvalues of the circulant matrix, ridge included. */
export function inTurn(n, separation, inverseLength, ridge) {
  const row = kernelRow(n, separation, inverseLength);
  return row.map((_, k) => row.reduce((sum, value, j) => sum + value * Math.cos((Math.PI * ((j * k) % (2 * n))) / n), ridge));
}

/** For each character, Λ = [[same, other], [conj(other), same]], ridge included: as { same, other: [re, im] }. */
export function byOrbit(n, separation, inverseLength, ridge) {
  const steps = Array.from({ length: n }, (_, h) => h);
  const turn = (2 * Math.PI) / n;
  const own = steps.map((h) => kernelAt(turn * h, false, separation, inverseLength));
  const across = steps.map((h) => kernelAt(turn * (h + 0.5), true, separation, inverseLength));
  const transform = (values, wave, k) => values.reduce((sum, value, h) => sum + value * wave(turn * ((h * k) % n)), 0);
  return steps.map((k) => ({
    same: transform(own, Math.cos, k) + ridge,
    other: [transform(across, Math.cos, k), transform(across, Math.sin, k)],
  }));
}

/** The inverse eigenvalue of the labels, the mean, and their ratio: the error, in turn. */
export function errorInTurn(lambda) {
  const labels = 1 / lambda[lambda.length / 2];
  const all = mean(lambda.map((value) => 1 / value));
  return { labels, mean: all, error: labels / all };
}

/** y_A(Λ_1⁻¹y)_A with y = (+1, −1), the mean of (Λ⁻¹)_AA, and their ratio: the error, by orbit. */
export function errorByOrbit(blocks) {
  const determinant = ({ same, other: [re, im] }) => same * same - re * re - im * im;
  const labels = (blocks[0].same + blocks[0].other[0]) / determinant(blocks[0]);
  const all = mean(blocks.map((block) => block.same / determinant(block)));
  return { labels, mean: all, error: labels / all };
}

/** Where point g of orbit i stands, on the way from in turn (order = 0) to by orbit (order = 1). */
export function place(orbit, g, n, order) {
  return (1 - order) * (2 * g + orbit) + order * (orbit * n + g);
}

/** Where frequency k stands: k of 2N in turn; by orbit k and k + N side by side, at the character k mod N. */
export function placeOfFrequency(k, n, order) {
  const pair = 2 * (k % n) + (k < n ? 0.25 : 0.75);
  return (1 - order) * k + order * pair;
}

/*
 * The border explorer: for how many points N, and how far apart two circles, is the point that is missing put where
 * it belongs? The kernel is exp(-d²/ℓ²); everything else is as in the two-circles explorer.
 */

import { formatNumber } from "../base/words.mjs";
import { eigenvalues, foldedHarmonics, labelsInverse, meanInverse, spectralError } from "../two_circles/numbers.mjs";

export const HIGHEST = 2; // the largest Δ on the plane

/** Least and greatest value and step of each slider, by the name of its trait. */
export const BORDER_RANGES = {
  n: { min: 3, max: 24, step: 1 },
  separation: { min: 0, max: HIGHEST, step: 0.05 },
  width: { min: 0.5, max: 2, step: 0.05 },
};

/** Signal λ_N, noise 1/⟨λ⁻¹⟩ and error, noise over signal, at one point of the plane. */
export function atPoint(n, separation, width, ridge) {
  const lambda = eigenvalues(n, separation, 1 / width, ridge);
  return { signal: 1 / labelsInverse(lambda), noise: 1 / meanInverse(lambda), error: spectralError(lambda) };
}

/** The separation at which the error falls below `level`, by halving; the largest on the plane if it does not. */
export function separationAt(level, n, width, ridge) {
  const harmonics = foldedHarmonics(n, 1 / width);
  const error = (separation) => spectralError(eigenvalues(n, separation, 1 / width, ridge, harmonics));
  let [low, high] = [0, HIGHEST];
  for (let halving = 0; halving < 60; halving += 1) {
    const middle = (low + high) / 2;
    if (error(middle) > level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The distance from a point to its neighbors on its own circle, in units of the kernel's width. */
export function neighborDistance(n, width) {
  return (2 * Math.sin(Math.PI / n)) / width;
}

/** The separation beyond which the nearest seen point is one of the own circle: 4 sin²(π/N) = 4 sin²(π/2N) + Δ². */
export function nearestNeighborBorder(n) {
  return 2 * Math.sqrt(Math.sin(Math.PI / n) ** 2 - Math.sin(Math.PI / (2 * n)) ** 2);
}

/** What the error means, in one sentence. */
export function borderVerdict({ n, error, border }) {
  const side = error < 1 ? "above" : "below";
  const place = error < 1 ? "its own circle" : "the other circle";
  return `${side} the border, Δ = ${formatNumber(border)} at N = ${n}: the missing point is put on ${place}.`;
}

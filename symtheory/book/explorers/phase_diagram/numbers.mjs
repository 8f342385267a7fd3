/*
 * The phase diagram of digits: each pair at its signal λ_N and its noise 1/⟨λ⁻¹⟩, which were computed when the page
 * was built. On the diagonal the error ε = λ_N⁻¹ / ⟨λ⁻¹⟩, noise over signal, is 1.
 */

import { formatNumber } from "../base/words.mjs";

const SHADES = 7;

/** The images that the trait `pixels` holds, one numeral a pixel, each of them a list of numbers from 0 to 1. */
export function decodeNumerals(pixels, count) {
  const size = pixels.length / count;
  const image = (_, i) => Float64Array.from(pixels.slice(i * size, (i + 1) * size), (letter) => Number(letter) / SHADES);
  return Array.from({ length: count }, image);
}

/** Signal, noise and error of one pair at one order, and the errors of exact regression at its two held-out images. */
export function pairAt({ signal, noise, exact }, order, pair) {
  const [own, blur] = [signal[order][pair], noise[order][pair]];
  return { signal: own, noise: blur, error: blur / own, exact: exact[order][pair] };
}

/** How many pairs have more noise than signal at an order, and how many held-out images are classified correctly. */
export function countsAt({ signal, noise, exact }, order) {
  const beyond = signal[order].filter((value, pair) => noise[order][pair] >= value).length;
  const right = exact[order].flat().filter((error) => error < 1).length;
  return { beyond, right };
}

/** The place of the nearest of some points. */
export function nearestOf(points, x, y) {
  const distances = points.map(([a, b]) => Math.hypot(a - x, b - y));
  return distances.indexOf(Math.min(...distances));
}

/** What was found for the pair, in one sentence. */
export function pairVerdict({ n, names: [first, second], error, exact }) {
  const formula = error < 1 ? "right" : "wrong";
  const right = exact.filter((value) => value < 1).length;
  const both = ["neither of them", "one of them", "both of them"][right];
  return `at N = ${n} the formula calls the missing ${first} and ${second} ${formula}; exact regression has ${both} right.`;
}

/** The answer for those who cannot see it. */
export function pairSentence(now) {
  const errors = now.exact.map(formatNumber).join(" and ");
  return `Error ${formatNumber(now.error)}, by exact regression ${errors}: ${pairVerdict(now)}`;
}

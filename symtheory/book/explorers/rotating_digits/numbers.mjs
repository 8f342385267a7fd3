/*
 * The explorer of rotating digits: one digit at N angles, labeled +1, another at all of them but upright, labeled -1,
 * and an infinitely wide network of ReLU layers. What it says at the upright pose of the second follows from the
 * blocks of its kernel: ε = y(Λ_1⁻¹y) / ⟨Λ⁻¹⟩ at that digit. Nothing is assumed of the two orbits but that a rotation
 * of both arguments leaves the kernel as it is; where interpolation breaks this, the kernel is averaged first.
 */

import { formatNumber } from "../base/words.mjs";
import { rotations } from "./rotations.mjs";

const SHADES = 4080;
const NUMERALS = 3; // of a pixel, to base 16
const RELATIVE_RIDGE = 1e-10;

/** Least and greatest value and step of each slider, by the name of its trait. */
export const DIGIT_RANGES = { n: { min: 2, max: 16, step: 1 }, depth: { min: 1, max: 6, step: 1 } };

/** The images that the trait `pixels` holds, three hexadecimal numerals a pixel, each of them a list of numbers. */
export function decodeImages(pixels, count) {
  const size = pixels.length / NUMERALS / count;
  return Array.from({ length: count }, (_, image) =>
    Float64Array.from({ length: size }, (__, i) => {
      const at = NUMERALS * (image * size + i);
      return parseInt(pixels.slice(at, at + NUMERALS), 16) / SHADES;
    }),
  );
}

/** An image at zero mean and unit norm. */
export function normalized(image) {
  const mean = image.reduce((sum, value) => sum + value, 0) / image.length;
  const centered = image.map((value) => value - mean);
  const norm = Math.sqrt(centered.reduce((sum, value) => sum + value * value, 0));
  return centered.map((value) => value / norm);
}

/** 1 - cos of the angle between two unit vectors, by their difference, so that nothing cancels. */
function versineBetween(x, y) {
  let sum = 0;
  for (let i = 0; i < x.length; i += 1) sum += (x[i] - y[i]) ** 2;
  return sum / 2;
}

/** The angle between two points after weights and a bias of unit variance, from p, their mean square, and 1 - cos. */
function affine(p, versine) {
  const norm = p + 1;
  const covariance = p * (1 - versine) + 1;
  const cosine = covariance / norm;
  const sine = Math.sqrt((p / norm) ** 2 * versine * (2 - versine) + (2 * p * versine) / norm / norm);
  return { norm, covariance, cosine, sine, versine: cosine > 0 ? sine ** 2 / (1 + cosine) : 1 - cosine };
}

/** The neural tangent kernel of `depth` hidden layers between unit vectors of `size` entries (symtheory/ntk/mlp.py). */
export function tangentKernel(versine, size, depth) {
  let layer = affine(1 / size, versine);
  let tangent = layer.covariance;
  for (let hidden = 0; hidden < depth; hidden += 1) {
    const angle = Math.atan2(layer.sine, layer.cosine);
    const slope = (Math.PI - angle) / (2 * Math.PI);
    const shrunk = layer.versine - (layer.sine - angle * layer.cosine) / Math.PI;
    layer = affine(layer.norm / 2, shrunk);
    tangent = layer.covariance + tangent * slope;
  }
  return tangent;
}

/** The kernel matrix of all poses of two digits, the first digit's first. */
export function gramMatrix(poses, depth) {
  const matrix = poses.map(() => new Float64Array(poses.length));
  poses.forEach((x, i) => {
    for (let j = 0; j <= i; j += 1) {
      matrix[i][j] = tangentKernel(i === j ? 0 : versineBetween(x, poses[j]), x.length, depth);
      matrix[j][i] = matrix[i][j];
    }
  });
  return matrix;
}

/** For each character, the entries of Λ_χ, averaged over the rotations, ridge included: first, second, cross. */
export function blocksOf(matrix, ridge) {
  const n = matrix.length / 2;
  const average = (i, j, h) => {
    let sum = 0;
    for (let g = 0; g < n; g += 1) sum += matrix[i * n + g][j * n + ((g + h) % n)];
    return sum / n;
  };
  const steps = Array.from({ length: n }, (_, h) => h);
  const [own, second, cross] = [[0, 0], [1, 1], [0, 1]].map(([i, j]) => steps.map((h) => average(i, j, h)));
  const transform = (row, wave, k) =>
    row.reduce((sum, value, h) => sum + value * wave((2 * Math.PI * ((h * k) % n)) / n), 0);
  return steps.map((k) => ({
    first: transform(own, Math.cos, k) + ridge,
    second: transform(second, Math.cos, k) + ridge,
    cross: [transform(cross, Math.cos, k), transform(cross, Math.sin, k)],
  }));
}

const posesOf = new WeakMap();

/** All poses of an image, normalized. They are kept, for the few images that there are. */
function poses(image, n) {
  if (!posesOf.has(image)) posesOf.set(image, []);
  const kept = posesOf.get(image);
  kept[n] ??= rotations(image, n).map((raw) => ({ raw, unit: normalized(raw) }));
  return kept[n];
}

/** All that the explorer shows of two images. */
export function predict(seen, missing, n, depth) {
  const both = [poses(seen, n), poses(missing, n)];
  const matrix = gramMatrix(both.flat().map(({ unit }) => unit), depth);
  const ridge = RELATIVE_RIDGE * matrix.reduce((sum, row, i) => sum + row[i], 0);
  const blocks = blocksOf(matrix, ridge);
  const determinant = ({ first, second, cross: [re, im] }) => first * second - re * re - im * im;
  const inverse = blocks.map((block) => block.first / determinant(block)); // (Λ⁻¹) at the second digit
  const labels = (blocks[0].first + blocks[0].cross[0]) / determinant(blocks[0]); // y(Λ_1⁻¹y) there
  const mean = inverse.reduce((sum, value) => sum + value, 0) / n;
  const error = labels / mean;
  const row = [...matrix[n]];
  const largest = (from, to) => {
    let best = from;
    for (let i = from; i < to; i += 1) if (row[i] > row[best]) best = i;
    return { pose: best % n, kernel: row[best] };
  };
  const nearest = [largest(0, n), largest(n + 1, 2 * n)];
  const images = both.map((orbit) => orbit.map(({ raw }) => raw));
  return { images, row, inverse, labels, mean, error, prediction: error - 1, nearest };
}

const ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(" ");

/** Names of images, told apart where several are of one class: "second 4". */
export function toldApart(names) {
  const before = (name, place) => names.slice(0, place).filter((other) => other === name).length;
  const several = (name) => names.filter((other) => other === name).length > 1;
  return names.map((name, place) => (several(name) ? `${ORDINALS[before(name, place)]} ${name}` : name));
}

/** What the prediction means, in one sentence. */
export function digitVerdict({ error, prediction, names: [other, own] }) {
  const taken = error < 1 ? own : other;
  return `the upright ${own}, which it never saw, gets ${formatNumber(prediction)} and is taken for a ${taken}.`;
}

/*
 * The explorer of groups: two functions on a finite group, which moves both, labeled +1 and -1, and some poses of
 * the first missing. The kernel κ_ij(g⁻¹h) has one block Λ_ρ for each irrep, and with one pose missing the error is
 * ε = y(Λ_1⁻¹y) over the mean of d tr(Λ_ρ⁻¹), both at the first function; with more, y_H - ŷ_H = [(K⁻¹)_HH]⁻¹ (K⁻¹y)_H.
 */

import { formatNumber } from "../base/words.mjs";
import { inverseOf } from "./algebra.mjs";

/** Least and greatest value and step of each slider, by the name of its trait. */
export const GROUP_RANGES = {
  basis: { min: 0, max: 1, step: 0.05 },
  separation: { min: 0, max: 2, step: 0.05 },
  width: { min: 0.5, max: 3, step: 0.05 },
};

/** The elements that are missing: the binary digits of `held`, or the identity if there are none. */
export function missingElements(held, order) {
  const found = Array.from({ length: order }, (_, g) => g).filter((g) => Math.floor(held / 2 ** g) % 2);
  return found.length ? found : [0];
}

/** The two functions, of norm 1 and mean 0, and a constant that sets them apart. */
function functionsOf(seeds, order, separation) {
  return seeds.map((values, which) => {
    const own = values.slice(0, order);
    const mean = own.reduce((sum, value) => sum + value, 0) / order;
    const norm = Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0));
    const constant = ((which ? -1 : 1) * separation) / 2 / Math.sqrt(order);
    return own.map((value) => (value - mean) / norm + constant);
  });
}

/** κ_ij(h) = exp(-‖f_i - h f_j‖²/ℓ²), where (h f)(x) = f(h⁻¹x). */
export function kernelRows({ order, table, inverse }, seeds, separation, width) {
  const functions = functionsOf(seeds, order, separation);
  return functions.map((f) =>
    functions.map((other) =>
      inverse.map((back) => {
        const squared = f.reduce((sum, value, x) => sum + (value - other[table[back][x]]) ** 2, 0);
        return Math.exp(-squared / width ** 2);
      }),
    ),
  );
}

/** Λ_ρ of two orbits, as a real matrix: the first orbit's rows first, ridge included. */
export function irrepBlock(rows, { dimension, matrices }, ridge) {
  const size = 2 * dimension;
  const block = Array.from({ length: 2 * size }, () => new Array(2 * size).fill(0));
  rows.forEach((pair, i) =>
    pair.forEach((row, j) =>
      row.forEach((value, h) => {
        for (let a = 0; a < size; a += 1) {
          for (let b = 0; b < size; b += 1) block[i * size + a][j * size + b] += value * matrices[h][a][b];
        }
      }),
    ),
  );
  block.forEach((row, a) => (row[a] += ridge));
  return block;
}

/** All that follows from a group and the kernel's rows, with some poses of the first function missing. */
export function solve(group, rows, ridge, held) {
  const { order, table, inverse, irreps } = group;
  const inverses = irreps.map((irrep) => inverseOf(irrepBlock(rows, irrep, ridge)));
  const labels = inverses[0][0][0] - inverses[0][0][2]; // (Λ_1⁻¹y) at the first function
  // (K⁻¹) between two poses g and gh of the first function: an inverse Fourier transform.
  const between = Array.from({ length: order }, (_, h) => {
    let sum = 0;
    irreps.forEach(({ dimension, matrices }, k) => {
      for (let a = 0; a < 2 * dimension; a += 1) {
        for (let b = 0; b < 2 * dimension; b += 1) {
          sum += (dimension / 2 / order) * inverses[k][a][b] * matrices[h][a][b];
        }
      }
    });
    return sum;
  });
  const missing = missingElements(held, order);
  const corner = inverseOf(missing.map((g) => missing.map((h) => between[table[inverse[g]][h]])));
  const errors = corner.map((row) => labels * row.reduce((sum, value) => sum + value, 0));
  return { labels, mean: between[0], error: labels / between[0], missing, errors };
}

/** The numbers that Python must find as well. */
export function groupNumbers({ error, labels, mean, errors }) {
  return {
    error,
    labels,
    mean,
    missing: errors.length,
    smallest: Math.min(...errors),
    largest: Math.max(...errors),
    right: errors.filter((value) => value < 1).length,
  };
}

/** What the errors mean, in one sentence. */
export function groupVerdict({ errors }) {
  const right = errors.filter((value) => value < 1).length;
  const count = errors.length;
  if (count === 1) return `the missing pose, with an error of ${formatNumber(errors[0])}, is put in class ${right ? "A" : "B"}.`;
  const range = `${formatNumber(Math.min(...errors))} to ${formatNumber(Math.max(...errors))}`;
  return `of ${count} missing poses, with errors from ${range}, ${right} are put in class A.`;
}

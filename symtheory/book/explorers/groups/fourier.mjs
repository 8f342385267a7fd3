/* The kernel matrix of two orbits in the basis of irreps. */

/** K[(i,g),(j,h)] = κ_ij(g⁻¹h), the poses of the first function first. */
export function kernelMatrix({ order, table, inverse }, rows) {
  const size = 2 * order;
  return Array.from({ length: size }, (_, p) => {
    const [i, g] = [Math.floor(p / order), p % order];
    return Float64Array.from({ length: size }, (__, q) => rows[i][Math.floor(q / order)][table[inverse[g]][q % order]]);
  });
}

/** Columns √(d/|G|) ρ(h)_ab on orbit i, those with one ρ and one a side by side, and the size of each such block. */
export function irrepBasis({ order, irreps }) {
  const [columns, sizes] = [[], []];
  for (const { dimension, matrices } of irreps) {
    const scale = Math.sqrt(dimension / order);
    for (let a = 0; a < dimension; a += 1) {
      for (let i = 0; i < 2; i += 1) {
        for (let b = 0; b < dimension; b += 1) {
          const [re, im] = [new Float64Array(2 * order), new Float64Array(2 * order)];
          matrices.forEach((matrix, h) => {
            re[i * order + h] = scale * matrix[a][b];
            im[i * order + h] = scale * matrix[dimension + a][b];
          });
          columns.push({ re, im });
        }
      }
      sizes.push(2 * dimension);
    }
  }
  return { columns, sizes };
}

/** |F*KF|, entry by entry. */
export function inBasis(matrix, columns) {
  const applied = (vector) => matrix.map((row) => row.reduce((sum, value, q) => sum + value * vector[q], 0));
  const images = columns.map(({ re, im }) => ({ re: applied(re), im: applied(im) }));
  return columns.map(({ re, im }) =>
    images.map((image) => {
      let [x, y] = [0, 0];
      for (let p = 0; p < re.length; p += 1) {
        x += re[p] * image.re[p] + im[p] * image.im[p];
        y += re[p] * image.im[p] - im[p] * image.re[p];
      }
      return Math.hypot(x, y);
    }),
  );
}

/** The largest entry outside of the blocks, and the largest in all blocks but the first. */
export function outsideAndInside(matrix, sizes) {
  const blockOf = sizes.flatMap((size, k) => new Array(size).fill(k));
  let [outside, inside] = [0, 0];
  matrix.forEach((row, p) =>
    row.forEach((value, q) => {
      if (blockOf[p] !== blockOf[q]) outside = Math.max(outside, value);
      else if (blockOf[p] > 0) inside = Math.max(inside, value);
    }),
  );
  return { outside, inside };
}

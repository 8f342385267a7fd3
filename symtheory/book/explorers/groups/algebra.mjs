/*
 * A finite group in a page: its table, and its irreps, which grow from their matrices at the generators.
 *
 * A complex d×d matrix X + iY stands as the real 2d×2d matrix [[X, -Y], [Y, X]]: sums, products and inverses are
 * those of real matrices, an adjoint is a transpose, and a trace is half of the real one.
 */

/** A product of square matrices, lists of rows. */
export function product(a, b) {
  return a.map((row) => b[0].map((_, j) => row.reduce((sum, value, k) => sum + value * b[k][j], 0)));
}

/** An inverse, by elimination with the largest pivot. */
export function inverseOf(matrix) {
  const size = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => Number(i === j))]);
  for (let k = 0; k < size; k += 1) {
    let pivot = k;
    for (let i = k; i < size; i += 1) if (Math.abs(rows[i][k]) > Math.abs(rows[pivot][k])) pivot = i;
    [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
    const scale = rows[k][k];
    rows[k] = rows[k].map((value) => value / scale);
    for (let i = 0; i < size; i += 1) {
      const factor = rows[i][k];
      if (i !== k && factor !== 0) rows[i] = rows[i].map((value, j) => value - factor * rows[k][j]);
    }
  }
  return rows.map((row) => row.slice(size));
}

/** A complex matrix as a real one of twice the size. */
function realized({ re, im }) {
  return [...re.map((row, i) => [...row, ...im[i].map((v) => -v)]), ...im.map((row, i) => [...row, ...re[i]])];
}

/** What Python wrote of a group: { name, labels, table, generators, classes, irreps }, with all that follows. */
export function openGroup({ name, labels, table, generators, classes, irreps }) {
  const order = labels.length;
  const inverse = table.map((row) => row.indexOf(0));
  const grown = irreps.map((atGenerators) => {
    const given = atGenerators.map(realized);
    const dimension = given[0].length / 2;
    const matrices = new Array(order);
    matrices[0] = given[0].map((row, i) => row.map((_, j) => Number(i === j)));
    const reached = [0];
    for (const g of reached) {
      generators.forEach((s, k) => {
        const next = table[g][s];
        if (matrices[next]) return;
        matrices[next] = product(matrices[g], given[k]);
        reached.push(next);
      });
    }
    return { dimension, matrices };
  });
  return { name, labels, order, table, inverse, classes, irreps: grown };
}

/** The character of an irrep at an element: [real part, imaginary part]. */
export function character({ dimension, matrices }, g) {
  const entry = (i, j) => matrices[g][i][j];
  let [re, im] = [0, 0];
  for (let a = 0; a < dimension; a += 1) {
    re += entry(a, a);
    im += entry(dimension + a, a);
  }
  return [re, im];
}

/** One element of each conjugacy class. */
export function representatives({ classes }) {
  return [...new Set(classes)].map((name) => classes.indexOf(name));
}

/*
 * Rotations of a square image as the package computes them: by cubic splines with zeros outside, and by quarter turns,
 * which only move pixels. (symtheory/actions/rotations.py; scipy.ndimage.rotate(image, angle, order=3, reshape=False).)
 */

/** Coefficients of the cubic B-spline through `values`, mirrored at both ends: (c₋ + 4c + c₊)/6 = value. */
export function splineCoefficients(values) {
  const last = values.length - 1;
  // Row 0 and the last row count their one neighbor twice. Elimination from the top, then back.
  const [factor, result] = [new Float64Array(last + 1), new Float64Array(last + 1)];
  factor[0] = 2 / 4;
  result[0] = (6 * values[0]) / 4;
  for (let i = 1; i <= last; i += 1) {
    const lower = i === last ? 2 : 1;
    const pivot = 4 - lower * factor[i - 1];
    factor[i] = 1 / pivot;
    result[i] = (6 * values[i] - lower * result[i - 1]) / pivot;
  }
  for (let i = last - 1; i >= 0; i -= 1) result[i] -= factor[i] * result[i + 1];
  return result;
}

/** The four B-splines that are not zero at a position: [index, weight], mirrored at the ends. */
function support(position, side) {
  const start = Math.floor(position) - 1;
  return [0, 1, 2, 3].map((step) => {
    const index = start + step;
    const distance = Math.abs(position - index);
    const near = 2 / 3 - distance ** 2 * (1 - distance / 2);
    const far = Math.max(2 - distance, 0) ** 3 / 6;
    const period = 2 * (side - 1);
    const mirrored = Math.abs(((((index + side - 1) % period) + period) % period) - (side - 1));
    return [mirrored, distance < 1 ? near : far];
  });
}

/** The image turned counterclockwise by `angle`, of its spline coefficients. */
function interpolated(coefficients, side, angle) {
  const turned = new Float64Array(side * side);
  const center = (side - 1) / 2;
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const inside = (position) => position >= 0 && position <= side - 1;
  for (let row = 0; row < side; row += 1) {
    for (let column = 0; column < side; column += 1) {
      const fromRow = cosine * (row - center) + sine * (column - center) + center;
      const fromColumn = -sine * (row - center) + cosine * (column - center) + center;
      if (!inside(fromRow) || !inside(fromColumn)) continue;
      const across = support(fromColumn, side);
      let sum = 0;
      for (const [i, weight] of support(fromRow, side)) {
        for (const [j, other] of across) sum += weight * other * coefficients[i * side + j];
      }
      turned[row * side + column] = sum;
    }
  }
  return turned;
}

/** The image turned counterclockwise by 90°. */
function quarterTurn(image, side) {
  return image.map((_, place) => {
    const [row, column] = [Math.floor(place / side), place % side];
    return image[column * side + (side - 1 - row)];
  });
}

const greatestCommonDivisor = (a, b) => (b ? greatestCommonDivisor(b, a % b) : a);

/** The image turned by all multiples of 360°/n, counterclockwise, the upright one first. */
export function rotations(image, n) {
  const side = Math.round(Math.sqrt(image.length));
  const quarters = greatestCommonDivisor(n, 4);
  const base = n / quarters;
  const coefficients = Float64Array.from(image);
  if (base > 1) {
    for (let row = 0; row < side; row += 1) {
      coefficients.set(splineCoefficients(coefficients.subarray(row * side, (row + 1) * side)), row * side);
    }
    for (let column = 0; column < side; column += 1) {
      const values = Float64Array.from({ length: side }, (_, row) => coefficients[row * side + column]);
      splineCoefficients(values).forEach((value, row) => (coefficients[row * side + column] = value));
    }
  }
  const poses = [Float64Array.from(image)];
  for (let step = 1; step < base; step += 1) poses.push(interpolated(coefficients, side, (2 * Math.PI * step) / n));
  for (let g = base; g < n; g += 1) {
    let turned = poses[g - base];
    for (let turn = 0; turn < 4 / quarters; turn += 1) turned = quarterTurn(turned, side);
    poses.push(turned);
  }
  return poses;
}

/* The two plots of the reordering explorer. */

import { add, axes, clear, dot, lambda, line, shape, text } from "../base/drawing.mjs";
import { powerOfTen } from "../base/words.mjs";
import { kernelAt } from "../two_circles/numbers.mjs";
import { place, placeOfFrequency } from "./numbers.mjs";

/** The kernel matrix, with the labels of its columns above and of its rows to the left; darker is more similar. */
export function drawMatrix(svg, { n, separation, inverseLength, order }) {
  const [width, height] = clear(svg, 330);
  const side = Math.min(width - 34, height - 34);
  const cell = side / (2 * n);
  const [left, top] = [(width - side) / 2 + 12, 28];
  const points = Array.from({ length: 2 * n }, (_, j) => {
    const [orbit, g] = [j % 2, (j - (j % 2)) / 2];
    return { j, orbit, at: place(orbit, g, n, order) };
  });
  for (const row of points) {
    for (const column of points) {
      const value = kernelAt((Math.PI * (column.j - row.j)) / n, row.orbit !== column.orbit, separation, inverseLength);
      const box = { x: left + cell * column.at, y: top + cell * row.at, width: cell * 0.94, height: cell * 0.94 };
      shape(svg, "rect", "cell", { ...box, "fill-opacity": value.toFixed(3) });
    }
  }
  const size = Math.min(18, cell);
  for (const { orbit, at } of points) {
    const [sign, name] = orbit ? ["−", "b"] : ["+", "a"];
    for (const [x, y] of [[left + cell * (at + 0.47), top - 14], [left - 12, top + cell * (at + 0.47)]]) {
      dot(svg, `fill-${name}`, x, y, Math.max(5, size / 2 - 1));
      text(svg, "sign", x, y + 4.5, sign);
    }
  }
}

/** 1/λ for all 2N frequencies, that of the labels in green, and their mean; by orbit they stand in pairs. */
export function drawReordered(svg, { n, order, spectrum, turned, ridge }) {
  const [width, height] = clear(svg, 330);
  const box = { left: 36, right: width - 50, top: 34, bottom: height - 62 };
  const [low, high] = [-1.4, Math.min(4, -Math.log10(ridge))];
  const x = (at) => box.left + 10 + (at / (2 * n - 1)) * (box.right - box.left - 20);
  const y = (value) => box.bottom - ((Math.log10(value) - low) / (high - low)) * (box.bottom - box.top);
  const decades = [];
  for (let e = -1; e <= high; e += 1) decades.push([10 ** e, powerOfTen(e)]);
  axes(svg, box, x, y, [], decades, "");
  lambda(text(svg, "title", box.left - 6, 16, "1/", "end"), "k");
  const meanY = y(turned.mean);
  line(svg, "mean", box.left, meanY, box.right, meanY);
  const labelsY = y(turned.labels);
  const gap = Math.max(0, 15 - Math.abs(labelsY - meanY)) / 2;
  const below = labelsY > meanY ? 1 : -1;
  text(svg, "label ste-noise", box.right + 4, meanY + 4 - below * gap, "mean", "start");
  spectrum.forEach((value, k) => {
    const at = x(placeOfFrequency(k, n, order));
    const mine = k === n;
    line(svg, mine ? "gap" : "stem", at, y(1 / value), at, box.bottom);
    dot(svg, mine ? "fill-signal" : "fill-ink", at, y(1 / value), mine ? 6 : 4);
    // By orbit there is room to name the first pair only.
    const named = k === 0 || mine || (order < 0.5 && (n < 8 || k % 2 === 0));
    if (named) text(svg, mine ? "tick ste-signal" : "tick", at, box.bottom + 17, String(k));
  });
  const caption = add(svg, "g", { opacity: Math.max(0, 2 * order - 1).toFixed(2) });
  for (let k = 0; k < n; k += 1) {
    const [from, to] = [x(2 * k + 0.05), x(2 * k + 0.95)];
    line(caption, "axis", from, box.bottom + 24, to, box.bottom + 24);
  }
  text(caption, "label", x(0), box.bottom + 42, "trivial", "start");
  text(caption, "label", box.right, box.bottom + 42, "other characters", "end");
  const frequency = add(svg, "g", { opacity: Math.max(0, 1 - 2 * order).toFixed(2) });
  text(frequency, "title", (box.left + box.right) / 2, box.bottom + 42, "frequency k");
}

/* The plots of the explorer of groups. */

import { axes, clear, dot, line, shape, text } from "../base/drawing.mjs";
import { clearAll, put } from "../base/images.mjs";
import { character, representatives } from "./algebra.mjs";

/** Empty a square plot, as large as its column allows. */
function clearSquare(svg) {
  return clearAll(svg, Math.min(300, (svg.parentNode.clientWidth || 300) + 4));
}

/** The group's table: row g, column h, the place of gh as a shade, and its name where there is room. */
export function drawTable(svg, { labels, order, table }) {
  const [width, height] = clearSquare(svg);
  const cell = Math.min(width, height - 4) / order;
  const left = (width - cell * order) / 2;
  table.forEach((row, g) =>
    row.forEach((value, h) => {
      const [x, y] = [left + cell * h, cell * g];
      const shade = (0.04 + (0.4 * value) / (order - 1)).toFixed(3);
      shape(svg, "rect", "cell", { x, y, width: cell * 0.94, height: cell * 0.94, "fill-opacity": shade });
      if (order <= 8) text(svg, "tick", x + cell * 0.47, y + cell * 0.47 + 4, labels[value]);
    }),
  );
}

/** The characters: a row for each irrep, a column for each class; what is not whole is a hand on a dial. Says whether one is. */
export function drawCharacters(svg, group) {
  const [width, height] = clearSquare(svg);
  const columns = representatives(group);
  const step = Math.min(34, (height - 34) / group.irreps.length);
  const [across, radius] = [(width - 38) / columns.length, Math.min(13, step * 0.44, (width - 38) / columns.length / 2.3)];
  const x = (k) => 38 + across * (k + 0.5);
  let dials = false;
  columns.forEach((g, k) => text(svg, "tick", x(k), 14, group.labels[g]));
  line(svg, "axis", 0, 22, width, 22);
  group.irreps.forEach((irrep, row) => {
    const y = 30 + step * (row + 0.5);
    text(svg, "tick", 0, y + 4, `d = ${irrep.dimension}`, "start");
    columns.forEach((g, k) => {
      const [re, im] = character(irrep, g);
      if (Math.hypot(re - Math.round(re), im) < 1e-9) {
        text(svg, "label", x(k), y + 4, String(Math.round(re)).replace("-", "−"));
      } else {
        const at = (value) => (radius * value) / irrep.dimension;
        dials = true;
        dot(svg, "dial", x(k), y, radius);
        line(svg, "hand", x(k), y, x(k) + at(re), y - at(im));
      }
    });
  });
  return dials;
}

/** A matrix as an image of so many pixels that its cells keep sharp edges. */
function cells(matrix, shade) {
  const size = matrix.length;
  const zoom = Math.ceil(400 / size);
  const image = new Float64Array((size * zoom) ** 2);
  for (let p = 0; p < size * zoom; p += 1) {
    for (let q = 0; q < size * zoom; q += 1) {
      image[p * size * zoom + q] = shade(matrix[Math.floor(p / zoom)][Math.floor(q / zoom)]);
    }
  }
  return image;
}

/** The two pictures of a kernel matrix: as it is, and in the basis of irreps. */
export function matrixImages(matrix, changed, inside) {
  const others = matrix.flatMap((row, p) => [...row].filter((_, q) => q !== p));
  const [low, high] = [Math.min(...others), Math.max(...others)];
  return [
    cells(matrix, (value) => 0.04 + (0.9 * (Math.min(value, high) - low)) / (high - low || 1)),
    cells(changed, (value) => Math.min(1, value / inside) ** 0.6),
  ];
}

/** The kernel matrix on its way from the basis of poses to that of irreps: one picture fades, the other comes. */
export function drawGram(svg, { basis, images, sizes }) {
  const [width, height] = clearSquare(svg);
  const side = Math.min(width - 2, height - 4);
  const [left, cell] = [(width - side) / 2, side / sizes.reduce((sum, size) => sum + size, 0)];
  [1 - basis, basis].forEach((opacity, k) => {
    if (opacity > 0) put(svg, images[k], "ink", width / 2, 1 + side / 2, side).style.opacity = opacity;
  });
  shape(svg, "rect", "frame", { x: left, y: 1, width: side, height: side });
  let corner = 0;
  sizes.forEach((size, k) => {
    const box = { x: left + cell * corner, y: 1 + cell * corner, width: cell * size, height: cell * size };
    shape(svg, "rect", k ? "block" : "block ste-trivial", { ...box, "stroke-opacity": basis });
    corner += size;
  });
}

/** The error at each missing pose, beside that of a single missing one. */
export function drawErrors(svg, { group, missing, errors, error }) {
  const [width, height] = clear(svg, 230);
  const box = { left: 34, right: width - 8, top: 12, bottom: height - 46 };
  const top = Math.max(1.6, 1.12 * Math.max(...errors));
  const across = (box.right - box.left) / group.order;
  const x = (g) => box.left + across * (g + 0.5);
  const y = (value) => box.bottom - (Math.max(0, value) / top) * (box.bottom - box.top);
  const ticks = group.order <= 8 ? group.labels.map((label, g) => [g, label]) : [];
  axes(svg, box, x, y, ticks, [[0, "0"], [1, "1"]], "missing poses of A");
  line(svg, "border", box.left, y(1), box.right, y(1));
  line(svg, "mean", box.left, y(error), box.right, y(error));
  text(svg, "tick ste-halo", box.right, y(error) + (error < 1 ? 16 : -8), "one missing", "end");
  missing.forEach((g, k) => {
    line(svg, "stem", x(g), y(1), x(g), y(errors[k]));
    dot(svg, errors[k] < 1 ? "fill-a" : "fill-b", x(g), y(errors[k]), Math.min(6, across * 0.35));
  });
}

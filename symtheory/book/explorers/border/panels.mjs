/* The two plots of the border explorer. */

import { axes, clear, dot, dotRadius, line, shape, text } from "../base/drawing.mjs";
import { BORDER_RANGES, HIGHEST, nearestNeighborBorder, separationAt } from "./numbers.mjs";

const LEVELS = [1, 0.1, 0.01];
const { min: FEWEST, max: MOST } = BORDER_RANGES.n;
const ORDERS = Array.from({ length: MOST - FEWEST + 1 }, (_, i) => FEWEST + i);
let traced = { key: "" };

/** For each level of the error, the separation at which it is reached, for each N. Kept until the kernel changes. */
function contours(width, ridge) {
  const key = `${width} ${ridge}`;
  if (traced.key !== key) {
    traced = { key, levels: LEVELS.map((level) => ORDERS.map((n) => separationAt(level, n, width, ridge))) };
  }
  return traced.levels;
}

/** Where the plane lies in a plot, and the scales of N and Δ. */
function planeScales(width, height) {
  const box = { left: 40, right: width - 16, top: 12, bottom: height - 46 };
  const [across, up] = [(box.right - box.left) / (MOST - FEWEST), (box.bottom - box.top) / HIGHEST];
  return {
    box,
    x: (n) => box.left + across * (n - FEWEST),
    y: (separation) => box.bottom - up * separation,
    toN: (x) => Math.round(FEWEST + (x - box.left) / across),
    toSeparation: (y) => Math.round((20 * (box.bottom - y)) / up) / 20,
  };
}

const within = (value, { min, max }) => Math.min(max, Math.max(min, value));

/** The settings at a place in the plane to which a reader drags the point. */
export function settingsAt(svg, x, y) {
  const { width, height } = svg.viewBox.baseVal;
  const { toN, toSeparation } = planeScales(width, height);
  return { n: within(toN(x), BORDER_RANGES.n), separation: within(toSeparation(y), BORDER_RANGES.separation) };
}

/** The plane of N and Δ, the border and two lines of smaller error, and the point that the reader moves. */
export function drawPlane(svg, { n, separation, width: kernelWidth, ridge, error }) {
  const [width, height] = clear(svg, 340);
  const { box, x, y } = planeScales(width, height);
  const levels = contours(kernelWidth, ridge);
  const path = (heights) => heights.map((value, i) => `${x(ORDERS[i]).toFixed(2)},${y(value).toFixed(2)}`);
  const border = path(levels[0]);
  const corners = (edge) => `${border.join(" ")} ${box.right},${edge} ${box.left},${edge}`;
  shape(svg, "polygon", "side-right", { points: corners(box.top) });
  shape(svg, "polygon", "side-wrong", { points: corners(box.bottom) });
  axes(svg, box, x, y, [4, 8, 12, 16, 20, 24].map((k) => [k, String(k)]), [0, 0.5, 1, 1.5, 2].map((d) => [d, String(d)]), "points on each circle N");
  text(svg, "title", box.left + 6, box.top + 14, "Δ", "start");
  shape(svg, "polyline", "nearest", { points: path(ORDERS.map(nearestNeighborBorder)).join(" ") });
  levels.slice(1).forEach((heights, i) => {
    const from = heights.findIndex((value) => value < HIGHEST - 1e-9);
    if (from < 0) return;
    // Between the last N that never comes to this error and the first that does, the line is upright.
    const top = from > 0 ? [`${x(ORDERS[from] - 0.5).toFixed(2)},${box.top}`] : [];
    shape(svg, "polyline", "contour", { points: [...top, ...path(heights).slice(from)].join(" ") });
    text(svg, "tick", x(ORDERS[from]) + 3, y(1.02) + 15 * i, `ε = ${LEVELS[i + 1]}`, "start");
  });
  shape(svg, "polyline", "border", { points: border.join(" ") });
  text(svg, "strong ste-wrong", x(3) + 8, box.bottom - 10, "wrong", "start");
  text(svg, "strong ste-right", box.right - 6, box.top + 20, "right", "end");
  text(svg, "tick ste-halo", box.right - 6, y(1.62), "dotted: the nearest seen point", "end");
  text(svg, "tick ste-halo", box.right - 6, y(1.62) + 15, "changes circle", "end");
  const name = error < 1 ? "right" : "wrong";
  line(svg, "guide", x(n), y(separation), x(n), box.bottom);
  line(svg, "guide", x(n), y(separation), box.left, y(separation));
  dot(svg, `fill-${name} ste-point`, x(n), y(separation), 9);
  dot(svg, "handle", x(n), y(separation), 22);
}

/** Both circles seen from above, the missing point in front, and a disc around it as wide as the kernel. */
export function drawWidth(svg, { n, width: kernelWidth, error }) {
  const [width, height] = clear(svg, 340);
  const scale = Math.min(width / 2 - 20, 110);
  const [centerX, centerY] = [width / 2, 30 + scale];
  const place = (angle) => [centerX + scale * Math.sin(angle), centerY + scale * Math.cos(angle)];
  const [x, y] = place(0);
  dot(svg, "disc", x, y, scale * kernelWidth);
  dot(svg, "track", centerX, centerY, scale);
  const radius = dotRadius(2 * Math.PI * scale, 2 * n);
  for (let j = 1; j < 2 * n; j += 1) dot(svg, j % 2 ? "fill-b" : "fill-a", ...place((Math.PI * j) / n), radius);
  dot(svg, "ring", x, y, radius + 4);
  dot(svg, error < 1 ? "fill-a" : "fill-b", x, y, Math.max(radius, 3));
  line(svg, "measure", x, y + 16, x + Math.min(scale * kernelWidth, width - x - 4), y + 16);
  text(svg, "label", x, y + 38, `ℓ = ${kernelWidth.toFixed(2)}`);
  text(svg, "strong", x, y + 58, error < 1 ? "✓ predicted A" : "✗ predicted B");
}

/* The three plots of the two-circles explorer. */

import { add, axes, clear, dot, dotRadius, lambda, line, shape, text, threeTicks } from "../base/drawing.mjs";
import { powerOfTen } from "../base/words.mjs";
import { kernelAt, kernelRow, points } from "./numbers.mjs";

/** The circles, seen from above when they coincide and from the side as they part; the missing point in front. */
export function drawCircles(svg, { n, separation, error }) {
  const [width, height] = clear(svg, 260);
  const parted = Math.min(1, separation / 0.5);
  const elevation = (Math.PI / 180) * (90 - 66 * parted * parted * (3 - 2 * parted));
  const [lift, depth] = [Math.cos(elevation), Math.sin(elevation)];
  const [top, bottom, side] = [14, 52, 40];
  const scale = Math.min((width - 2 * side) / 2, (height - top - bottom) / (separation * lift + 2 * depth), 92);
  const slack = height - top - bottom - scale * (separation * lift + 2 * depth);
  const centerX = width / 2;
  const centerY = height - bottom - scale * depth - slack / 2;
  // The missing point A0, at angle 0, is nearest to the reader.
  const place = ([x, y, z]) => [centerX - scale * y, centerY + scale * (x * depth - z * lift)];
  const radius = dotRadius(2 * Math.PI * scale, 2 * n);

  const all = points(n, separation);
  for (const [offset, name] of ["a", "b"].entries()) {
    const z = offset * separation;
    const [cx, cy] = place([0, 0, z]);
    shape(svg, "ellipse", `path ste-${name}`, { cx, cy, rx: scale, ry: scale * depth });
    for (let j = offset; j < 2 * n; j += 2) {
      if (j > 0) dot(svg, `fill-${name}`, ...place(all[j]), radius);
    }
  }
  const rise = scale * separation * lift;
  const gap = Math.max(0, 18 - rise) / 2; // keeps the names apart where the circles meet
  text(svg, "name ste-a", centerX + scale + 12, centerY + 5 + gap, "A", "start");
  text(svg, "name ste-b", centerX + scale + 12, centerY - rise + 5 - gap, "B", "start");
  if (rise > 16) {
    const x = centerX - scale - 14;
    line(svg, "measure", x, centerY, x, centerY - rise);
    for (const y of [centerY, centerY - rise]) line(svg, "measure", x - 4, y, x + 4, y);
    text(svg, "label", x - 7, centerY - rise / 2 + 5, "Δ", "end");
  }
  const [x, y] = place(all[0]);
  const right = error < 1;
  dot(svg, "ring", x, y, radius + 4);
  dot(svg, right ? "fill-a" : "fill-b", x, y, Math.max(radius, 3));
  text(svg, "label", x, y + 28, "missing point");
  text(svg, "strong", x, y + 45, right ? "✓ predicted A" : "✗ predicted B");
}

/** The kernel between the missing point and all others, between its two envelopes. */
export function drawRow(svg, { n, separation, inverseLength }) {
  const [width, height] = clear(svg, 260);
  const box = { left: 30, right: width - 10, top: 34, bottom: height - 46 };
  const x = (j) => box.left + 6 + ((j + n) / (2 * n)) * (box.right - box.left - 12);
  const y = (value) => box.bottom - value * (box.bottom - box.top);
  axes(svg, box, x, y, threeTicks(-n, n), [[0, "0"], [0.5, "0.5"], [1, "1"]], "steps from the missing point");
  const key = text(svg, "label", box.right, 16, "", "end");
  for (const [name, label] of [["a", "own circle"], ["b", "other circle"]]) {
    add(key, "tspan", { class: `ste-fill-${name}` }, name === "a" ? "● " : "\u2002● ");
    add(key, "tspan", {}, label);
  }
  for (const [other, name] of ["a", "b"].entries()) {
    const path = Array.from({ length: 121 }, (_, i) => {
      const j = n * (i / 60 - 1);
      const value = kernelAt((Math.PI * j) / n, other === 1, separation, inverseLength);
      return `${x(j).toFixed(2)},${y(value).toFixed(2)}`;
    });
    shape(svg, "polyline", `path ste-${name}`, { points: path.join(" ") });
  }
  const row = kernelRow(n, separation, inverseLength);
  const radius = dotRadius(box.right - box.left, 2 * n);
  for (let j = 1 - n; j <= n; j += 1) {
    const index = (j + 2 * n) % (2 * n);
    if (j !== 0) dot(svg, index % 2 ? "fill-b" : "fill-a", x(j), y(row[index]), radius);
  }
  dot(svg, "ring", x(0), y(1), radius + 3);
}

/** The inverse spectrum, with that of the labels, λ_N⁻¹, and the mean: the ratio of the two is the error. */
export function drawSpectrum(svg, { n, ridge, spectrum, labelsValue, meanValue }) {
  const [width, height] = clear(svg, 260);
  const box = { left: 36, right: width - 54, top: 34, bottom: height - 46 };
  const [low, high] = [-2, Math.max(1, Math.ceil(-Math.log10(ridge))) + 0.4];
  const x = (k) => box.left + 8 + (k / n) * (box.right - box.left - 16);
  const y = (exponent) => box.bottom - ((exponent - low) / (high - low)) * (box.bottom - box.top);
  const decades = [];
  for (let e = low; e <= high; e += high - low > 5 ? 2 : 1) decades.push([e, powerOfTen(e)]);
  axes(svg, box, x, y, threeTicks(0, n), decades, "frequency k");
  const title = text(svg, "title", box.left - 6, 16, "1/", "end");
  lambda(title, "k");
  const heights = spectrum.slice(0, n + 1).map((value) => y(-Math.log10(value)));
  const radius = dotRadius(box.right - box.left, n);
  const path = heights.map((height_, k) => `${x(k).toFixed(2)},${height_.toFixed(2)}`);
  shape(svg, "polyline", "trace", { points: path.join(" ") });
  heights.slice(0, n).forEach((height_, k) => dot(svg, "fill-ink", x(k), height_, radius));
  const [labelsY, meanY] = [y(Math.log10(labelsValue)), y(Math.log10(meanValue))];
  line(svg, "mean", box.left, meanY, box.right, meanY);
  line(svg, "gap", x(n), labelsY, x(n), meanY);
  dot(svg, "fill-signal", x(n), labelsY, Math.max(radius, 4.5) + 1);
  // The two labels stand beside their marks, pushed apart where these meet.
  const push = Math.max(0, 15 - Math.abs(labelsY - meanY)) / 2;
  const below = labelsY > meanY ? 1 : -1;
  text(svg, "label ste-signal", box.right + 4, labelsY + 4 + below * push, "labels", "start");
  text(svg, "label ste-noise", box.right + 4, meanY + 4 - below * push, "mean", "start");
}

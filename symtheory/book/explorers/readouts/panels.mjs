/* Two of the plots of the explorer of readouts. */

import { axes, clear, dot, line, shape, text } from "../base/drawing.mjs";

const HEIGHT = 250;

/** The kernel between the missing image and all others, by how far they were moved; 1 is the image itself. */
export function drawMoved(svg, { rows, ends: [low, high], whole, unit, names }) {
  const [width, height] = clear(svg, HEIGHT);
  const box = { left: 46, right: width - 8, top: 34, bottom: height - 46 };
  const [[, cross], [, own]] = rows;
  const n = own.length;
  const x = (h) => box.left + 8 + (h / n) * (box.right - box.left - 16);
  const y = (value) => box.bottom - 8 - ((value - low) / (high - low)) * (box.bottom - box.top - 16);
  const ticks = [low, 1].map((value) => [value, value.toFixed(2)]);
  axes(svg, box, x, y, [0, 1 / 2, 1].map((share) => [share * n, `${share * whole}${unit}`]), ticks, "moved by");
  names.forEach((name, which) => {
    const [style, at] = [which ? "b" : "a", box.left + 8 + 96 * which];
    dot(svg, `fill-${style}`, at, 12, 5);
    text(svg, "label", at + 10, 16, which ? `own, a ${name}` : `the ${name}`, "start");
  });
  const radius = Math.min(5, (0.4 * (box.right - box.left)) / n);
  for (let h = 0; h < n; h += 1) {
    dot(svg, "fill-a", x(h), y(cross[(n - h) % n] / own[0]), radius); // k(x_B, h x_A) = κ_AB(h⁻¹)
    if (h > 0) dot(svg, "fill-b", x(h), y(own[h] / own[0]), radius);
  }
  dot(svg, "ring", x(0), y(1), radius + 3);
}

/** Both orbits in kernel space: the radius of a ring is the distance of its points from their mean, to scale. */
export function drawSizes(svg, { radii, distance, n, names }) {
  const [width, height] = clear(svg, HEIGHT);
  const scale = Math.min((width - 28) / (distance + radii[0] + radii[1]), (height - 70) / 2 / Math.max(...radii, 1e-9));
  const middle = height / 2 - 8;
  const start = (width - scale * (distance + radii[1] - radii[0])) / 2;
  const centers = [start, start + scale * distance];
  line(svg, "measure", centers[0], middle, centers[1], middle);
  centers.forEach((x, which) => {
    const [style, radius] = [which ? "b" : "a", scale * radii[which]];
    shape(svg, "circle", `path ste-${style}`, { cx: x, cy: middle, r: radius });
    for (let g = 0; g < n; g += 1) {
      const angle = (2 * Math.PI * (g + which / 2)) / n;
      const at = [x + radius * Math.sin(angle), middle - radius * Math.cos(angle)];
      if (which && g === 0) dot(svg, "ring", ...at, 6);
      else dot(svg, `fill-${style}`, ...at, 4);
    }
    text(svg, `name ste-${style} ste-halo`, x, height - 8, names[which]);
  });
}

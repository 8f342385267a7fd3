/* The plots of the explorer of rotating digits. */

import { axes, clear, dot, line, shape, text } from "../base/drawing.mjs";
import { clearAll, put } from "../base/images.mjs";

/** Both orbits as rings, the upright pose on top, turning counterclockwise; one of the second is missing. */
export function drawOrbits(svg, { n, images, names }) {
  const [width, height] = clearAll(svg, 270);
  const ring = Math.min(width / 4 - 6, height / 2 - 6);
  const size = Math.min(48, ring * 0.42, (1.75 * Math.PI * ring) / n / 1.35);
  const radius = ring - size / 2;
  images.forEach((poses, which) => {
    const [centerX, centerY] = [(width * (1 + 2 * which)) / 4, height / 2];
    const style = which ? "b" : "a";
    poses.forEach((image, g) => {
      const angle = (2 * Math.PI * g) / n;
      const [x, y] = [centerX - radius * Math.sin(angle), centerY - radius * Math.cos(angle)];
      if (which && g === 0) {
        dot(svg, "ring", x, y, size / 2);
        text(svg, "strong ste-b", x, y + 5, "?");
      } else {
        put(svg, image, style, x, y, size);
      }
    });
    text(svg, `name ste-${style}`, centerX, centerY, names[which]);
    text(svg, "label", centerX, centerY + 20, which ? "all but one" : "all seen");
  });
}

/** The missing pose between the seen poses that are most similar to it, one of each digit. */
export function drawNearest(svg, { images, nearest, n, names }) {
  const [width, height] = clearAll(svg, 170);
  const size = Math.min(72, width / 4);
  const places = [
    [images[0][nearest[0].pose], "a", `${names[0]} at ${degrees(nearest[0].pose, n)}`, nearest[0].kernel],
    [images[1][0], "b", "missing", null],
    [images[1][nearest[1].pose], "b", `${names[1]} at ${degrees(nearest[1].pose, n)}`, nearest[1].kernel],
  ];
  const closer = nearest[0].kernel > nearest[1].kernel ? 0 : 2;
  places.forEach(([image, style, caption, kernel], i) => {
    const [x, y] = [((2 * i + 1) * width) / 6, 16 + size / 2];
    if (i === 1) shape(svg, "rect", "gap-box", { x: x - size / 2, y: y - size / 2, width: size, height: size });
    put(svg, image, style, x, y, size);
    text(svg, i === closer ? "strong" : "label", x, y + size / 2 + 20, caption);
    if (kernel !== null) text(svg, i === closer ? "strong" : "label", x, y + size / 2 + 40, kernel.toFixed(4));
  });
  text(svg, "tick", width / 2, height - 8, "kernel with the missing pose");
}

/** An angle between -180° and 180°. */
export function degrees(pose, n) {
  const angle = (360 * pose) / n;
  const turned = angle > 180 ? angle - 360 : angle;
  return `${(Number.isInteger(turned) ? String(turned) : turned.toFixed(1)).replace("-", "−")}°`;
}

/** The kernel between the missing pose and all others, by angle. */
export function drawDigitRow(svg, { n, row, nearest }) {
  const [width, height] = clear(svg, 250);
  const box = { left: 46, right: width - 12, top: 14, bottom: height - 46 };
  const others = row.filter((_, i) => i !== n);
  const [low, high] = [Math.min(...others), Math.max(...others)];
  const x = (angle) => box.left + 8 + ((angle + 180) / 360) * (box.right - box.left - 16);
  const y = (value) => box.bottom - 8 - ((value - low) / (high - low || 1)) * (box.bottom - box.top - 16);
  const ends = [low, high].map((value) => [value, value.toFixed(3)]);
  axes(svg, box, x, y, [-180, 0, 180].map((angle) => [angle, `${angle}°`.replace("-", "−")]), ends, "angle");
  line(svg, "guide", x(0), box.top, x(0), box.bottom);
  row.forEach((value, i) => {
    if (i === n) return;
    const [which, pose] = [i < n ? 0 : 1, i % n];
    const angle = (360 * pose) / n;
    const at = [x(angle > 180 ? angle - 360 : angle), y(value)];
    if (nearest[which].pose === pose) dot(svg, "near", ...at, 9);
    dot(svg, which ? "fill-b" : "fill-a", ...at, 5);
  });
}

/* The inverse spectrum of a kernel at one of two orbits. */

import { axes, clear, dot, line, shape, text } from "./drawing.mjs";
import { powerOfTen } from "./words.mjs";

/** (Λ_k⁻¹) at an orbit over the frequencies k of n transforms, its mean, and what the labels have of it. */
export function drawInverseSpectrum(svg, { n, inverse, labels, mean }, title) {
  const [width, height] = clear(svg, 250);
  const box = { left: 46, right: width - 54, top: 14, bottom: height - 46 };
  const half = Math.floor(n / 2);
  const exponents = [...inverse, labels].map(Math.log10);
  const [low, high] = [Math.floor(Math.min(...exponents)), Math.ceil(Math.max(...exponents))];
  const x = (k) => box.left + 10 + (k / half) * (box.right - box.left - 20);
  const y = (value) => box.bottom - ((Math.log10(value) - low) / (high - low)) * (box.bottom - box.top);
  const decades = [];
  for (let e = low; e <= high; e += high - low > 5 ? 2 : 1) decades.push([10 ** e, e < 0 || e > 3 ? powerOfTen(e) : String(10 ** e)]);
  const step = half > 4 ? 2 : 1;
  const ticks = [];
  for (let k = 0; k <= half; k += step) ticks.push([k, String(k)]);
  axes(svg, box, x, y, ticks, decades, title);
  const heights = inverse.slice(0, half + 1).map((value) => y(value));
  shape(svg, "polyline", "trace", { points: heights.map((at, k) => `${x(k).toFixed(2)},${at.toFixed(2)}`).join(" ") });
  heights.forEach((at, k) => dot(svg, "fill-ink", x(k), at, 4.5));
  const [labelsY, meanY] = [y(labels), y(mean)];
  line(svg, "mean", box.left, meanY, box.right, meanY);
  line(svg, "gap", x(0), labelsY, x(0), meanY);
  dot(svg, "fill-signal", x(0), labelsY, 6);
  text(svg, "label ste-noise", box.right + 4, meanY + 4, "mean", "start");
  const above = labelsY < meanY ? -10 : 18;
  text(svg, "label ste-signal", x(0) + 12, labelsY + above, "labels", "start");
}

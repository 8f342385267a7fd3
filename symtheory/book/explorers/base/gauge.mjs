/* The gauge of a prediction. */

import { clear, dot, line, shape, text } from "./drawing.mjs";

/**
 * A prediction on a line from -1 to +1, and its distance from the truth: +1, or -1 if it is `lower`. Names are those
 * of the classes at +1, drawn as class a, and at -1, as class b.
 */
export function drawGauge(svg, { prediction, names, lower = false }) {
  const [width] = clear(svg, 74);
  const [low, high] = lower ? [-1.15, 1.6] : [-1.6, 1.15];
  const x = (value) => 8 + ((value - low) / (high - low)) * (width - 16);
  const seen = Math.max(low, Math.min(high, prediction));
  const truth = lower ? -1 : 1;
  const middle = 34;
  shape(svg, "rect", "side-b", { x: x(low), y: middle - 8, width: x(0) - x(low), height: 16 });
  shape(svg, "rect", "side-a", { x: x(0), y: middle - 8, width: x(high) - x(0), height: 16 });
  line(svg, "axis", x(0), middle - 12, x(0), middle + 12);
  for (const [value, label] of [[-1, "−1"], [0, "0"], [1, "+1"]]) text(svg, "tick", x(value), 61, label);
  text(svg, "label", x(low), 16, `← ${names[1]}`, "start");
  text(svg, "label", x(high), 16, `${names[0]} →`, "end");
  line(svg, "span", x(seen), middle, x(truth), middle);
  line(svg, "truth", x(truth), middle - 11, x(truth), middle + 11);
  const name = prediction > 0 ? "a" : "b";
  if (seen === prediction) {
    dot(svg, `fill-${name}`, x(seen), middle, 8);
  } else {
    // Beyond the end: an arrow.
    const out = prediction < low ? -7 : 7;
    const [tip, back] = [x(seen) + out, x(seen) - out];
    shape(svg, "polygon", `fill-${name}`, { points: `${tip},${middle} ${back},${middle - 9} ${back},${middle + 9}` });
  }
}

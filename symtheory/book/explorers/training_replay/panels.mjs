/* The two plots of the replay of training. */

import { axes, clear, dot, line, shape, text } from "../base/drawing.mjs";
import { STEPS } from "./numbers.mjs";

const REACH = 1.8; // of outputs that are seen; what lies beyond stands at the end
const BIN = 0.1;
const [LOWEST, HIGHEST] = [-0.2, 2.4]; // of errors
const within = (value, low, high) => Math.min(high, Math.max(low, value));

/** A dot for each network at what it says of the missing image, their mean, and what theory says. */
export function drawOutputs(svg, { paths, names, time, now: { error, half, theory, deviation } }) {
  const [width, height] = clear(svg, 250);
  const x = (value) => width / 2 + (within(value, -REACH, REACH) / REACH) * (width / 2 - 10);
  const floor = height - 104;
  shape(svg, "rect", "side-b", { x: 0, y: 22, width: x(0), height: floor - 22 });
  shape(svg, "rect", "side-a", { x: x(0), y: 22, width: width - x(0), height: floor - 22 });
  text(svg, "label", 0, 14, `← ${names[1]}`, "start");
  text(svg, "label", width, 14, `${names[0]} →`, "end");
  for (const [top, bottom] of [[22, floor], [floor + 22, height - 14]]) line(svg, "truth", x(1), top, x(1), bottom);
  const bins = new Map();
  for (const path of paths) {
    const value = within(path[time] / STEPS, -REACH, REACH);
    const bin = Math.floor(value / BIN);
    bins.set(bin, [...(bins.get(bin) ?? []), value > 0 ? "a" : "b"]);
  }
  const room = Math.min(8, (floor - 26) / Math.max(...[...bins.values()].map(({ length }) => length)));
  for (const [bin, styles] of bins) {
    styles.forEach((style, k) => dot(svg, `fill-${style}`, x(BIN * (bin + 0.5)), floor - room * (k + 0.5), Math.min(4, room * 0.48)));
  }
  line(svg, "axis", 0, floor, width, floor);
  for (const [value, label] of [[-1, "−1"], [0, "0"], [1, "+1"]]) text(svg, "tick", x(value), floor + 16, label);
  const row = (style, name, y, middle, reach) => {
    text(svg, "tick ste-halo", 0, y + 4, name, "start");
    line(svg, `reach ste-${style}`, x(middle - reach), y, x(middle + reach), y);
    dot(svg, style, x(middle), y, 6);
  };
  row("networks", "mean", floor + 46, 1 - error, half);
  row("theory", "theory", floor + 80, 1 - theory, 1.96 * deviation);
}

/** Errors over the epochs: of single networks, their mean with its interval, theory, and the images that are seen. */
export function drawCurves(svg, { paths, errors, images, theory, epochs, time }) {
  const [width, height] = clear(svg, 250);
  const box = { left: 30, right: width - 12, top: 12, bottom: height - 46 };
  const x = (k) => box.left + (k / (epochs.length - 1)) * (box.right - box.left);
  const y = (value) => box.bottom - ((within(value, LOWEST, HIGHEST) - LOWEST) / (HIGHEST - LOWEST)) * (box.bottom - box.top);
  const ticks = [0, 1, 16, 256, 4096].map((epoch) => [epochs.indexOf(epoch), String(epoch)]);
  axes(svg, box, x, y, ticks.filter(([k]) => k >= 0), [0, 1, 2].map((value) => [value, String(value)]), "epoch");
  const curve = (style, values) => {
    const points = values.map((value, k) => `${x(k).toFixed(1)},${y(value).toFixed(1)}`);
    shape(svg, "polyline", style, { points: points.join(" ") });
  };
  for (const path of paths) curve("trace", path.map((value) => 1 - value / STEPS));
  line(svg, "axis", box.left, y(1), box.right, y(1));
  const edges = errors.map(({ error, half }, k) => [x(k), y(error - half), y(error + half)]);
  const corners = [...edges.map(([at, low]) => [at, low]), ...edges.map(([at, , high]) => [at, high]).reverse()];
  shape(svg, "polygon", "band", { points: corners.map((corner) => corner.join()).join(" ") });
  curve("seen", images);
  curve("mean-path", errors.map(({ error }) => error));
  curve("flow", theory);
  line(svg, "axis", x(time), box.top, x(time), box.bottom);
  dot(svg, "networks", x(time), y(errors[time].error), 7);
  text(svg, "tick ste-halo", box.right - 8, y(1.62), "above 1: wrong", "end");
}

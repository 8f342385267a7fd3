/* The border explorer: its elements, its words, and what it draws. */

import { draggable } from "../base/dragging.mjs";
import { describe, explorer, sayVerdict } from "../base/explorer.mjs";
import { drawGauge } from "../base/gauge.mjs";
import { formatNumber } from "../base/words.mjs";
import { BORDER_RANGES, atPoint, borderVerdict, neighborDistance, separationAt } from "./numbers.mjs";
import { drawPlane, drawWidth, settingsAt } from "./panels.mjs";

const CONTROLS = [
  { trait: "n", symbol: "N", label: "points per circle", unit: (v) => `${v} points per circle` },
  { trait: "separation", symbol: "Δ", label: "separation", unit: (v) => `separation ${v}` },
  { trait: "width", symbol: "ℓ", label: "kernel width", unit: (v) => `kernel width ${v}` },
];

function compute({ n, separation, width, ridge }) {
  const border = separationAt(1, n, width, ridge);
  return { n, separation, width, ridge, border, step: neighborDistance(n, width), ...atPoint(n, separation, width, ridge) };
}

function draw({ svgs, words, equations: [equation], verdict }, now) {
  const { n, separation, width, signal, noise, error, border, step } = now;
  drawPlane(svgs.plane, now);
  drawWidth(svgs.width, now);
  drawGauge(svgs.gauge, { prediction: 1 - error, names: ["circle A", "circle B"] });
  equation.top.textContent = formatNumber(noise);
  equation.bottom.textContent = formatNumber(signal);
  equation.value.textContent = formatNumber(error);
  sayVerdict(verdict, error < 1, borderVerdict(now));
  words.gauge.textContent = `Prediction ${formatNumber(1 - error)}, truth +1`;
  words.plane.textContent = "Drag the point, or move N and Δ. On the thick line the error is 1. Then widen the kernel.";
  words.width.textContent = `Next on its own circle: ${step.toFixed(2)} kernel widths away.`;
  describe(svgs, {
    plane: `N = ${n}, Δ = ${separation.toFixed(2)}; the border at this N runs at Δ = ${formatNumber(border)}.`,
    width: `${n} points on each circle, a disc of radius ${width.toFixed(2)} around the missing one. ${words.width.textContent}`,
    gauge: `${words.gauge.textContent}.`,
  });
}

export default explorer({
  folder: "border",
  title: "Border explorer",
  controls: CONTROLS.map((control) => ({ ...control, ...BORDER_RANGES[control.trait] })),
  settings: ["ridge"],
  layout(kit) {
    kit.read("Error at your point", {
      top: (parent) => parent.append("noise"),
      bottom: (parent) => parent.append("signal"),
    });
    kit.gauge();
    kit.panel("plane", "The plane of N and Δ");
    kit.controls();
    kit.panel("width", "How dense?");
  },
  compute,
  draw,
  numbers: ({ error, signal, noise, border, step }) => ({ error, signal, noise, border, step }),
  right: ({ error }) => error < 1,
  sentence: (now) => `Spectral error ${formatNumber(now.error)}: ${borderVerdict(now)}`,
  drag: { plane: { by: draggable, traits: ["n", "separation"], settingsAt } },
});

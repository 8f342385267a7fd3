/* The two-circles explorer: its elements, its words, and what it draws. */

import { describe, explorer, labelsSymbol, meanSymbol, sayVerdict } from "../base/explorer.mjs";
import { drawGauge } from "../base/gauge.mjs";
import { formatNumber, formatRatio } from "../base/words.mjs";
import { RANGES, eigenvalues, kernelRow, labelsInverse, meanInverse, verdict } from "./numbers.mjs";
import { drawCircles, drawRow, drawSpectrum } from "./panels.mjs";

const CONTROLS = [
  { trait: "n", symbol: "N", label: "points per circle", unit: (v) => `${v} points per circle` },
  { trait: "separation", symbol: "Δ", label: "separation", unit: (v) => `separation ${v}` },
  { trait: "inverse_length", symbol: "L", label: "kernel sharpness", unit: (v) => `kernel sharpness ${v}` },
];

function compute({ n, separation, inverse_length: inverseLength, ridge }) {
  const spectrum = eigenvalues(n, separation, inverseLength, ridge);
  const [labelsValue, meanValue] = [labelsInverse(spectrum), meanInverse(spectrum)];
  return { n, separation, inverseLength, ridge, spectrum, labelsValue, meanValue, error: labelsValue / meanValue };
}

function draw({ svgs, words, equations: [equation], verdict: line }, now) {
  const { n, separation, inverseLength, labelsValue, meanValue, error } = now;
  drawCircles(svgs.circles, now);
  drawRow(svgs.row, now);
  drawSpectrum(svgs.spectrum, now);
  drawGauge(svgs.gauge, { prediction: 1 - error, names: ["circle A", "circle B"] });

  const right = error < 1;
  equation.top.textContent = formatNumber(labelsValue);
  equation.bottom.textContent = formatNumber(meanValue);
  equation.value.textContent = formatNumber(error);
  sayVerdict(line, right, verdict(error));

  const row = kernelRow(n, separation, inverseLength);
  words.gauge.textContent = `Prediction ${formatNumber(1 - error)}, truth +1`;
  words.circles.textContent =
    `${n} on each circle, ` +
    (separation > 0 ? `${separation.toFixed(2)} apart; all are known but one.` : "in one plane; all are known but one.");
  words.row.textContent =
    row[1] > row[2]
      ? "The points most similar to it lie on the other circle."
      : "The points most similar to it lie on its own circle.";
  words.spectrum.textContent = right
    ? `1/λ of the labels is ${formatRatio(1 / error)} times below the mean: right.`
    : `1/λ of the labels is ${formatRatio(error)} times above the mean: wrong.`;

  const digits = (value) => value.toFixed(2);
  describe(svgs, {
    circles: `${words.circles.textContent} The missing point is predicted ${right ? "A, rightly" : "B, wrongly"}.`,
    row: `Kernel ${digits(row[1])} at the nearest points of the other circle, ${digits(row[2])} at the nearest of its own.`,
    spectrum: `Labels ${formatNumber(labelsValue)}, mean ${formatNumber(meanValue)}. ${words.spectrum.textContent}`,
    gauge: `${words.gauge.textContent}.`,
  });
}

export default explorer({
  folder: "two_circles",
  title: "Two-circles explorer",
  controls: CONTROLS.map((control) => ({ ...control, ...RANGES[control.trait], play: true })),
  settings: ["ridge"],
  layout(kit) {
    kit.read("Spectral error", { top: labelsSymbol, bottom: meanSymbol });
    kit.gauge();
    kit.panel("circles", "The points");
    kit.controls();
    kit.panel("row", "The kernel");
    kit.panel("spectrum", "The inverse spectrum");
  },
  compute,
  draw,
  numbers: ({ error, n, spectrum, meanValue }) => ({ error, last_eigenvalue: spectrum[n], mean_inverse: meanValue }),
  right: ({ error }) => error < 1,
  sentence: ({ error }) => `Spectral error ${formatNumber(error)}: ${verdict(error)}`,
});

/* The reordering explorer: its elements, its words, and what it draws. */

import { add } from "../base/drawing.mjs";
import { describe, explorer, labelsSymbol, meanSymbol, sayVerdict } from "../base/explorer.mjs";
import { drawGauge } from "../base/gauge.mjs";
import { formatNumber } from "../base/words.mjs";
import { verdict } from "../two_circles/numbers.mjs";
import { REORDERING_RANGES, byOrbit, errorByOrbit, errorInTurn, inTurn } from "./numbers.mjs";
import { drawMatrix, drawReordered } from "./panels.mjs";

const ORDER_NAMES = (v) => (v === "0.00" ? "in turn" : v === "1.00" ? "by orbit" : "on the way from in turn to by orbit");
const CONTROLS = [
  { trait: "order", symbol: "", label: "in turn … by orbit", unit: ORDER_NAMES, keeps: true, play: true },
  { trait: "n", symbol: "N", label: "points per circle", unit: (v) => `${v} points per circle` },
  { trait: "separation", symbol: "Δ", label: "separation", unit: (v) => `separation ${v}` },
];

function compute({ order, n, separation, inverse_length: inverseLength, ridge }) {
  const spectrum = inTurn(n, separation, inverseLength, ridge);
  const turned = errorInTurn(spectrum);
  const grouped = errorByOrbit(byOrbit(n, separation, inverseLength, ridge));
  return { order, n, separation, inverseLength, ridge, spectrum, turned, grouped };
}

function draw({ svgs, words, equations, verdict: line }, now) {
  const { order, n, turned, grouped } = now;
  drawMatrix(svgs.matrix, now);
  drawReordered(svgs.spectrum, now);
  drawGauge(svgs.gauge, { prediction: 1 - turned.error, names: ["circle A", "circle B"] });
  [turned, grouped].forEach((found, index) => {
    equations[index].top.textContent = formatNumber(found.labels);
    equations[index].bottom.textContent = formatNumber(found.mean);
    equations[index].value.textContent = found.error.toPrecision(7);
    equations[index].line.classList.toggle("ste-aside", Math.abs(order - index) > 0.5);
  });
  sayVerdict(line, turned.error < 1, verdict(turned.error));
  words.gauge.textContent = `Prediction ${formatNumber(1 - turned.error)}, truth +1`;
  const grouping = order > 0.5;
  words.matrix.textContent = grouping
    ? "By orbit the labels are constant on each block: the trivial character."
    : "In turn the labels alternate: the wave of frequency N, the highest.";
  words.spectrum.textContent = grouping
    ? `A pair for each character; the trivial one has λ₀ and the labels’ λ, number ${n}.`
    : `All frequencies; that of the labels, number ${n}, in green.`;
  describe(svgs, {
    matrix: `Kernel matrix of ${2 * n} points. ${words.matrix.textContent}`,
    spectrum: `Labels ${formatNumber(turned.labels)}, mean ${formatNumber(turned.mean)}. ${words.spectrum.textContent}`,
    gauge: `${words.gauge.textContent}.`,
  });
}

/** y(Λ₁⁻¹y) at A, and the mean of Λ⁻¹ at A. */
const trivialSymbol = (parent) => {
  parent.append("(Λ");
  add(parent, "sub", {}, "1");
  add(parent, "sup", {}, "−1");
  add(parent, "i", {}, "y");
  parent.append(")");
  add(parent, "sub", {}, "A");
};
const meanOfBlocks = (parent) => {
  parent.append("⟨(Λ");
  add(parent, "sup", {}, "−1");
  parent.append(")");
  add(parent, "sub", {}, "AA");
  parent.append("⟩");
};

export default explorer({
  folder: "reordering",
  title: "Reordering explorer",
  controls: CONTROLS.map((control) => ({ ...control, ...REORDERING_RANGES[control.trait] })),
  settings: ["inverse_length", "ridge"],
  layout(kit) {
    const turned = { name: "in turn", top: labelsSymbol, bottom: meanSymbol };
    kit.read("The error, twice", turned, { name: "by orbit", top: trivialSymbol, bottom: meanOfBlocks });
    kit.gauge();
    kit.controls();
    kit.panel("matrix", "Labels and kernel matrix");
    kit.panel("spectrum", "The inverse spectrum");
  },
  compute,
  draw,
  numbers: ({ turned, grouped }) => ({
    labels_in_turn: turned.labels,
    mean_in_turn: turned.mean,
    error_in_turn: turned.error,
    labels_by_orbit: grouped.labels,
    mean_by_orbit: grouped.mean,
    error_by_orbit: grouped.error,
  }),
  right: ({ turned }) => turned.error < 1,
  sentence: ({ turned, grouped }) =>
    `Error in turn ${turned.error.toPrecision(5)}, by orbit ${grouped.error.toPrecision(5)}: ${verdict(turned.error)}`,
});

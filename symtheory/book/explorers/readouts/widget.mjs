/* The explorer of readouts: its elements, its words, and what it draws. */

import { describe, explorer, sayVerdict } from "../base/explorer.mjs";
import { drawGauge } from "../base/gauge.mjs";
import { pictures } from "../base/pictures.mjs";
import { drawInverseSpectrum } from "../base/spectrum.mjs";
import { formatNumber, powerOfTen } from "../base/words.mjs";
import { READOUT_RANGES, readOut, readoutVerdict, sizesOf } from "./numbers.mjs";
import { drawMoved, drawSizes } from "./panels.mjs";

const ACTIONS = [
  { name: "shifts", one: "shift", whole: 28, unit: " px" },
  { name: "rotations", one: "rotation", whole: 360, unit: "°" },
];
const READOUTS = ["dense", "pooled"];

function compute({ kernels, orders, exact, names, action, readout, order, exponent }) {
  const rows = kernels[action][readout][order];
  const both = READOUTS.map((_, k) => kernels[action][k][order]);
  // One scale for both readouts, so that a flat row is seen to be flat.
  const shares = both.flatMap(([[, cross], [, own]]) => [...cross, ...own].map((value) => value / own[0]));
  const ends = [Math.min(...shares), Math.max(...shares)];
  const found = readOut(rows, 10 ** exponent);
  const errorExact = exact[action][readout][order][exponent - READOUT_RANGES.exponent.min];
  return { rows, ends, names, action, readout, ...sizesOf(rows), ...found, exact: errorExact, orders };
}

function draw({ svgs, words, equations: [equation], verdict }, now) {
  const { rows, n, names, action, readout, labels, mean, error, prediction, radii, distance } = now;
  const { name, one, whole, unit } = ACTIONS[action];
  drawMoved(svgs.row, { ...now, whole, unit });
  drawSizes(svgs.sizes, now);
  drawInverseSpectrum(svgs.spectrum, now, `frequency of the ${name}`);
  drawGauge(svgs.gauge, { prediction, names, lower: true });
  equation.top.textContent = formatNumber(labels);
  equation.bottom.textContent = formatNumber(mean);
  equation.value.textContent = formatNumber(error);
  sayVerdict(verdict, error < 1, readoutVerdict(now));
  const share = radii[1] / distance;
  const own = names[1];
  words.gauge.textContent = `Prediction ${formatNumber(prediction)}, truth −1`;
  const others = rows[1][1].slice(1).map((value) => value / rows[1][1][0]);
  const [least, most] = [Math.min(...others), Math.max(...others)].map((value) => value.toFixed(2).replace("-", "−"));
  words.row.textContent =
    share < 1e-6
      ? `Flat: no ${one} changes the ${own}.`
      : `With its own ${name}, ${least} to ${most} of that with itself.`;
  words.sizes.textContent =
    share < 1e-6
      ? "Each orbit has become one point."
      : `The radius of the ${own}’s orbit is ${share.toFixed(2)} of the distance of the means.`;
  words.spectrum.textContent = `Labels over mean, ${formatNumber(error)}, is ${error < 1 ? "below 1: right" : "above 1: wrong"}.`;
  describe(svgs, {
    row: `Readout ${READOUTS[readout]}, ${n} ${name}. ${words.row.textContent}`,
    sizes: `Radii ${radii.map(formatNumber).join(" and ")}, distance of the means ${formatNumber(distance)}. ${words.sizes.textContent}`,
    spectrum: `Labels ${formatNumber(labels)}, mean ${formatNumber(mean)}. ${words.spectrum.textContent}`,
    gauge: `${words.gauge.textContent}.`,
  });
}

function controls(model) {
  const orders = model.get("orders");
  const named = (trait, label, names) => ({ make: pictures, trait, label, names, fill: (element, k) => element.append(names[k]) });
  return [
    named("readout", "Readout", READOUTS),
    named("action", "Moved by", ACTIONS.map(({ name }) => name)),
    {
      trait: "order",
      symbol: "N",
      label: "images of each",
      show: (k, now) => String(orders[now.action][k]),
      unit: (v) => `${v} images of each`,
      ...READOUT_RANGES.order,
    },
    { trait: "exponent", symbol: "ridge", label: "share of the trace", show: powerOfTen, unit: (v) => `ridge ${v}`, ...READOUT_RANGES.exponent },
  ];
}

export default explorer({
  folder: "readouts",
  title: "Explorer of readouts",
  controls,
  settings: ["kernels", "orders", "exact", "names"],
  layout(kit) {
    kit.controls();
    kit.read("Error at the missing image", {
      top: (parent) => parent.append("labels’ 1/λ"),
      bottom: (parent) => parent.append("mean 1/λ"),
    });
    kit.gauge();
    kit.panel("sizes", "In kernel space");
    kit.panel("row", "The kernel");
    kit.panel("spectrum", "The inverse spectrum");
  },
  compute,
  draw,
  numbers: ({ error, labels, mean, exact, radii, distance }) => {
    return { error, labels, mean, exact, radius_first: radii[0], radius_second: radii[1], distance };
  },
  right: ({ error }) => error < 1,
  sentence: (now) => `Error ${formatNumber(now.error)}: ${readoutVerdict(now)}`,
});

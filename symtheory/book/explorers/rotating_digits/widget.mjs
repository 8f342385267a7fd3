/* The explorer of rotating digits: its elements, its words, and what it draws. */

import { describe, explorer, sayVerdict } from "../base/explorer.mjs";
import { drawGauge } from "../base/gauge.mjs";
import { fillWith } from "../base/images.mjs";
import { pictures } from "../base/pictures.mjs";
import { drawInverseSpectrum } from "../base/spectrum.mjs";
import { formatNumber } from "../base/words.mjs";
import { DIGIT_RANGES, decodeImages, digitVerdict, predict, toldApart } from "./numbers.mjs";
import { degrees, drawDigitRow, drawNearest, drawOrbits } from "./panels.mjs";

const decoded = new Map();

/** The images of a widget; they do not change. */
function imagesOf(pixels, names) {
  if (!decoded.has(pixels)) decoded.set(pixels, decodeImages(pixels, names.length));
  return decoded.get(pixels);
}

/** Names of the two digits, told apart if they are of one class. */
function namesOf(names, seen, missing) {
  const each = names[seen] === names[missing] ? toldApart(names) : names;
  return [each[seen], each[missing]];
}

function compute({ pixels, names, seen, missing, n, depth }) {
  const images = imagesOf(pixels, names);
  return { n, depth, names: namesOf(names, seen, missing), ...predict(images[seen], images[missing], n, depth) };
}

function draw({ svgs, words, equations: [equation], verdict }, now) {
  const { n, labels, mean, error, prediction, names, nearest } = now;
  const [other, own] = names;
  drawOrbits(svgs.orbits, now);
  drawNearest(svgs.nearest, now);
  drawDigitRow(svgs.row, now);
  drawInverseSpectrum(svgs.spectrum, now, "frequency of the rotations");
  drawGauge(svgs.gauge, { prediction, names: [other, own], lower: true });
  const right = error < 1;
  equation.top.textContent = formatNumber(labels);
  equation.bottom.textContent = formatNumber(mean);
  equation.value.textContent = formatNumber(error);
  sayVerdict(verdict, right, digitVerdict(now));
  words.gauge.textContent = `Prediction ${formatNumber(prediction)}, truth −1`;
  words.orbits.textContent = `Seen: ${n} poses of the ${other}, ${n - 1} of the ${own}. Asked: the upright ${own}.`;
  const closer = nearest[0].kernel > nearest[1].kernel ? other : own;
  words.nearest.textContent = `The most similar image that was seen is a ${closer}.`;
  words.row.textContent = "Kernel between the missing pose and every pose seen; the nearest of each digit is ringed.";
  words.spectrum.textContent = `Labels over mean, ${formatNumber(error)}, is ${right ? "below 1: right" : "above 1: wrong"}.`;
  describe(svgs, {
    orbits: words.orbits.textContent,
    nearest:
      `${other} at ${degrees(nearest[0].pose, n)}, kernel ${nearest[0].kernel.toFixed(4)}; ` +
      `${own} at ${degrees(nearest[1].pose, n)}, kernel ${nearest[1].kernel.toFixed(4)}. ${words.nearest.textContent}`,
    row: `Kernel from ${Math.min(...now.row).toFixed(4)} to ${Math.max(...nearest.map(({ kernel }) => kernel)).toFixed(4)}.`,
    spectrum: `Labels ${formatNumber(labels)}, mean ${formatNumber(mean)}. ${words.spectrum.textContent}`,
    gauge: `${words.gauge.textContent}.`,
  });
}

function controls(model) {
  const names = model.get("names");
  const images = imagesOf(model.get("pixels"), names);
  const digits = (trait, label, style) => {
    const fill = (element, index) => fillWith(element, images[index], style);
    return { make: pictures, trait, label, names: toldApart(names), fill };
  };
  return [
    digits("seen", "Seen at every angle", "a"),
    digits("missing", "Not seen upright", "b"),
    { trait: "n", symbol: "N", label: "rotations", unit: (v) => `${v} rotations`, play: true, ...DIGIT_RANGES.n },
    { trait: "depth", symbol: "depth", label: "hidden layers", unit: (v) => `${v} hidden layer${v === "1" ? "" : "s"}`, ...DIGIT_RANGES.depth },
  ];
}

/** One image cannot be both digits: who chooses the other's gets the two exchanged. */
function allow({ seen, missing }, changes) {
  const after = { seen, missing, ...changes };
  if (after.seen !== after.missing) return changes;
  return { seen: missing, missing: seen };
}

export default explorer({
  folder: "rotating_digits",
  title: "Explorer of rotating digits",
  controls,
  settings: ["pixels", "names"],
  layout(kit) {
    kit.controls();
    kit.read("Error at the missing pose", {
      top: (parent) => parent.append("labels’ 1/λ"),
      bottom: (parent) => parent.append("mean 1/λ"),
    });
    kit.gauge();
    kit.panel("orbits", "The two orbits");
    kit.panel("nearest", "Nearest seen");
    kit.panel("row", "The kernel");
    kit.panel("spectrum", "The inverse spectrum");
  },
  compute,
  draw,
  allow,
  numbers: ({ error, labels, mean, nearest: [other, own] }) => ({
    error,
    labels,
    mean,
    nearest_other: other.pose,
    nearest_other_kernel: other.kernel,
    nearest_own: own.pose,
    nearest_own_kernel: own.kernel,
  }),
  right: ({ error }) => error < 1,
  sentence: (now) => `Error ${formatNumber(now.error)}: ${digitVerdict(now)}`,
});

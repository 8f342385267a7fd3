/* The replay of training: its elements, its words, and what it draws. */

import { describe, explorer, sayVerdict } from "../base/explorer.mjs";
import { pictures } from "../base/pictures.mjs";
import { formatMean, formatNumber } from "../base/words.mjs";
import { replayAt, replayVerdict } from "./numbers.mjs";
import { drawCurves, drawOutputs } from "./panels.mjs";

function compute(values) {
  const { names, norms, widths, epochs, norm, pair, width, time } = values;
  return { names: names[pair], size: norms[norm], units: widths[width], epochs, time, ...replayAt(values) };
}

function draw({ svgs, words, verdict }, all) {
  const { names, size, units, now } = all;
  const { epoch, error, half, seen, theory, deviation, exact } = now;
  drawOutputs(svgs.outputs, all);
  drawCurves(svgs.curves, all);
  sayVerdict(verdict, error < 1, replayVerdict(all));
  words.outputs.textContent = "A dot for each network; their mean, with a 95 % interval; theory, and where it puts 95 % of them.";
  words.curves.textContent = `Violet: mean and interval; thin: single networks; dashed: theory, ${formatNumber(theory)} at epoch ${epoch} and ${formatNumber(exact)} if training never ended; dotted: images that are seen.`;
  describe(svgs, {
    outputs: `Width ${units}, norm ${size}: mean output ${formatMean(1 - error, half)} at the missing ${names[0]}, where +1 is right; theory ${formatNumber(1 - theory)}, single networks scattering by ${formatNumber(deviation)}.`,
    curves: `At epoch ${epoch} error ${formatNumber(error)}, theory ${formatNumber(theory)}, at the images that are seen ${formatNumber(seen)}; theory, if training never ended, ${formatNumber(exact)}.`,
  });
}

function controls(model) {
  const [names, norms, widths, epochs] = ["names", "norms", "widths", "epochs"].map((name) => model.get(name));
  const choice = (trait, label, options) => {
    return { make: pictures, trait, label, names: options, fill: (element, k) => element.append(options[k]) };
  };
  return [
    choice("pair", "Missing digit, and the other", names.map(([missing, other]) => `${missing}, ${other}`)),
    choice("width", "Width", widths.map(String)),
    choice("norm", "Norm of the images", norms.map(String)),
    {
      trait: "time",
      symbol: "epoch",
      label: "",
      show: (k) => String(epochs[k]),
      unit: (v) => `epoch ${v}`,
      min: 0,
      max: epochs.length - 1,
      step: 1,
      play: true,
      once: true,
    },
  ];
}

export default explorer({
  folder: "training_replay",
  title: "Replay of training",
  controls,
  settings: ["names", "norms", "widths", "epochs", "outputs", "seen", "flow", "deviation", "exact", "quantile"],
  layout(kit) {
    kit.read("At the missing image");
    kit.controls();
    kit.panel("outputs", "What they say of it");
    kit.panel("curves", "The error, as they learn");
  },
  compute,
  draw,
  numbers: ({ now }) => now,
  right: ({ now }) => now.error < 1,
  sentence: replayVerdict,
});

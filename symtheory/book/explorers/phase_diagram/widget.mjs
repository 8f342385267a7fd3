/* The phase diagram of digits: its elements, its words, and what it draws. */

import { draggable } from "../base/dragging.mjs";
import { describe, explorer, sayVerdict } from "../base/explorer.mjs";
import { formatNumber } from "../base/words.mjs";
import { countsAt, decodeNumerals, pairAt, pairSentence, pairVerdict } from "./numbers.mjs";
import { drawPair, drawPairs, pairNear } from "./panels.mjs";

const drawn = new Map();

/** The images of a widget, two for each pair; they do not change. */
function imagesOf(pixels, count) {
  if (!drawn.has(pixels)) drawn.set(pixels, decodeNumerals(pixels, count));
  return drawn.get(pixels);
}

function compute({ order, pair, orders, names, pixels, signal, noise, exact }) {
  const all = { signal, noise, exact };
  const images = imagesOf(pixels, 2 * names.length).slice(2 * pair, 2 * pair + 2);
  const chosen = { ...pairAt(all, order, pair), names: names[pair], n: orders[order], images };
  return { all, order, pair, orders, pairs: names.length, chosen, ...countsAt(all, order) };
}

function draw({ svgs, words, equations: [equation], verdict }, { all, order, pair, orders, pairs, chosen, beyond, right }) {
  const { n, names, signal, noise, error, exact } = chosen;
  drawPairs(svgs.plane, { ...all, order, pair, orders });
  drawPair(svgs.pair, chosen);
  equation.top.textContent = formatNumber(noise);
  equation.bottom.textContent = formatNumber(signal);
  equation.value.textContent = formatNumber(error);
  sayVerdict(verdict, error < 1, pairVerdict(chosen));
  const share = `${right} of ${2 * pairs} missing images right`;
  words.plane.textContent = `Touch a dot. At N = ${n}, ${beyond} of ${pairs} pairs lie beyond the border; ${share}.`;
  words.pair.textContent = `Exact regression at N = ${n}; the formula has ${formatNumber(error)} for both.`;
  describe(svgs, {
    plane: `Signal ${formatNumber(signal)}, noise ${formatNumber(noise)} at N = ${n}. ${beyond} of ${pairs} pairs have more noise than signal; ${share}.`,
    pair: names.map((name, i) => `A ${name}: error ${formatNumber(exact[i])}, ${exact[i] < 1 ? "right" : "wrong"}.`).join(" "),
  });
}

function controls(model) {
  const orders = model.get("orders");
  const last = (list) => ({ min: 0, max: list.length - 1, step: 1 });
  return [
    { trait: "order", symbol: "N", label: "rotations", show: (k) => String(orders[k]), unit: (v) => `${v} rotations`, ...last(orders) },
    { trait: "pair", symbol: "pair", label: "from easy to hard", show: (k) => String(k + 1), unit: (v) => `pair ${v}`, ...last(model.get("names")) },
  ];
}

export default explorer({
  folder: "phase_diagram",
  title: "Phase diagram of pairs of digits",
  controls,
  settings: ["orders", "names", "pixels", "signal", "noise", "exact"],
  layout(kit) {
    kit.read("Spectral error of the pair", {
      top: (parent) => parent.append("noise"),
      bottom: (parent) => parent.append("signal"),
    });
    kit.panel("plane", "Every pair of digits");
    kit.controls();
    kit.panel("pair", "The pair");
  },
  compute,
  draw,
  numbers: ({ chosen: { signal, noise, error, exact }, beyond, right }) => {
    return { signal, noise, error, exact_first: exact[0], exact_second: exact[1], beyond, right };
  },
  right: ({ chosen }) => chosen.error < 1,
  sentence: ({ chosen }) => pairSentence(chosen),
  drag: {
    plane: {
      by: draggable,
      traits: ["pair"],
      settingsAt: (svg, x, y, { all, order }) => pairNear(svg, x, y, { ...all, order }),
    },
  },
});

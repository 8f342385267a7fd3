/* The explorer of groups: its elements, its words, and what it draws. */

import { add } from "../base/drawing.mjs";
import { describe, explorer, sayVerdict } from "../base/explorer.mjs";
import { pictures } from "../base/pictures.mjs";
import { several } from "../base/several.mjs";
import { formatNumber } from "../base/words.mjs";
import { openGroup } from "./algebra.mjs";
import { inBasis, irrepBasis, kernelMatrix, outsideAndInside } from "./fourier.mjs";
import { GROUP_RANGES, groupNumbers, groupVerdict, kernelRows, solve } from "./numbers.mjs";
import { drawCharacters, drawErrors, drawGram, drawTable, matrixImages } from "./panels.mjs";

const opened = new WeakMap();
let last = { key: "" };

/** A group with its irreps, grown once. */
function groupOf(written) {
  if (!opened.has(written)) opened.set(written, openGroup(written));
  return opened.get(written);
}

/** The kernel matrix in both bases, kept while the reader only moves between them. */
function picturesOf(group, rows) {
  const key = JSON.stringify([group.name, rows]);
  if (last.key !== key) {
    const matrix = kernelMatrix(group, rows);
    const { columns, sizes } = irrepBasis(group);
    const changed = inBasis(matrix, columns);
    const { outside, inside } = outsideAndInside(changed, sizes);
    last = { key, sizes, outside, images: matrixImages(matrix, changed, inside) };
  }
  return last;
}

function compute({ groups, group: place, seeds, basis, separation, width, ridge, held }) {
  const group = groupOf(groups[place]);
  const rows = kernelRows(group, seeds, separation, width);
  return { group, basis, rows, ...solve(group, rows, ridge, held) };
}

function draw({ svgs, words, equations: [equation], verdict }, now) {
  const { group, basis, rows, labels, mean, error, errors } = now;
  const { name, order, irreps } = group;
  const pictures = picturesOf(group, rows);
  drawTable(svgs.table, group);
  const dials = drawCharacters(svgs.characters, group);
  drawGram(svgs.gram, { basis, ...pictures });
  drawErrors(svgs.errors, now);
  equation.top.textContent = formatNumber(labels);
  equation.bottom.textContent = formatNumber(mean);
  equation.value.textContent = formatNumber(error);
  sayVerdict(verdict, errors.every((value) => value < 1), groupVerdict(now));
  words.table.textContent = `${name}: row g, column h; the shade says which element gh is.`;
  const said = dials ? "hands on a dial are complex numbers" : "all characters are whole numbers";
  words.characters.textContent = `${irreps.length} irreps, ${irreps.length} classes; ${said}.`;
  const sizes = [...new Set(pictures.sizes)].join(", ");
  words.gram.textContent =
    basis > 0.5 ? `Blocks of size ${sizes}; the labels live in the first.` : `${2 * order} poses, those of A first: nothing is zero.`;
  words.errors.textContent = "Above the thick line a pose is put in class B. Choose which are missing.";
  describe(svgs, {
    table: `The Cayley table of ${name}, of order ${order}.`,
    characters: `Characters of ${name}: irreps of dimension ${irreps.map(({ dimension }) => dimension).join(", ")}.`,
    gram: `${words.gram.textContent} In the basis of irreps the largest entry outside the blocks is ${formatNumber(pictures.outside)}.`,
    errors: `Error with one pose missing ${formatNumber(error)}; now ${groupVerdict(now)}`,
  });
}

function controls(model) {
  const groups = model.get("groups");
  const most = Math.max(...groups.map(({ labels }) => labels.length));
  const slide = (trait, symbol, label, unit, rest) => ({ trait, symbol, label, unit, ...rest, ...GROUP_RANGES[trait] });
  const basisNames = (v) => (v === "0.00" ? "basis of poses" : v === "1.00" ? "basis of irreps" : "between the two bases");
  return [
    {
      make: pictures,
      trait: "group",
      label: "Group",
      names: groups.map(({ name }) => name),
      fill: (element, k) => element.append(groups[k].name),
    },
    slide("basis", "", "from poses … to irreps", basisNames, { keeps: true }),
    slide("separation", "Δ", "separation", (v) => `separation ${v}`),
    slide("width", "ℓ", "kernel width", (v) => `kernel width ${v}`),
    {
      make: several,
      trait: "held",
      label: "Missing poses of A",
      most,
      chosen: ({ missing }) => missing,
      named: ({ group }) => group.labels,
    },
  ];
}

/** ⟨d tr Λ⁻¹⟩ at A. */
const weighted = (parent) => {
  parent.append("⟨", add(null, "i", {}, "d"), " tr Λ");
  add(parent, "sub", {}, "ρ");
  add(parent, "sup", {}, "−1");
  parent.append("⟩");
};
const trivial = (parent) => {
  parent.append("(Λ");
  add(parent, "sub", {}, "1");
  add(parent, "sup", {}, "−1");
  parent.append(add(null, "i", {}, "y"), ")");
  add(parent, "sub", {}, "A");
};

export default explorer({
  folder: "groups",
  title: "Explorer of groups",
  controls,
  settings: ["groups", "seeds", "ridge"],
  layout(kit) {
    kit.controls();
    kit.read("If one pose of A is missing", { top: trivial, bottom: weighted });
    kit.panel("errors", "The missing poses");
    kit.panel("gram", "The kernel matrix");
    kit.panel("table", "The group");
    kit.panel("characters", "The characters");
  },
  compute,
  draw,
  numbers: groupNumbers,
  right: ({ errors }) => errors.every((value) => value < 1),
  sentence: (now) => `Group ${now.group.name}: ${groupVerdict(now)}`,
});

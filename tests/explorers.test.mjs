/*
 * The numbers of all explorers against those that Python wrote.
 *
 * test_explorers.py writes the golden file, names it in GOLDEN and runs this with `node --test`.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { SVG } from "../symtheory/book/explorers/base/drawing.mjs";
import { BORDER_RANGES, atPoint, neighborDistance, separationAt } from "../symtheory/book/explorers/border/numbers.mjs";
import { character, openGroup, representatives } from "../symtheory/book/explorers/groups/algebra.mjs";
import { inBasis, irrepBasis, kernelMatrix, outsideAndInside } from "../symtheory/book/explorers/groups/fourier.mjs";
import { GROUP_RANGES, groupNumbers, kernelRows, solve } from "../symtheory/book/explorers/groups/numbers.mjs";
import { drawPairs } from "../symtheory/book/explorers/phase_diagram/panels.mjs";
import * as plane from "../symtheory/book/explorers/phase_diagram/numbers.mjs";
import { READOUT_RANGES, readOut, sizesOf } from "../symtheory/book/explorers/readouts/numbers.mjs";
import * as reordering from "../symtheory/book/explorers/reordering/numbers.mjs";
import { DIGIT_RANGES, decodeImages, predict, toldApart } from "../symtheory/book/explorers/rotating_digits/numbers.mjs";
import { rotations, splineCoefficients } from "../symtheory/book/explorers/rotating_digits/rotations.mjs";
import { grown, meanErrors, replayAt } from "../symtheory/book/explorers/training_replay/numbers.mjs";

const { cases, ranges, poses, tolerance } = JSON.parse(readFileSync(process.env.GOLDEN, "utf8"));

const numbers = {
  border({ n, separation, width, ridge }) {
    const border = separationAt(1, n, width, ridge);
    return { ...atPoint(n, separation, width, ridge), border, step: neighborDistance(n, width) };
  },
  groups({ groups, group: place, seeds, separation, width, ridge, held }) {
    const group = openGroup(groups[place]);
    return groupNumbers(solve(group, kernelRows(group, seeds, separation, width), ridge, held));
  },
  phase_diagram({ order, pair, ...all }) {
    const { signal, noise, error, exact } = plane.pairAt(all, order, pair);
    return { signal, noise, error, exact_first: exact[0], exact_second: exact[1], ...plane.countsAt(all, order) };
  },
  readouts({ kernels, exact, action, readout, order, exponent }) {
    const rows = kernels[action][readout][order];
    const { error, labels, mean } = readOut(rows, 10 ** exponent);
    const { radii: [first, second], distance } = sizesOf(rows);
    const found = exact[action][readout][order][exponent + 10];
    return { error, labels, mean, exact: found, radius_first: first, radius_second: second, distance };
  },
  reordering({ n, separation, inverse_length: length, ridge }) {
    const turned = reordering.errorInTurn(reordering.inTurn(n, separation, length, ridge));
    const grouped = reordering.errorByOrbit(reordering.byOrbit(n, separation, length, ridge));
    return {
      labels_in_turn: turned.labels,
      mean_in_turn: turned.mean,
      error_in_turn: turned.error,
      labels_by_orbit: grouped.labels,
      mean_by_orbit: grouped.mean,
      error_by_orbit: grouped.error,
    };
  },
  rotating_digits({ pixels, names, seen, missing, n, depth }) {
    const images = decodeImages(pixels, names.length);
    const { error, labels, mean, nearest } = predict(images[seen], images[missing], n, depth);
    const [other, own] = nearest;
    return {
      error,
      labels,
      mean,
      nearest_other: other.pose,
      nearest_other_kernel: other.kernel,
      nearest_own: own.pose,
      nearest_own_kernel: own.kernel,
    };
  },
  training_replay: (settings) => replayAt(settings).now,
};

for (const folder of Object.keys(numbers)) {
  test(`${folder}: numbers are Python's`, () => {
    const mine = cases.filter(({ explorer }) => explorer === folder);
    assert.ok(mine.length > 15);
    let worst = 0;
    for (const { settings, numbers: expected } of mine) {
      const found = numbers[folder](settings);
      assert.deepEqual(Object.keys(found).sort(), Object.keys(expected).sort());
      for (const [name, value] of Object.entries(expected)) {
        const difference = found[name] === value ? 0 : Math.abs(found[name] / value - 1);
        worst = Math.max(worst, difference);
        assert.ok(difference < tolerance, `${name} of ${JSON.stringify(settings).slice(0, 200)}: ${found[name]} ${value}`);
      }
    }
    console.log(`${folder}: worst relative difference ${worst.toExponential(1)} over ${mine.length} cases`);
  });
}

test("sliders and traits have the same ranges", () => {
  const sliders = { border: BORDER_RANGES, reordering: reordering.REORDERING_RANGES, rotating_digits: DIGIT_RANGES, groups: GROUP_RANGES, readouts: READOUT_RANGES };
  for (const [folder, own] of Object.entries(sliders)) {
    for (const [name, { min, max }] of Object.entries(own)) assert.deepEqual([min, max], ranges[folder][name]);
  }
});

test("images of one class are told apart", () => {
  assert.deepEqual(toldApart(["3", "4", "4", "7"]), ["3", "first 4", "second 4", "7"]);
});

test("images turn as the package turns them", () => {
  for (const { n, image, poses: expected } of poses) {
    rotations(Float64Array.from(image), n).forEach((pose, g) => {
      pose.forEach((value, i) => assert.ok(Math.abs(value - expected[g][i]) < 1e-13, `N=${n} pose ${g}`));
    });
  }
});

test("splines go through the pixels", () => {
  const values = [3, 1, 4, 1, 5, 9, 2, 6];
  const c = splineCoefficients(values);
  const at = (i) => c[Math.abs((values.length - 1) - Math.abs((values.length - 1) - i))];
  values.forEach((value, i) => {
    const sum = (at(Math.abs(i - 1)) + 4 * c[i] + at(i + 1)) / 6;
    assert.ok(Math.abs(sum - value) < 1e-13);
  });
});

const written = cases.find(({ explorer }) => explorer === "groups").settings;

test("characters of different irreps are orthogonal", () => {
  for (const group of written.groups.map(openGroup)) {
    assert.equal(representatives(group).length, group.irreps.length);
    group.irreps.forEach((one, i) =>
      group.irreps.forEach((other, j) => {
        let sum = 0;
        for (let g = 0; g < group.order; g += 1) {
          const [[a, b], [c, d]] = [character(one, g), character(other, g)];
          sum += (a * c + b * d) / group.order;
        }
        assert.ok(Math.abs(sum - Number(i === j)) < 1e-12);
      }),
    );
  }
});

test("outside its blocks the kernel matrix is zero in the basis of irreps, and only there", () => {
  for (const group of written.groups.map(openGroup)) {
    const matrix = kernelMatrix(group, kernelRows(group, written.seeds, 0.5, 1.5));
    const { columns, sizes } = irrepBasis(group);
    const { outside, inside } = outsideAndInside(inBasis(matrix, columns), sizes);
    assert.ok(outside < 1e-12 && inside > 0.5, `${group.name}: ${outside}, ${inside}`);
    assert.ok(outsideAndInside(matrix, sizes).outside > 0.1);
  }
});

test("a touch chooses the nearest dot", () => {
  const points = [[0, 0], [10, 0], [0, 10]];
  assert.equal(plane.nearestOf(points, 6, 3), 1);
  assert.equal(plane.nearestOf(points, 1, 2), 0);
});

test("numerals are shades", () => {
  const [first, second] = plane.decodeNumerals("0707" + "7000", 2);
  assert.deepEqual([...first, ...second], [0, 1, 0, 1, 1, 0, 0, 0]);
});

test("paths grow from changes, and their mean has an interval", () => {
  assert.deepEqual(grown([5, -2, 0, 7]), [5, 3, 3, 10]);
  const [first, second] = meanErrors([[0, 50], [100, 50], [-40, 50]], 2);
  assert.ok(Math.abs(first.error - 0.8) < 1e-15);
  assert.ok(Math.abs(first.half - (2 * Math.sqrt(0.52)) / Math.sqrt(3)) < 1e-15); // of 0, 1, -0.4
  assert.equal(first.right, 1);
  assert.deepEqual(second, { error: 0.5, half: 0, right: 3 });
});

test("points and frequencies only change places", () => {
  for (const n of [3, 6, 10]) {
    const steps = Array.from({ length: n }, (_, g) => g);
    for (const order of [0, 1]) {
      const places = [0, 1].flatMap((orbit) => steps.map((g) => reordering.place(orbit, g, n, order)));
      assert.deepEqual(places.sort((a, b) => a - b), [...Array(2 * n).keys()]);
    }
    assert.ok(reordering.placeOfFrequency(n, n, 1) < 1); // beside the frequency 0, at the trivial character
    assert.equal(reordering.placeOfFrequency(n, n, 0), n);
  }
});

/** What a panel of some width draws into: enough of a document to see where lines and words stand. */
function paper(width) {
  const element = (name) => {
    const attributes = {};
    const children = [];
    return {
      name,
      attributes,
      children,
      namespaceURI: SVG,
      textContent: "",
      setAttribute: (key, value) => (attributes[key] = value),
      append: (...more) => children.push(...more),
      replaceChildren: () => children.splice(0),
    };
  };
  globalThis.document = { createElementNS: (_, name) => element(name) };
  return { ...element("svg"), parentNode: { clientWidth: width } };
}

/** The box of some words of 12 pixels, with room for the widest of usual fonts. */
function boxOf({ attributes: { x, y, "text-anchor": anchor }, textContent: said }) {
  const width = 7 * said.length;
  const left = x - { start: 0, middle: width / 2, end: width }[anchor];
  return { said, left, right: left + width, top: y - 10, bottom: y + 3 };
}

test("phase_diagram: no words lie on the border, on other words or beyond the edge, whatever is set", () => {
  const { orders, names, signal, noise, exact } = cases.find(({ explorer }) => explorer === "phase_diagram").settings;
  const complaints = new Set();
  for (const width of [290, 340, 420, 560]) {
    for (const [order, n] of orders.entries()) {
      for (const pair of names.keys()) {
        const svg = paper(width);
        drawPairs(svg, { order, pair, orders, signal, noise, exact });
        const { x1, y1, x2, y2 } = svg.children.find(({ attributes }) => attributes.class === "ste-border").attributes;
        const above = (x, y) => ((x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)) / Math.hypot(x2 - x1, y2 - y1);
        const words = svg.children.filter(({ textContent: said }) => /^(N|ε) = |^wrong$|^right$/.test(said)).map(boxOf);
        assert.ok(words.length > 3);
        for (const { said, left, right, top, bottom } of words) {
          const where = `${said} at N = ${n}, pair ${pair}, width ${width}`;
          const corners = [above(left, top), above(left, bottom), above(right, top), above(right, bottom)];
          if (Math.min(...corners) < 1.5 && Math.max(...corners) > -1.5) complaints.add(`${where}: on the border`);
          if (left < 0 || right > width) complaints.add(`${where}: beyond the edge`);
          for (const other of words) {
            const apart = right < other.left || other.right < left || bottom < other.top || other.bottom < top;
            if (other.said !== said && !apart) complaints.add(`${where}: on ${other.said}`);
          }
        }
      }
    }
  }
  assert.equal(complaints.size, 0, [...complaints].join("\n"));
});

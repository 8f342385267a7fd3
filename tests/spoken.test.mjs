/*
 * The check of what a page says, on small trees of what Chromium would hear.
 *
 * test_spoken.py runs this with `node --test`.
 */
import assert from "node:assert/strict";
import test from "node:test";

import { inspectTree } from "../.ci/site/spoken.mjs";

const SHOWN = { figures: 1, formulas: 1, boxes: 1, tables: 1 };

/** A tree of Chromium's from [role, name, children, more]. */
function tree(root) {
  const nodes = [];
  const add = ([role, name, children = [], more = {}], parentId) => {
    const nodeId = String(nodes.length);
    const node = { nodeId, parentId, role: { value: role }, name: { value: name }, childIds: [], ...more };
    nodes.push(node);
    for (const child of children) node.childIds.push(add(child, nodeId));
    return nodeId;
  };
  add(root);
  return nodes;
}

const level = (value) => ({ properties: [{ name: "level", value: { value } }] });
const table = ["table", "", [["row", "", [["columnheader", "N = 2"]]]]];
const good = [
  ["heading", "Title", [], level(1)],
  ["heading", "Theorem 1", [], level(3)],
  ["image", "The error falls from 0.9 to 0.1."],
  ["MathMLMath", ""],
  ["code", "", [["StaticText", "$N$"]]],
  ["button", "Copy", [["image", ""]]],
  table,
];
const complaints = (children) => inspectTree(tree(["RootWebArea", "", [["main", "", children]]]), SHOWN);

test("a page that is heard as it is shown passes", () => assert.deepEqual(complaints(good), []));

const replaced = (role, ...nodes) => good.flatMap((node) => (node[0] === role ? nodes : [node]));
const broken = {
  "a link without a name": [...good, ["link", ""]],
  "a figure without numbers": replaced("image", ["image", "The error falls."]),
  "a figure that is heard twice": [...good, good[2]],
  "labels beside the text of a drawing": replaced("image", ["image", "From 0.9 to 0.1.", [["generic", "", [["StaticText", "error"]]]]]),
  "a formula that is not heard": replaced("MathMLMath"),
  "a formula that is heard twice": [...good, ["MathMLMath", ""]],
  "TeX in the text": [...good, ["StaticText", "of $N$ points"]],
  "TeX in a tip": [...good, ["link", "signal", [], { description: { value: "Here: \\lambda_N." } }]],
  "a box that is no heading": good.filter(([, name]) => name !== "Theorem 1"),
  "a table whose columns have no headers": replaced("table", ["table", "", []]),
};
for (const [what, children] of Object.entries(broken)) {
  test(`noticed: ${what}`, () => assert.equal(complaints(children).length, 1));
}

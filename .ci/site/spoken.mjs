// What a page says to those who hear it, by Chromium's accessibility tree.

const NAMED = ["button", "link", "DisclosureTriangle", "image", "slider", "searchbox", "textbox", "checkbox", "radio", "combobox"];
const TEX = /\\[a-zA-Z]{2,}|\$[^\s$][^$]*\$/;
// Where a backslash is meant.
const CODE = new Set(["code", "pre"]);

/** Open every fold, so that what it hides is heard as well; runs in the page. */
export function openFolds() {
  for (const fold of document.querySelectorAll("main details:not([open])")) fold.open = true;
  for (const button of document.querySelectorAll("main button.toggle-button-hidden")) button.click();
}

/** What the accessibility tree must say for each of these; runs in the page. */
export function countShown() {
  const shown = (selector) => [...document.querySelectorAll(selector)].filter((box) => box.getClientRects().length);
  const outermost = (box) => !box.parentElement.closest("mjx-container");
  return {
    figures: shown("main .st-figure").length,
    formulas: shown("main mjx-container").filter(outermost).length,
    boxes: shown("main .admonition > .admonition-title").length,
    tables: shown("main table").length,
  };
}

/** Whether a node is read out. */
function heard(node) {
  return !node.ignored && !["none", "generic", "InlineTextBox"].includes(node.role?.value);
}

function property(node, name) {
  return node.properties?.find((one) => one.name === name)?.value.value;
}

/** What is wrong with what is heard, given what is shown. */
export function inspectTree(nodes, shown) {
  const complaints = [];
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const above = (node) => byId.get(node?.parentId);
  const within = (node, found) => {
    for (let parent = above(node); parent; parent = above(parent)) if (found(parent)) return parent;
    return undefined;
  };
  const role = (node) => node?.role?.value;
  const name = (node) => (node.name?.value ?? "").trim();
  const all = nodes.filter(heard);
  const main = all.filter((node) => within(node, (parent) => role(parent) === "main"));
  const of = (what) => main.filter((node) => role(node) === what);

  for (const node of all) {
    if (NAMED.includes(role(node)) && !name(node)) {
      // The picture in a button or a link is not heard beside its name.
      if (role(node) === "image" && within(node, (parent) => ["button", "link", "DisclosureTriangle"].includes(role(parent)))) continue;
      complaints.push(`a ${role(node)} without a name`);
    }
  }

  // A drawing is heard once, by a text with its numbers, and not by its labels once more.
  const pictures = of("image").filter((node) => /\d/.test(name(node)));
  const texts = new Set();
  for (const node of of("StaticText")) {
    if (within(node, (parent) => role(parent) === "image")) complaints.push(`a label of a drawing is heard beside its text: ${name(node)}`);
  }
  for (const node of of("image")) {
    if (/\d/.test(name(node)) && texts.has(name(node))) complaints.push(`heard twice: ${name(node).slice(0, 60)}`);
    texts.add(name(node));
  }
  if (pictures.length < shown.figures) complaints.push(`${shown.figures} figures, ${pictures.length} heard with numbers`);

  // A formula is heard once, as mathematics.
  const formulas = of("MathMLMath");
  if (formulas.length !== shown.formulas) complaints.push(`${shown.formulas} formulas, ${formulas.length} heard`);
  for (const node of main) {
    const text = `${role(node) === "StaticText" ? name(node) : ""} ${node.description?.value ?? ""}`;
    if (!TEX.test(text) || within(node, (parent) => CODE.has(role(parent)) || property(parent, "roledescription") === "code")) continue;
    complaints.push(`TeX is heard: ${text.trim().slice(0, 60)}`);
  }

  // From heading to heading one reaches every box, and a table says what its columns are.
  const headings = of("heading");
  if (headings.filter((node) => property(node, "level") === 1).length !== 1) complaints.push("not one first heading");
  if (headings.length < shown.boxes + 1) complaints.push(`${shown.boxes} boxes, ${headings.length} headings`);
  for (const table of of("table")) {
    const heads = of("columnheader").filter((node) => within(node, (parent) => parent === table));
    if (!heads.length) complaints.push("a table without headers of columns");
  }
  if (of("table").length < shown.tables) complaints.push(`${shown.tables} tables, ${of("table").length} heard as such`);
  return [...new Set(complaints)];
}

/** Complaints about what a page says. */
export async function listen(page) {
  await page.evaluate(openFolds);
  // The list of symbols is made when it is opened.
  await page.waitForFunction(() => !document.querySelector("details.symbols-here[open]:not([data-listed])"));
  const shown = await page.evaluate(countShown);
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  return inspectTree(nodes, shown);
}

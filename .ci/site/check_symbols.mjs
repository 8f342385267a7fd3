// Point at symbols in formulas, by mouse and by touch, and read the list of them with the keyboard:
//   node check_symbols.mjs SITE
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { launch, openContext, settle } from "./browser.mjs";
import { serve } from "./server.mjs";
import { tally } from "./tally.mjs";

const HEAVIEST = 6000;
const NOTATION = "book/notation.html";
// On a page: a formula that is the symbol, and what its card says; nothing where the letter may be another.
const SAID = [
  ["notebooks/theory/circulant.html", "\\lambda_N", "eigenvalue of the labels"],
  ["notebooks/theory/circulant.html", "\\lambda_k", "eigenvalue of frequency"],
  ["notebooks/theory/circulant.html", "K", "Gram matrix"],
  ["notebooks/theory/circulant.html", "m = j' - j", ""],
  ["notebooks/theory/spectral_error.html", "m", "number of orbits"],
  ["notebooks/theory/spectral_error.html", "\\Lambda_\\chi", "block of"],
  ["notebooks/theory/spectral_error.html", "\\eta", "asymmetry"],
  ["notebooks/groups/partial_orbits.html", "\\eta", ""],
  ["notebooks/groups/partial_orbits.html", "f_0 = \\sum_j(C_0^{-1}y)_j\\,\\mu_j", "A letter of this page"],
  ["notebooks/groups/partial_orbits.html", "K_r", "the matrix that is inverted"],
];

const root = process.argv[2];
if (!root) {
  console.error("Expected the built site. Try: node check_symbols.mjs ../../_build/html");
  process.exit(2);
}
const site = await serve(root);
const browser = await launch();
const { expect, end } = tally("symbols");

/** The words of the card after a symbol was pointed at, with the formulas as TeX; empty if there is none. */
async function pointAt(page, symbol, touch) {
  await page.keyboard.press("Escape");
  await page.mouse.move(0, 0);
  if (touch) await symbol.tap();
  else await symbol.hover();
  await page.waitForFunction(() => !document.getElementById("st-card").hidden, null, { timeout: 1500 }).catch(() => {});
  return page.evaluate(() => {
    const card = document.getElementById("st-card");
    return card.hidden ? "" : card.textContent.trim();
  });
}

/** The first letter of the first formula of a page that is this TeX, and shown. */
async function letterOf(page, tex) {
  const handle = await page.evaluateHandle((wanted) => {
    const formulas = [...window.MathJax.startup.document.math];
    const shown = formulas.filter(({ math, typesetRoot }) => math.trim() === wanted && typesetRoot.getClientRects().length);
    return shown[0]?.typesetRoot.querySelector("mjx-mi") ?? null;
  }, tex);
  await handle.asElement()?.scrollIntoViewIfNeeded();
  return handle.asElement();
}

async function checkAt(width, theme) {
  const context = await openContext(browser, width, theme);
  const page = await context.newPage();
  let address = "";
  for (const [next, tex, words] of SAID) {
    if (next !== address) {
      await page.goto(`${site.address}/${next}`);
      await settle(page);
      // Proofs are folded.
      await page.evaluate(() => document.querySelectorAll(".admonition.toggle-hidden button.toggle-button").forEach((button) => button.click()));
      address = next;
    }
    const where = `${next} at ${width}, ${tex}`;
    const letter = await letterOf(page, tex);
    expect(`${where}: no such formula`, letter);
    if (!letter) continue;
    const said = await pointAt(page, letter, width === "phone");
    expect(`${where}: ${said || "no card"}`, words ? said.includes(words) : said === "");
    if (words) {
      const link = page.locator("#st-card a[href]");
      expect(`${where}: the card does not lead to where it is introduced`, (await link.count()) === 1);
    }
  }
  // The table itself: each symbol has its own row.
  await page.goto(`${site.address}/${NOTATION}`);
  await settle(page);
  for (const row of width === "desktop" ? await page.locator("article table tbody tr").all() : []) {
    const meaning = (await row.locator("td").nth(1).textContent()).split(/[\\(:;,]/)[0].trim();
    for (const formula of await row.locator("td").first().locator("mjx-container").all()) {
      const symbol = await formula.evaluate((one) => one.querySelector("mjx-assistive-mml").textContent);
      if (symbol.startsWith("[")) continue;
      const said = await pointAt(page, formula.locator("mjx-math mjx-mi").first(), false);
      expect(`${NOTATION}: ${symbol} says "${said}", not "${meaning}"`, said.includes(meaning));
    }
  }
  await page.goto(`${site.address}/${SAID[0][0]}`);
  await settle(page);
  const fold = page.locator("details.symbols-here");
  await fold.locator("summary").focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelectorAll(".symbols-here li mjx-container").length > 0, null, { timeout: 5000 }).catch(() => {});
  const entries = await fold.locator("li").allTextContents();
  expect(`the list has ${entries.length} symbols`, entries.length > 8);
  for (const entry of entries) expect(`an entry does not say where it is introduced: ${entry}`, /Introduced in .|A letter of this page/.test(entry));
  const stops = await page.locator("article mjx-mi[tabindex], article mjx-container[tabindex]:not([display])").count();
  expect(`${stops} symbols stop the tab key`, stops === 0);
  await context.close();
}
await Promise.all([checkAt("desktop", "light"), checkAt("phone", "dark")]);
const { size } = await stat(join(root, "_static/symbols.js"));
expect(`the script has ${size} bytes`, size <= HEAVIEST);
await browser.close();
await site.close();
process.exit(end());

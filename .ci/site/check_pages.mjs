// Open every page in Chromium, wide and narrow, light and dark:  node check_pages.mjs SITE [PAGE ...]
//
// A page fails if it asks another host for anything, if anything it asks for is missing, if it logs an error, if a
// formula is not set, if it scrolls sideways on a phone, if something is clipped, broken or too small (layout.mjs), if
// axe finds any barrier, of whatever impact, if what it says to those who hear it is not what it shows (spoken.mjs), or
// if a first visit fetches too much (weight.mjs).
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { THEMES, WIDTHS, launch, listPages, openContext, settle } from "./browser.mjs";
import { LAYOUT } from "./layout.mjs";
import { serve } from "./server.mjs";
import { listen } from "./spoken.mjs";
import { tooHeavy } from "./weight.mjs";

const [root, ...chosen] = process.argv.slice(2);
if (!root) {
  console.error("Expected the built site. Try: node check_pages.mjs ../../_build/html");
  process.exit(2);
}
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What is wrong with the formulas and the width of the page; runs in the page. */
function inspect() {
  const complaints = [];
  for (const error of document.querySelectorAll("mjx-merror, [data-mjx-error]")) {
    complaints.push(`formula with an error: ${error.getAttribute("data-mjx-error") ?? error.textContent}`);
  }
  for (const formula of document.querySelectorAll(".math")) {
    if (!formula.querySelector("mjx-container")) complaints.push(`formula not set: ${formula.textContent.trim().slice(0, 60)}`);
  }
  const walker = document.createTreeWalker(document.querySelector("article") ?? document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement: parent, textContent: text } = walker.currentNode;
    if (parent.closest("code, pre, script, style, svg, mjx-container")) continue;
    if (/\\\(|\\\[|\$\$|\$[^\s$][^$]*\$/.test(text)) complaints.push(`TeX in the text: ${text.trim().slice(0, 60)}`);
  }
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) {
    const wide = [...document.body.querySelectorAll("*")]
      .filter((element) => element.getBoundingClientRect().right > clientWidth + 1)
      .filter((element) => {
        for (let box = element.parentElement; box; box = box.parentElement) {
          if (getComputedStyle(box).overflowX !== "visible") return false;
        }
        return true;
      })
      .slice(0, 3)
      .map((element) => `${element.tagName.toLowerCase()}.${element.className}`);
    complaints.push(`scrolls sideways: ${scrollWidth} > ${clientWidth} pixels, by ${wide.join(", ")}`);
  }
  return complaints;
}

/** What axe finds; in a second theme only colors can differ. */
async function barriers(page, again) {
  await page.evaluate(axe);
  return page.evaluate(async (only) => {
    const { violations } = await window.axe.run({
      elementRef: true,
      resultTypes: ["violations"],
      runOnly: only ? { type: "rule", values: only } : ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    });
    return violations.flatMap(({ id, impact, nodes }) => {
      // axe does not read the words of a formula; spoken.mjs sees that it is heard.
      const silent = ({ element }) => !(id === "empty-table-header" && element.querySelector("mjx-container"));
      const found = nodes.filter(silent);
      return found.slice(0, 3).map((node) => {
        const detail = node.any[0]?.message ?? node.all[0]?.message ?? node.none[0]?.message ?? "";
        return `axe ${id} (${impact}, ${found.length}): ${node.target.join(" ")} ${detail}`;
      });
    });
  }, again ? ["color-contrast", "link-in-text-block"] : null);
}

/** A function that visits a page in a theme, looks at it again in the other, and tells what is wrong. */
function visitor(page, address, theme) {
  const complaints = [];
  const fetched = [];
  const listeners = {
    request: (request) => {
      const url = request.url();
      if (url.startsWith(address)) fetched.push(decodeURIComponent(new URL(url).pathname));
      else if (!/^(data|blob):/.test(url)) complaints.push(`request to another host: ${url}`);
    },
    response: (response) => {
      if (response.status() >= 400) complaints.push(`${response.status()} for ${response.url()}`);
    },
    console: (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(`console: ${message.text()}`);
    },
    pageerror: (error) => complaints.push(`script error: ${error.message}`),
  };
  for (const [event, listener] of Object.entries(listeners)) page.on(event, listener);
  return async (path) => {
    complaints.length = 0;
    fetched.length = 0;
    await page.goto(`${address}/${path}`, { waitUntil: "load" });
    await settle(page);
    const shown = await page.evaluate(() => document.documentElement.dataset.theme);
    if (shown !== theme && shown !== undefined) complaints.push(`theme ${shown} instead of ${theme}`);
    const { total, complaints: heavy } = await tooHeavy(root, fetched);
    complaints.push(...heavy, ...(await page.evaluate(inspect)));
    for (const check of LAYOUT) complaints.push(...(await page.evaluate(check)));
    complaints.push(...(await barriers(page, false)));
    const other = THEMES.find((one) => one !== theme);
    await page.evaluate((choice) => (document.documentElement.dataset.theme = choice), other);
    complaints.push(...(await barriers(page, true)).map((words) => `${words} (${other})`));
    complaints.push(...(await listen(page)));
    return { total, complaints: [...complaints] };
  };
}

const pages = chosen.length ? chosen : await listPages(root);
const site = await serve(root);
const browser = await launch();
let failures = 0;
let visits = 0;
let heaviest = [0, ""];
await Promise.all(
  Object.keys(WIDTHS).map(async (width, place) => {
    const theme = THEMES[place];
    const context = await openContext(browser, width, theme);
    const page = await context.newPage();
    const visit = visitor(page, site.address, theme);
    for (const path of pages) {
      const { total, complaints } = await visit(path);
      visits += 1;
      failures += complaints.length > 0;
      if (total > heaviest[0]) heaviest = [total, path];
      for (const complaint of complaints) console.log(`${path} (${width}, ${theme}): ${complaint}`);
    }
    await context.close();
  }),
);
await browser.close();
await site.close();
console.log(`heaviest page: ${heaviest[1]}, ${Math.round(heaviest[0] / 1e3)} KB compressed`);
console.log(`pages: ${visits - failures} passed, ${failures} failed`);
process.exit(failures ? 1 : 0);

// Open every page in Chromium, wide and narrow, light and dark:  node check_pages.mjs SITE
//
// A page fails if it asks another host for anything, if anything it asks for is missing, if it logs an error, if a
// formula is not set, if it scrolls sideways on a phone, if something is clipped, broken or too small (layout.mjs), or
// if axe finds a serious barrier (contrast, names, order).
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { THEMES, WIDTHS, launch, listPages, openContext, settle } from "./browser.mjs";
import { LAYOUT } from "./layout.mjs";
import { serve } from "./server.mjs";

const root = process.argv[2];
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

async function checkPage(page, address, theme) {
  const complaints = [];
  const listeners = {
    request: (request) => {
      const url = request.url();
      if (!url.startsWith(address) && !/^(data|blob):/.test(url)) complaints.push(`request to another host: ${url}`);
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
  const visit = async (path) => {
    complaints.length = 0;
    await page.goto(`${address}/${path}`, { waitUntil: "load" });
    await settle(page);
    complaints.push(...(await page.evaluate(inspect)));
    for (const check of LAYOUT) complaints.push(...(await page.evaluate(check)));
    const shown = await page.evaluate(() => document.documentElement.dataset.theme);
    if (shown !== theme && shown !== undefined) complaints.push(`theme ${shown} instead of ${theme}`);
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() =>
      // The roles in a list of citations are docutils', and not ours to mend.
      window.axe.run({ exclude: [".citation-list"] }, { resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] }),
    );
    for (const { id, impact, nodes } of violations) {
      if (!["serious", "critical"].includes(impact)) continue;
      for (const node of nodes.slice(0, 3)) {
        const detail = node.any[0]?.message ?? node.all[0]?.message ?? node.none[0]?.message ?? "";
        complaints.push(`axe ${id} (${nodes.length}): ${node.target.join(" ")} ${detail}`);
      }
    }
    return [...complaints];
  };
  return { visit };
}

const pages = await listPages(root);
const site = await serve(root);
const browser = await launch();
let failures = 0;
let visits = 0;
await Promise.all(
  THEMES.map(async (theme) => {
    for (const width of Object.keys(WIDTHS)) {
      const context = await openContext(browser, width, theme);
      const page = await context.newPage();
      const { visit } = await checkPage(page, site.address, theme);
      for (const path of pages) {
        const complaints = await visit(path);
        visits += 1;
        failures += complaints.length > 0;
        for (const complaint of complaints) console.log(`${path} (${width}, ${theme}): ${complaint}`);
      }
      await context.close();
    }
  }),
);
await browser.close();
await site.close();
console.log(`pages: ${visits - failures} passed, ${failures} failed`);
process.exit(failures ? 1 : 0);

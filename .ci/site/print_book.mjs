// The whole book, set as one page, as one PDF with bookmarks, whose links lead within it; or a single page of the site:
//   node print_book.mjs SITE PAGE.html BOOK.pdf [--pages N, which it must have]
import { readFile } from "node:fs/promises";
import { launch, settle } from "./browser.mjs";
import { serve } from "./server.mjs";

const MINUTES = 60_000;
// From as it is to the smallest that is read with ease, where the number of pages is given.
const SCALES = [1, 0.95, 0.9, 0.85, 0.8, 0.75];
// Code that the page folds: the paper has what the page shows.
const FOLDED = ".bd-article :is(details.hide, details.st-source) { display: none !important; }";

// A page that is to be one sheet uses all of it.
const TIGHT = `
  .bd-main .bd-content .bd-article-container, .bd-article * { max-width: none !important; }
  .bd-article :is(td, th) { padding-block: 0.1rem !important; }
  .bd-article mjx-container[display] { margin-block: 0.3rem !important; }
  .bd-article :is(h1, h2) { margin-block: 0.8rem 0.3rem; }
  .bd-article :is(p, table, div.math) { margin-block: 0.3rem; }
  .bd-article :is(td, th) p { margin-block: 0 !important; }
`;

const [root, source, target, , pages] = process.argv.slice(2);
if (!root || !source || !target) {
  console.error("Expected a site, a page of it and a PDF. Try: node print_book.mjs ../../_build/singlehtml book/index.html ../../_build/away/book.pdf");
  process.exit(2);
}
const site = await serve(root);
const browser = await launch();
const page = await browser.newPage();
page.setDefaultTimeout(10 * MINUTES);
await page.addInitScript(() => (window.formulasAtOnce = true));
// Without it explorers are still pictures.
await page.route("**/widget-host.js*", (route) => route.abort());
await page.goto(`${site.address}/${source}`);
await settle(page);
await page.addStyleTag({ content: pages ? FOLDED + TIGHT : FOLDED });
// Sphinx names the first page in links between chapters, which all stand in this one.
await page.evaluate(() => {
  for (const link of document.querySelectorAll("a[href*='#']")) {
    const anchor = link.getAttribute("href").replace(/^[^:]*\.html(?=#)/, "");
    if (document.getElementById(anchor.slice(1))) link.setAttribute("href", anchor);
  }
});
await page.emulateMedia({ media: "print" });
let found = 0;
for (const scale of pages ? SCALES : [1]) {
  await page.pdf({
    path: target,
    format: "A4",
    scale,
    margin: { top: "16mm", bottom: "18mm", left: "20mm", right: "20mm" },
    displayHeaderFooter: true,
    headerTemplate: "<span></span>",
    footerTemplate: '<div style="font: 8px sans-serif; width: 100%; text-align: center"><span class="pageNumber"></span></div>',
    outline: true,
    tagged: true,
    timeout: 10 * MINUTES,
  });
  // Chromium writes the tree of pages as plain text.
  found = (await readFile(target, "latin1")).match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  if (found === Number(pages)) break;
}
await browser.close();
await site.close();
console.log(`${target}: ${found} pages`);
if (pages && found !== Number(pages)) {
  console.error(`Expected ${pages} pages. Got ${found}. Try fewer words.`);
  process.exit(1);
}

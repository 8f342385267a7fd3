// The whole book, set as one page, as one PDF with bookmarks, whose links lead within it; or a single page of the site:
//   node print_book.mjs PAGE.html BOOK.pdf
import { basename, dirname } from "node:path";
import { launch, settle } from "./browser.mjs";
import { serve } from "./server.mjs";

const MINUTES = 60_000;

const [source, target] = process.argv.slice(2);
if (!source || !target) {
  console.error("Expected a page and a PDF. Try: node print_book.mjs ../../_build/singlehtml/index.html ../../_build/away/book.pdf");
  process.exit(2);
}
const site = await serve(dirname(source));
const browser = await launch();
const page = await browser.newPage();
page.setDefaultTimeout(10 * MINUTES);
await page.goto(`${site.address}/${basename(source)}`);
await settle(page);
await page.emulateMedia({ media: "print" });
await page.pdf({
  path: target,
  format: "A4",
  margin: { top: "18mm", bottom: "20mm", left: "20mm", right: "20mm" },
  displayHeaderFooter: true,
  headerTemplate: "<span></span>",
  footerTemplate: '<div style="font: 8px sans-serif; width: 100%; text-align: center"><span class="pageNumber"></span></div>',
  outline: true,
  tagged: true,
  timeout: 10 * MINUTES,
});
await browser.close();
await site.close();

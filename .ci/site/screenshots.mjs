// Take a picture of every page at both widths and in both themes:  node screenshots.mjs SITE FOLDER [PAGE ...]
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { THEMES, WIDTHS, launch, listPages, openContext, settle } from "./browser.mjs";
import { serve } from "./server.mjs";

const [root, folder, ...chosen] = process.argv.slice(2);
if (!folder) {
  console.error("Expected the built site and a folder. Try: node screenshots.mjs ../../_build/html /tmp/pictures");
  process.exit(2);
}
const pages = chosen.length ? chosen : await listPages(root);
await mkdir(folder, { recursive: true });
const site = await serve(root);
const browser = await launch();
for (const width of Object.keys(WIDTHS)) {
  for (const theme of THEMES) {
    const context = await openContext(browser, width, theme);
    const page = await context.newPage();
    for (const path of pages) {
      await page.goto(`${site.address}/${path}`);
      await settle(page);
      const name = `${path.replace(/\.html$/, "").replaceAll("/", "-")}-${width}-${theme}.png`;
      await page.screenshot({ path: join(folder, name), fullPage: true });
    }
    await context.close();
  }
}
await browser.close();
await site.close();
console.log(`${pages.length * 4} pictures in ${folder}`);

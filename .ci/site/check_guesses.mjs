// Guess on every page that asks, by keyboard and by touch, and see that the guess stands beside the answer, now and later:
//   node check_guesses.mjs SITE
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { launch, listPages, openContext, settle } from "./browser.mjs";
import { serve } from "./server.mjs";
import { tally } from "./tally.mjs";

const root = process.argv[2];
if (!root) {
  console.error("Expected the built site. Try: node check_guesses.mjs ../../_build/html");
  process.exit(2);
}
const pages = [];
for (const page of await listPages(root)) {
  if ((await readFile(join(root, page), "utf8")).includes('class="guess"')) pages.push(page);
}
const site = await serve(root);
const browser = await launch();
const { expect, end } = tally("guesses");

async function guessOn(context, address, width) {
  const page = await context.newPage();
  await page.goto(`${site.address}/${address}`);
  await settle(page);
  const form = page.locator("form.guess").first();
  const where = `${address} at ${width}`;
  const [slider, output] = [form.locator("input"), form.locator("output")];
  const [least, most] = await Promise.all(["min", "max"].map(async (name) => Number(await slider.getAttribute(name))));
  const before = await output.textContent();
  expect(`${where}: the slider does not say where it stands`, /\d/.test(before));
  await slider.focus();
  for (let press = 0; press < 5; press += 1) await page.keyboard.press("ArrowRight");
  expect(`${where}: the slider does not move`, (await output.textContent()) !== before);
  const said = await output.textContent();
  if (width === "phone") await form.locator("button").tap();
  else await page.keyboard.press("Enter");
  const answer = form.locator("details p");
  expect(`${where}: no answer`, await answer.isVisible());
  const words = await answer.textContent();
  expect(`${where}: ${words} does not begin with the guess`, words.startsWith(`You said ${said}.`));
  const truth = Number((await form.locator(".guess-truth").textContent()).replace("\u2212", "-"));
  expect(`${where}: ${truth} is not on the slider`, truth >= least && truth <= most);
  await page.reload();
  await settle(page);
  expect(`${where}: the guess is forgotten`, (await answer.isVisible()) && (await answer.textContent()) === words);
  await page.close();
}

for (const [width, theme] of [["desktop", "light"], ["phone", "dark"]]) {
  const context = await openContext(browser, width, theme);
  // What differs from page to page is the answer, which is the same at any width.
  for (const page of width === "desktop" ? pages : pages.slice(0, 3)) await guessOn(context, page, width);
  await context.close();
}
expect("no page asks for a guess", pages.length > 0);
await browser.close();
await site.close();
process.exit(end(`${pages.length} pages, `));

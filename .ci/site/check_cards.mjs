// Ask for the card of every link that should have one, by mouse, keyboard and touch, from a server and from a folder:
//   node check_cards.mjs SITE
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { launch, openContext, settle } from "./browser.mjs";
import { serve } from "./server.mjs";
import { tally } from "./tally.mjs";

const PAGE = "notebooks/groups/general_spectral_error.html";
const LINKS = ".bd-article a.internal[href*='#']";

const root = process.argv[2];
if (!root) {
  console.error("Expected the built site. Try: node check_cards.mjs ../../_build/html");
  process.exit(2);
}
const site = await serve(root);
const browser = await launch();
const { expect, end } = tally("cards");

/** What a reader sees of the card: its words, whether it is whole in the window, and formulas that are not set. */
const look = (page) =>
  page.evaluate(() => {
    const card = document.getElementById("st-card");
    const box = card.getBoundingClientRect();
    return {
      open: !card.hidden,
      words: card.textContent.trim(),
      raw: /\\[([]/.test(card.textContent),
      whole: box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight,
      wide: card.scrollWidth > card.clientWidth + 1,
    };
  });

async function checkPage(width, theme, address) {
  const page = await (await openContext(browser, width, theme)).newPage();
  await page.goto(address);
  await settle(page);
  const links = page.locator(LINKS).filter({ visible: true });
  const count = await links.count();
  const name = `${address.split("/").slice(-2).join("/")} at ${width}`;
  expect(`${name}: expected links with cards`, count > 5);
  for (let index = 0; index < count; index += 1) {
    const link = links.nth(index);
    const where = `${name}: ${await link.getAttribute("href")}`;
    await link.scrollIntoViewIfNeeded();
    if (width === "desktop") await link.hover();
    else await link.tap();
    await page.waitForFunction(() => !document.getElementById("st-card").hidden, null, { timeout: 3000 }).catch(() => {});
    await page.waitForFunction(() => !/\\[([]/.test(document.getElementById("st-card").textContent), null, { timeout: 3000 }).catch(() => {});
    const card = await look(page);
    expect(`${where}: no card`, card.open && card.words.length > 10);
    expect(`${where}: TeX in the card`, !card.raw);
    expect(`${where}: the card is not whole in the window`, card.whole);
    await page.keyboard.press("Escape");
    expect(`${where}: Escape does not close it`, !(await look(page)).open);
    await page.mouse.move(0, 0);
  }
  return { page, links };
}

{
  const { page, links } = await checkPage("desktop", "light", `${site.address}/${PAGE}`);
  const first = links.first();
  await first.focus();
  await page.waitForTimeout(100);
  expect("a link with the focus has no card", (await look(page)).open);
  expect("the card does not describe the link", (await first.getAttribute("aria-describedby")) === "st-card");
  await first.blur();
  expect("the card stays without the focus", !(await look(page)).open);
  await first.hover();
  await page.waitForTimeout(400);
  await page.locator("#st-card").hover();
  await page.waitForTimeout(400);
  expect("the pointer cannot go to the card", (await look(page)).open);
}
{
  const { page, links } = await checkPage("phone", "dark", `${site.address}/${PAGE}`);
  const before = page.url();
  const away = links.and(page.locator("[href*='.html#']")).first();
  await away.scrollIntoViewIfNeeded();
  await away.tap();
  await page.waitForTimeout(300);
  expect("a first touch leaves the page", page.url() === before);
  await away.tap();
  await page.waitForURL((url) => url.href !== before, { timeout: 3000 }).catch(() => {});
  expect("a second touch does not follow the link", page.url() !== before);
}
await checkPage("desktop", "light", pathToFileURL(resolve(root, PAGE)).href);
await browser.close();
await site.close();
process.exit(end());

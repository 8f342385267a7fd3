// Guess on every page that asks: what holds the answer is covered, and shown to whoever guessed, declined, or came for it:
//   node check_guesses.mjs SITE [PAGE ...]
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { launch, listPages, openContext, settle } from "./browser.mjs";
import { serve } from "./server.mjs";
import { tally } from "./tally.mjs";

const [root, ...chosen] = process.argv.slice(2);
if (!root) {
  console.error("Expected the built site. Try: node check_guesses.mjs ../../_build/html");
  process.exit(2);
}
const pages = [];
for (const page of chosen.length ? chosen : await listPages(root)) {
  if ((await readFile(join(root, page), "utf8")).includes('class="guess"')) pages.push(page);
}
// Each page is asked once by either way; what differs between widths is the size. These are asked by both.
const some = pages.slice(0, 3);
const HEARD = /^- paragraph: The (figure|table|answer) appears when you have guessed\.\n- button "Guess"\n- button "Just show it"$/;
const MINUS = "\u2212";
const site = await serve(root);
const browser = await launch();
const { expect, end } = tally("guesses");

/** What each frame showed since the page began: "covered" or "open". */
function watchFrames() {
  window.framesOfCover = new Set();
  const look = () => {
    const cover = document.querySelector("guess-cover");
    const first = cover?.querySelector(":scope > :not(.guess-panel)");
    if (first) window.framesOfCover.add(getComputedStyle(first).visibility === "hidden" ? "covered" : "open");
    requestAnimationFrame(look);
  };
  look();
}

/** Whether what holds the answer is wholly to be seen, wholly not, or in part; what is heard; and what has its place where. */
const look = (page) =>
  page.evaluate(() => {
    const cover = document.querySelector("guess-cover");
    const [panel] = cover.getElementsByClassName("guess-panel");
    const seen = (part) => part.getClientRects().length > 0 && getComputedStyle(part).visibility === "visible";
    // What the theme shows to the pointer alone does not count.
    const parts = [...cover.querySelectorAll("*:not(.headerlink)")].filter((part) => !panel?.contains(part) && part.getClientRects().length);
    const open = parts.filter(seen).length;
    const box = cover.getBoundingClientRect();
    return {
      state: panel && seen(panel) ? (open ? "both" : "covered") : open === parts.length ? "open" : "in part",
      place: [box.top, box.height, document.documentElement.getBoundingClientRect().height],
      frames: [...(window.framesOfCover ?? [])].join(" "),
    };
  });

const moved = (before, after) => before.place.some((value, index) => Math.abs(value - after.place[index]) >= 1);

/**
 * A page that is read for the first time. Formulas are set on some pages only: they take most of the time, and guesses
 * are the same with them and without.
 */
async function open(context, address) {
  const page = await context.newPage();
  if (!some.includes(address.split("#")[0])) await page.route(/mathjax/i, (route) => route.abort());
  await page.goto(`${site.address}/${address}`);
  await settle(page);
  return page;
}

async function forget(page) {
  await page.evaluate(() => Object.keys(localStorage).forEach((key) => key.startsWith("symtheory-guess ") && localStorage.removeItem(key)));
}

const parts = (page) => {
  const form = page.locator("form.guess").first();
  return { form, cover: page.locator("guess-cover").first(), slider: form.locator("input"), output: form.locator("output"), answer: form.locator("details p") };
};

/** A number in the text above that would tell the answer, with its unit or its decimals. */
function toldAbove() {
  const form = document.querySelector("form.guess");
  const truth = form.querySelector(".guess-truth").textContent;
  const said = truth + (form.dataset.unit && `\u00a0${form.dataset.unit}`);
  if (said === truth && !truth.includes(".")) return "";
  const before = document.createRange();
  before.setStart(form.closest("article"), 0);
  before.setEndBefore(form);
  const words = before.toString();
  const at = words.search(new RegExp(`(?<![\\d.])${said.replace(".", "\\.")}(?!\\d)`));
  return at < 0 ? "" : words.slice(Math.max(0, at - 40), at + 20);
}

async function guessOn(context, address, width) {
  const page = await open(context, address);
  const { cover, slider, output, answer, form } = parts(page);
  const where = `${address} at ${width}`;
  const [least, most] = await Promise.all(["min", "max"].map(async (name) => Number(await slider.getAttribute(name))));
  expect(`${where}: the answer stands above the guess: ${await page.evaluate(toldAbove)}`, !(await page.evaluate(toldAbove)));

  const covered = await look(page);
  expect(`${where}: ${covered.state} before the guess`, covered.state === "covered");
  expect(`${where}: flashes on the way: ${covered.frames}`, covered.frames === "covered");
  expect(`${where}: the answer is heard`, !(await form.ariaSnapshot()).includes("It is"));
  const heard = await cover.ariaSnapshot();
  expect(`${where}: what is covered is heard: ${heard}`, HEARD.test(heard));

  const before = await output.textContent();
  expect(`${where}: the slider does not say where it stands`, /\d/.test(before));
  const unit = await form.getAttribute("data-unit");
  const told = (await form.locator(".guess-truth").textContent()) + (unit && `\u00a0${unit}`);
  expect(`${where}: the slider starts on the answer, ${before}`, parseFloat(before.replace(MINUS, "-")) !== parseFloat(told.replace(MINUS, "-")));
  const toSlider = cover.getByRole("button", { name: "Guess" });
  if (width === "phone") await toSlider.tap();
  else await toSlider.press("Enter");
  expect(`${where}: "Guess" does not lead to the slider`, await slider.evaluate((input) => input === document.activeElement));
  for (let press = 0; press < 5; press += 1) await page.keyboard.press("ArrowRight");
  expect(`${where}: the slider does not move`, (await output.textContent()) !== before);
  const said = await output.textContent();
  const at = await look(page);
  if (width === "phone") await form.locator(".guess-line button").tap();
  else await page.keyboard.press("Enter");
  const after = await look(page);
  expect(`${where}: ${after.state} after the guess`, after.state === "open");
  expect(`${where}: moves when it is shown: ${at.place} to ${after.place}`, !moved(at, after));
  expect(`${where}: no answer`, await answer.isVisible());
  expect(`${where}: the answer has not the focus`, await answer.evaluate((words) => words === document.activeElement));
  const words = await answer.textContent();
  expect(`${where}: ${words} does not begin with the guess`, words.startsWith(`You said ${said}.`));
  const truth = Number((await form.locator(".guess-truth").textContent()).replace(MINUS, "-"));
  expect(`${where}: ${truth} is not on the slider`, truth >= least && truth <= most);
  await page.reload();
  await settle(page);
  const again = await look(page);
  expect(`${where}: the guess is forgotten`, (await answer.isVisible()) && (await answer.textContent()) === words);
  expect(`${where}: ${again.state} with a guess`, again.state === "open" && again.frames === "open");
  await forget(page);
  await page.close();
}

async function decline(context, address, width) {
  const page = await open(context, address);
  const { cover, answer } = parts(page);
  const where = `${address} at ${width}`;
  await cover.getByRole("button", { name: "Just show it" }).scrollIntoViewIfNeeded();
  const at = await look(page);
  await cover.getByRole("button", { name: "Just show it" }).click();
  const after = await look(page);
  expect(`${where}: ${after.state} when the guess is declined`, after.state === "open");
  expect(`${where}: moves when the guess is declined: ${at.place} to ${after.place}`, !moved(at, after));
  expect(`${where}: a declined guess has no answer`, /^It is .*\.$/.test((await answer.textContent()).trim()));
  expect(`${where}: the answer has not the focus`, await answer.evaluate((words) => words === document.activeElement));
  await page.reload();
  await settle(page);
  const again = await look(page);
  expect(`${where}: asks again`, again.state === "open" && again.frames === "open");
  await forget(page);
  await page.close();
}

/** Whoever comes by a link is shown what is covered. */
async function comeFor(context, address) {
  const name = /data-holds="([^ "]+)/.exec(await readFile(join(root, address), "utf8"))?.[1];
  if (!name) return;
  const page = await open(context, `${address}#${name}`);
  const { state, frames } = await look(page);
  expect(`${address}: ${state} for a link, after ${frames}`, state === "open" && frames === "open");
  await page.close();
}

/** On paper, by a link within the page, from the search: nothing is covered, and that is not kept. */
async function findOn(context, address) {
  const page = await open(context, address);
  await page.emulateMedia({ media: "print" });
  expect(`${address}: covered on paper`, (await look(page)).state === "open");
  await page.emulateMedia({ media: "screen" });
  const state = async () => (await look(page)).state;
  expect(`${address}: not covered after it was printed`, (await state()) === "covered");
  // A table has no name that a link could hold.
  const name = await page.evaluate(() => document.querySelector("guess-cover").dataset.holds.split(" ")[0]);
  if (name) {
    await page.evaluate((place) => (location.hash = place), name);
    await page.waitForFunction(() => !document.querySelector("guess-cover.covered"), null, { timeout: 3000 }).catch(() => {});
    expect(`${address}: covered for a link within the page`, (await state()) === "open");
  }
  await page.goto(`${site.address}/${address}?highlight=missing`);
  await settle(page);
  await page.waitForTimeout(300); // hits are marked after the page is read
  const hit = await page.evaluate(() => document.querySelector("guess-cover .highlighted") !== null);
  expect(`${address}: a hit of the search ${hit ? "is covered" : "opens what does not have it"}`, (await state()) === (hit ? "open" : "covered"));
  await page.close();
  return hit;
}

async function askAll(width, theme) {
  const context = await openContext(browser, width, theme, { guessing: true });
  await context.addInitScript(watchFrames);
  for (const page of width === "desktop" ? pages : some) await guessOn(context, page, width);
  for (const page of width === "desktop" ? some : pages) await decline(context, page, width);
  await context.close();
}

async function comeForAll() {
  const context = await openContext(browser, "desktop", "light", { guessing: true });
  await context.addInitScript(watchFrames);
  for (const page of pages) await comeFor(context, page);
  let hits = 0;
  for (const page of some) hits += await findOn(context, page);
  expect("the search finds nothing that is covered", hits > 0);
  await context.addInitScript(() => localStorage.setItem("symtheory-view", "reading"));
  await guessOn(context, pages[0], "desktop, reading");
  await context.close();
}

async function readWithoutScripts() {
  const context = await openContext(browser, "desktop", "light", { guessing: true, javaScriptEnabled: false });
  for (const page of some) {
    const bare = await context.newPage();
    await bare.goto(`${site.address}/${page}`);
    expect(`${page}: covered without a script`, await bare.locator("guess-cover > *").first().isVisible());
    expect(`${page}: no answer to open without a script`, await bare.locator("form.guess summary").first().isVisible());
    await bare.close();
  }
  await context.close();
}

await Promise.all([askAll("desktop", "light"), askAll("phone", "dark"), comeForAll(), readWithoutScripts()]);
expect("no page asks for a guess", pages.length > 0);
await browser.close();
await site.close();
process.exit(end(`${pages.length} pages, `));

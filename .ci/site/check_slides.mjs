// Show every slide of every deck from its folder:  node check_slides.mjs SLIDES [--pictures FOLDER]
//
// A slide fails if anything stands outside of it, if letters are too small for the last row, if a formula or a figure
// is not shown, if a figure has no alternative text or the slide no notes; a deck, if it asks for anything outside of
// its folder, logs an error, is printed on another number of pages than it has slides, or axe finds a barrier on them.
import { mkdir, readFile, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { launch, settle } from "./browser.mjs";
import { tally } from "./tally.mjs";

const SIZE = { width: 1280, height: 720 };
// Pixels of a screen that is 720 high.
const TEXT = 20;
const IN_FIGURES = 13;

const [root, , pictures] = process.argv.slice(2);
if (!root) {
  console.error("Expected a folder with slides. Try: node check_slides.mjs ../../_build/away/slides");
  process.exit(2);
}

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds on all slides at once, as they are printed. */
async function barriers(page) {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await window.axe.run({ preload: false, resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] });
    return violations.map(({ id, impact, nodes }) => `axe ${id} (${impact}, ${nodes.length}): ${nodes[0].target.join(" ")}`);
  });
}

/** What is wrong with the slide that is shown, and how large its figures are; runs in the page. */
function inspect(least) {
  const complaints = [];
  const slide = Reveal.getCurrentSlide();
  const sheet = slide.querySelector(".sheet");
  const box = sheet.getBoundingClientRect();
  const range = document.createRange();
  for (const element of sheet.querySelectorAll("*")) {
    if (element.closest("mjx-assistive-mml") || !element.getClientRects().length) continue;
    range.selectNodeContents(element);
    for (const { left, right, top, bottom } of [element.getBoundingClientRect(), range.getBoundingClientRect()]) {
      if (left < box.left - 1 || right > box.right + 1 || top < box.top - 1 || bottom > box.bottom + 1) {
        complaints.push(`outside: ${element.tagName.toLowerCase()} ${element.textContent.trim().slice(0, 40)} (to ${Math.round(right)}, ${Math.round(bottom)})`);
        break;
      }
    }
    const words = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
    const size = parseFloat(getComputedStyle(element).fontSize);
    if (words && size < least && !element.closest("mjx-container, sub, sup")) complaints.push(`letters of ${size} pixels: ${element.textContent.trim().slice(0, 40)}`);
  }
  for (const formula of slide.querySelectorAll(".math")) {
    if (!formula.querySelector("mjx-container") || formula.querySelector("mjx-merror")) complaints.push(`formula not set: ${formula.textContent.slice(0, 40)}`);
  }
  if (/\\\(|\\\[|[\ue000\ue001]/.test(slide.innerText)) complaints.push("TeX in the text");
  if (!slide.querySelector(".notes")?.textContent.trim()) complaints.push("no notes");
  const figures = [...sheet.querySelectorAll("img")].map((image) => {
    if (!image.complete || !image.naturalWidth) complaints.push(`figure not shown: ${image.src}`);
    if (!image.alt) complaints.push(`no alternative text: ${image.src}`);
    return { src: image.src, scale: Math.min(image.clientWidth / image.naturalWidth, image.clientHeight / image.naturalHeight) };
  });
  return { complaints: complaints.slice(0, 4), figures };
}

/** The smallest letters of a drawing, in pixels of its own size. */
async function smallest(src) {
  const svg = await readFile(new URL(src), "utf8");
  const [, width, inner] = svg.match(/width="([\d.]+)"[^>]*viewBox="\S+ \S+ (\S+)/);
  return Math.min(...[...svg.matchAll(/font-size: ([\d.]+)px/g)].map((found) => found[1])) * (width / inner);
}

const { expect, end } = tally("slides");
const browser = await launch();
const decks = (await readdir(root)).filter((name) => name.endsWith(".html") && name !== "index.html");
let shown = 0;
if (pictures) await mkdir(pictures, { recursive: true });
for (const deck of decks) {
  const page = await browser.newPage({ viewport: SIZE });
  const address = pathToFileURL(resolve(root, deck)).href;
  const within = pathToFileURL(resolve(root)).href;
  page.on("console", (message) => expect(`${deck} logs ${message.text()}`, message.type() !== "error"));
  page.on("pageerror", (error) => expect(`${deck}: ${error.message}`, false));
  page.on("request", (request) => expect(`${deck} asks for ${request.url()}`, /^(data|blob):/.test(request.url()) || request.url().startsWith(within)));
  await page.goto(address);
  await settle(page);
  const count = await page.evaluate(() => Reveal.getTotalSlides());
  for (let place = 0; place < count; place += 1) {
    const where = await page.evaluate((to) => {
      const slide = Reveal.getSlides()[to];
      const { h, v } = Reveal.getIndices(slide);
      Reveal.slide(h, v, 99);
      return slide.querySelector("h1, h2").textContent.trim().slice(0, 40);
    }, place);
    await page.evaluate(() => Promise.all([...Reveal.getCurrentSlide().querySelectorAll("img")].map((image) => image.decode())));
    const { complaints, figures } = await page.evaluate(inspect, TEXT);
    for (const { src, scale } of figures) {
      const size = scale * (await smallest(src));
      if (size < IN_FIGURES) complaints.push(`letters of ${size.toFixed(1)} pixels in ${src.split("/").pop()}`);
    }
    expect(`${deck}, slide ${place + 1} (${where}): ${complaints.join("; ")}`, !complaints.length);
    if (pictures) await page.screenshot({ path: join(pictures, `${deck.replace(".html", "")}-${String(place + 1).padStart(2, "0")}.png`) });
  }
  shown += count;
  await page.goto("about:blank");
  await page.goto(`${address}?print-pdf`);
  await settle(page);
  await page.waitForFunction(() => Reveal.isReady() && document.querySelector(".pdf-page"));
  const printed = await page.evaluate(() => document.querySelectorAll(".pdf-page").length);
  expect(`${deck}: ${printed} pages of ${count} slides`, printed === count);
  const found = await barriers(page);
  expect(`${deck}: ${found.join("; ")}`, !found.length);
  await page.close();
}
await browser.close();
process.exit(end(`${decks.length} decks, ${shown} slides, `));

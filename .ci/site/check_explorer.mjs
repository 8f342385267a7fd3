// Move every control of every explorer by mouse, by touch and by keyboard, and compare its numbers with Python's:
//   node check_explorer.mjs SITE PYTHON
// Explorers and their controls are found in the pages; what a control is called and what it moves, they say themselves.
import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { THEMES, WIDTHS, launch, listPages, openContext, settle } from "./browser.mjs";
import { wordsOnBorder } from "./layout.mjs";
import { serve } from "./server.mjs";

const TOLERANCE = 1e-10;
const FINGER = 24; // pixels
const EXPLORER = "[data-explorer]";
const here = dirname(fileURLToPath(import.meta.url));
const [root, python] = process.argv.slice(2);
if (!python) {
  console.error("Expected the built site and a Python. Try: node check_explorer.mjs ../../_build/html ../../.venv/bin/python");
  process.exit(2);
}

const outcomes = [];
const states = [];
const kinds = new Map(); // by folder: the controls that were moved
function check(passed, what) {
  outcomes.push(passed);
  if (!passed) console.log(`FAILED ${what}`);
}

/** The settings and numbers that an explorer shows, once it has drawn what was asked for. */
async function read(explorer, where) {
  const shown = await explorer.evaluate(async (element) => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const { explorer: folder, settings, numbers } = element.dataset;
    const drawing = [...element.querySelectorAll("svg")].map((svg) => svg.outerHTML).join("");
    const height = Math.round(element.getBoundingClientRect().height);
    return { folder, settings: JSON.parse(settings), numbers: JSON.parse(numbers), drawing, height };
  });
  states.push({ explorer: shown.folder, settings: { ...where.traits, ...shown.settings }, numbers: shown.numbers, where: where.label });
  where.heights.add(shown.height);
  const onBorder = await explorer.evaluate(wordsOnBorder);
  check(onBorder.length === 0, `${where.label}: on the border at ${JSON.stringify(shown.settings)}: ${onBorder}`);
  return shown;
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** What must have changed between two readings: one setting, the drawing, and the numbers unless it says otherwise. */
function compare(before, after, traits, keeps, how) {
  check(traits.some((trait) => after.settings[trait] !== before.settings[trait]), `${how}: ${traits} stays`);
  check(after.drawing !== before.drawing, `${how}: the drawing stays`);
  check(same(after.numbers, before.numbers) === keeps, `${how}: the numbers ${keeps ? "change" : "stay"}`);
}

async function moveSlider(page, explorer, slider, where, touch) {
  const trait = await slider.getAttribute("name"); // also that of its setting
  const keeps = (await slider.getAttribute("data-keeps")) !== null;
  const label = `${where.label}: ${trait}`;
  await slider.scrollIntoViewIfNeeded();
  const box = await slider.boundingBox();
  check(box.height >= FINGER, `${label} is ${box.height} pixels high, too low for a finger`);
  const middle = box.y + box.height / 2;
  const at = (share) => box.x + 8 + share * (box.width - 16);

  const before = await read(explorer, where);
  const from = await slider.evaluate((input) => (input.value - input.min) / (input.max - input.min));
  const share = from > 0.5 ? 0.2 : 0.8;
  if (touch) {
    await page.touchscreen.tap(at(share), middle);
  } else {
    await page.mouse.move(at(from), middle);
    await page.mouse.down();
    await page.mouse.move(at(share), middle, { steps: 5 });
    await page.mouse.up();
  }
  compare(before, await read(explorer, where), [trait], keeps, `${label} by ${touch ? "touch" : "mouse"}`);

  await slider.focus();
  let last = await read(explorer, where);
  for (const press of ["ArrowLeft", "ArrowLeft", "PageDown", "ArrowRight", "Home", "ArrowRight", "End", "ArrowLeft"]) {
    await page.keyboard.press(press);
    const pressed = await read(explorer, where);
    const moved = pressed.settings[trait] - last.settings[trait];
    check(["ArrowLeft", "PageDown", "Home"].includes(press) ? moved < 0 : moved > 0, `${label} does not move by ${press}`);
    last = pressed;
  }
  for (let back = 0; back < 6; back += 1) await page.keyboard.press("PageDown");
}

async function chooseAmongPictures(page, explorer, group, where, touch) {
  const others = group.locator("label:has(input:not(:checked))");
  const trait = await group.locator("input[type=radio]").first().getAttribute("data-trait");
  const label = `${where.label}: ${trait}`;
  for (const option of [others.last(), others.first()]) {
    const before = await read(explorer, where);
    await option.scrollIntoViewIfNeeded();
    const box = await option.boundingBox();
    check(Math.min(box.width, box.height) >= FINGER, `${label} is too small for a finger`);
    await (touch ? option.tap() : option.click());
    compare(before, await read(explorer, where), [trait], false, `${label} by ${touch ? "touch" : "mouse"}`);
  }
  await group.locator("input:checked").focus();
  for (const press of ["ArrowRight", "ArrowRight", "ArrowLeft"]) {
    const before = await read(explorer, where);
    await page.keyboard.press(press);
    compare(before, await read(explorer, where), [trait], false, `${label} by ${press}`);
  }
}

/** Several of a few things, a checkbox each: two are changed by hand, and one by the space bar. */
async function chooseSeveral(page, explorer, group, where, touch) {
  const boxes = await group.locator("label:has(input)").locator("visible=true").all();
  const trait = await group.locator("input").first().getAttribute("data-trait");
  const label = `${where.label}: ${trait}`;
  for (const option of [boxes.at(-1), boxes[1]]) {
    const before = await read(explorer, where);
    await option.scrollIntoViewIfNeeded();
    const box = await option.boundingBox();
    check(Math.min(box.width, box.height) >= FINGER, `${label} is too small for a finger`);
    await (touch ? option.tap() : option.click());
    compare(before, await read(explorer, where), [trait], false, `${label} by ${touch ? "touch" : "mouse"}`);
  }
  const before = await read(explorer, where);
  await boxes[2].locator("input").focus();
  await page.keyboard.press("Space");
  compare(before, await read(explorer, where), [trait], false, `${label} by Space`);
  // One at least stays chosen, whatever is taken away.
  const chosen = group.locator("input:checked");
  for (let left = await chosen.count(); left > 0; left -= 1) await chosen.last().press("Space");
  await read(explorer, where);
  check((await chosen.count()) === 1, `${label}: ${await chosen.count()} are chosen when all are taken away`);
}

/** A point that is dragged over a plot: its handle by the mouse; by a finger, a tap where it shall go. */
async function dragPoint(page, explorer, plot, where, touch) {
  const traits = (await plot.getAttribute("data-traits")).split(" ");
  const label = `${where.label}: ${traits.join(" and ")}`;
  await plot.evaluate((svg) => svg.scrollIntoView({ block: "center" }));
  // The handle is drawn anew at each move: what stays is its plot.
  const measure = () =>
    plot.evaluate((svg) => {
      const [outer, inner] = [svg, svg.querySelector(".ste-handle")].map((element) => element.getBoundingClientRect());
      const middle = ({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2, width });
      const handle = middle(inner);
      const dots = [...svg.querySelectorAll(".ste-choice")].map((circle) => middle(circle.getBoundingClientRect()));
      return { x: outer.x, y: outer.y, width: outer.width, height: outer.height, handle, dots };
    });
  for (const [across, down] of [[0.35, 0.6], [0.65, 0.3]]) {
    const before = await read(explorer, where);
    const box = await measure();
    check(box.handle.width >= FINGER, `${label}: the handle is too small for a finger`);
    const [x, y] = [box.x + across * box.width, box.y + down * box.height];
    if (touch) {
      await page.touchscreen.tap(x, y);
    } else {
      await page.mouse.move(box.handle.x, box.handle.y);
      await page.mouse.down();
      await page.mouse.move(x, y, { steps: 5 });
      await page.mouse.up();
    }
    const after = await read(explorer, where);
    for (const trait of traits) compare(before, after, [trait], false, `${label} by ${touch ? "touch" : "mouse"}`);
    const { handle, dots } = await measure();
    const distance = (place) => Math.hypot(place.x - x, place.y - y);
    // Where a reader chooses among dots, it goes to the nearest of them.
    const most = dots.length ? Math.min(...dots.map(distance)) + 1 : 0.06 * box.width;
    const off = distance(handle);
    check(off < most, `${label}: the point is ${off.toFixed(0)} pixels from the pointer`);
  }
}

/** What plays by itself, which does not depend on the theme, does so once, and ends where it began. */
async function playOnce(page, explorer, label) {
  const where = { label, traits: await traitsOf(explorer), heights: new Set() };
  await explorer.scrollIntoViewIfNeeded(); // it waits until it is seen
  const pause = explorer.getByRole("button", { name: /^Pause/ });
  const verdicts = new Set();
  for (const end = Date.now() + 60_000; Date.now() < end && (await pause.count()); await page.waitForTimeout(100)) {
    where.heights.add(await explorer.evaluate((element) => Math.round(element.getBoundingClientRect().height)));
    verdicts.add(await explorer.getAttribute("data-verdict"));
  }
  check((await pause.count()) === 0, `${where.label} still plays after a minute`);
  check(verdicts.size === 2, `${where.label} shows one verdict while it plays`);
  check(where.heights.size === 1, `${label} changes its height: ${[...where.heights]}`);
  const { settings } = await read(explorer, where);
  check(settings[where.traits.playing] === where.traits[where.traits.playing], `${where.label} stops at another place`);
  check((await explorer.getAttribute("data-verdict")) === "wrong", `${where.label} rests where the answer is right`);
}

/** A button that moves a slider does so, stops at the second press, and says which it will do. */
async function pressPlay(page, explorer, button, where) {
  const before = await read(explorer, where);
  await button.focus();
  await page.keyboard.press("Enter");
  await page.waitForTimeout(300);
  check(/^Pause/.test(await button.getAttribute("aria-label")), `${where.label}: a button does not play`);
  await page.keyboard.press("Enter");
  const after = await read(explorer, where);
  check(!same(after.settings, before.settings), `${where.label}: nothing moves when played`);
  check(/^Play/.test(await button.getAttribute("aria-label")), `${where.label}: a button does not pause`);
}

/** The values of the traits that a page embeds for the widget in which `explorer` stands. */
function traitsOf(explorer) {
  return explorer.evaluate((element) => {
    const view = element.closest(".st-explorer").querySelector("script[type='application/vnd.jupyter.widget-view+json']");
    const states = document.querySelector("script[type='application/vnd.jupyter.widget-state+json']");
    const { state } = JSON.parse(states.textContent).state[JSON.parse(view.textContent).model_id];
    return Object.fromEntries(Object.entries(state).filter(([name]) => !name.startsWith("_")));
  });
}

async function checkExplorer(page, explorer, label, touch) {
  const where = { label, traits: await traitsOf(explorer), heights: new Set() };
  const pictures = await explorer.evaluate((element) => {
    const beside = [...element.closest(".st-explorer").querySelectorAll("[data-widget-picture]")];
    return beside.length && beside.every((picture) => picture.hidden);
  });
  check(pictures, `${label}: the still picture stays beside what moves`);
  // Nothing may move by itself while numbers are compared.
  for (const pause of await explorer.getByRole("button", { name: /^Pause/ }).all()) await pause.click();
  const sliders = await explorer.locator("input[type=range]").all();
  const groups = await explorer.locator("fieldset:has(input[type=radio])").all();
  const sets = await explorer.locator("fieldset:has(input[type=checkbox])").all();
  const plots = await explorer.locator("svg[data-traits]").all();
  const buttons = await explorer.getByRole("button").all();
  check(sliders.length > 0, `${label}: no slider`);
  for (const slider of sliders) await moveSlider(page, explorer, slider, where, touch);
  for (const group of groups) await chooseAmongPictures(page, explorer, group, where, touch);
  for (const set of sets) await chooseSeveral(page, explorer, set, where, touch);
  for (const plot of plots) await dragPoint(page, explorer, plot, where, touch);
  for (const button of buttons) await pressPlay(page, explorer, button, where);
  check(where.heights.size === 1, `${label} changes its height: ${[...where.heights]}`);
  const spoken = explorer.locator("[aria-live=polite]");
  await spoken.filter({ hasText: /\S/ }).waitFor({ state: "attached", timeout: 3000 }).catch(() => {});
  check(/\d/.test(await spoken.textContent()), `${label}: no number is said once the controls rest`);
  const unnamed = await explorer.locator("[role=img]:not([aria-label])").count();
  check(unnamed === 0, `${label}: ${unnamed} plots without words`);
  const folder = await explorer.getAttribute("data-explorer");
  kinds.set(folder, sliders.length + groups.length + sets.length + plots.length + buttons.length);
}

const site = await serve(root);
const browser = await launch();
const pages = [];
for (const path of await listPages(root)) {
  if ((await readFile(join(root, path), "utf8")).includes("widget-view+json")) pages.push(path);
}
/** All pages at one width and in one theme. */
async function checkAll(width, theme) {
  const context = await openContext(browser, width, theme);
  const page = await context.newPage();
  for (const path of pages) {
    await page.goto(`${site.address}/${path}`);
    await settle(page);
    const views = await page.locator("script[type='application/vnd.jupyter.widget-view+json']").count();
    const explorers = page.locator(EXPLORER);
    await explorers.nth(views - 1).waitFor({ timeout: 10_000 }).catch(() => {});
    check((await explorers.count()) === views, `${path} (${width}, ${theme}): an explorer does not start`);
    for (const explorer of await explorers.all()) {
      const plays = await explorer.getByRole("button", { name: /^Pause/ }).count();
      if (plays && theme === "light") await playOnce(page, explorer, `${path} (${width})`);
    }
    for (const explorer of await explorers.all()) {
      const name = await explorer.getAttribute("data-explorer");
      await checkExplorer(page, explorer, `${path} (${width}, ${theme}): ${name}`, width === "phone");
    }
  }
  await context.close();
}
for (const width of Object.keys(WIDTHS)) await Promise.all(THEMES.map((theme) => checkAll(width, theme)));

// Who asks for less motion gets none; who has no scripts gets the pictures.
for (const options of [{ reducedMotion: "reduce" }, { javaScriptEnabled: false }]) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  for (const path of pages) {
    await page.goto(`${site.address}/${path}`);
    if (options.reducedMotion) {
      await page.locator(EXPLORER).first().waitFor({ timeout: 10_000 }).catch(() => {});
      check((await page.getByRole("button", { name: /^Pause/ }).count()) === 0, `${path} moves by itself, though asked not to`);
    } else {
      const pictures = await page.locator("[data-widget-picture] svg").locator("visible=true").count();
      const views = await page.locator(".st-explorer").count();
      check(pictures === views, `${path}: ${pictures} pictures for ${views} explorers without scripts`);
    }
  }
  await context.close();
}
await browser.close();
await site.close();

const asked = JSON.stringify(states.map(({ explorer, settings }) => ({ explorer, settings })));
const answer = spawnSync(python, [join(here, "golden.py")], { input: asked, encoding: "utf8", maxBuffer: 2 ** 28 });
if (answer.status !== 0) throw new Error(answer.stderr);
let worst = 0;
JSON.parse(answer.stdout).forEach((expected, index) => {
  const { numbers, where } = states[index];
  check(same(Object.keys(numbers).sort(), Object.keys(expected).sort()), `${where} shows ${Object.keys(numbers)}`);
  for (const [name, value] of Object.entries(expected)) {
    const difference = numbers[name] === value ? 0 : Math.abs(numbers[name] / value - 1);
    worst = Math.max(worst, difference);
    check(difference < TOLERANCE, `${where}: ${name} ${numbers[name]}, Python ${value}`);
  }
});
const failed = outcomes.filter((passed) => !passed).length;
for (const [folder, count] of kinds) console.log(`explorer: ${folder}, ${count} controls`);
console.log(`explorer: ${states.length} states on ${pages.length} pages, worst relative difference ${worst.toExponential(1)}`);
console.log(`explorer: ${outcomes.length - failed} passed, ${failed} failed`);
process.exit(failed || !pages.length ? 1 : 0);

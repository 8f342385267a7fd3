// Move the sliders of every explorer by mouse, by touch and by keyboard, and compare its numbers with Python's:
//   node check_explorer.mjs SITE PYTHON
import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch, listPages, openContext, settle } from "./browser.mjs";
import { serve } from "./server.mjs";

const TOLERANCE = 1e-10;
const NUMBERS = ["error", "lastEigenvalue", "meanInverse"];
const EXPLORER = "[data-last-eigenvalue]";
const here = dirname(fileURLToPath(import.meta.url));
const [root, python] = process.argv.slice(2);
if (!python) {
  console.error("Expected the built site and a Python. Try: node check_explorer.mjs ../../_build/html ../../.venv/bin/python");
  process.exit(2);
}

const outcomes = [];
const states = [];
function check(passed, what) {
  outcomes.push(passed);
  if (!passed) console.log(`FAILED ${what}`);
}

/** The settings and numbers that an explorer shows, once it has drawn what was asked for. */
async function read(page, explorer, where) {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const shown = await explorer.evaluate((element) => ({ ...element.dataset }));
  const state = Object.fromEntries(Object.entries(shown).map(([name, text]) => [name, Number(text)]));
  states.push({ ...state, ridge: state.ridge ?? 1e-5, where });
  return state;
}

async function moveSlider(page, explorer, slider, where, width) {
  const name = await slider.getAttribute("name");
  const key = name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
  const label = `${where}: ${name}`;
  await slider.scrollIntoViewIfNeeded();
  const box = await slider.boundingBox();
  check(box.height >= 24, `${label} is ${box.height} pixels high, too low for a finger`);
  const middle = box.y + box.height / 2;
  const at = (share) => box.x + 8 + share * (box.width - 16);

  const before = await read(page, explorer, label);
  const share = before[key] > (Number(await slider.getAttribute("min")) + Number(await slider.getAttribute("max"))) / 2 ? 0.2 : 0.8;
  if (width === "phone") {
    await page.touchscreen.tap(at(share), middle);
  } else {
    const from = await slider.evaluate((input) => (input.value - input.min) / (input.max - input.min));
    await page.mouse.move(at(from), middle);
    await page.mouse.down();
    await page.mouse.move(at(share), middle, { steps: 5 });
    await page.mouse.up();
  }
  const dragged = await read(page, explorer, label);
  check(dragged[key] !== before[key], `${label} does not move by ${width === "phone" ? "touch" : "mouse"}`);
  check(dragged.error !== before.error, `${label} moves but the error stays`);

  await slider.focus();
  for (const press of ["ArrowLeft", "ArrowLeft", "PageDown", "ArrowRight", "Home", "ArrowRight", "End", "ArrowLeft"]) {
    const last = await read(page, explorer, label);
    await page.keyboard.press(press);
    const pressed = await read(page, explorer, label);
    const down = ["ArrowLeft", "PageDown", "Home"].includes(press);
    check(down ? pressed[key] < last[key] : pressed[key] > last[key], `${label} does not move by ${press}`);
  }
  for (let back = 0; back < 6; back += 1) await page.keyboard.press("PageDown");
}

/** What plays by itself does so once, ends where it began, and keeps its height, so that no text jumps. */
async function playOnce(page, explorer, where) {
  await explorer.scrollIntoViewIfNeeded(); // it waits until it is seen
  const began = await page.evaluate(() => {
    const states = JSON.parse(document.querySelector("script[type='application/vnd.jupyter.widget-state+json']").textContent);
    return Object.values(states.state).find(({ state }) => state.playing).state.separation;
  });
  const seen = { heights: new Set(), verdicts: new Set() };
  const pause = explorer.getByRole("button", { name: /^Pause/ });
  for (const end = Date.now() + 60_000; Date.now() < end && (await pause.count()); await page.waitForTimeout(100)) {
    seen.heights.add(await explorer.evaluate((element) => Math.round(element.getBoundingClientRect().height)));
    seen.verdicts.add(await explorer.getAttribute("data-verdict"));
  }
  check((await pause.count()) === 0, `${where} still plays after a minute`);
  check(seen.heights.size === 1, `${where} changes its height while it plays: ${[...seen.heights]}`);
  check(seen.verdicts.size === 2, `${where} shows one verdict while it plays`);
  const after = await read(page, explorer, where);
  check(after.separation === began, `${where} stops at another place`);
  check((await explorer.getAttribute("data-verdict")) === "wrong", `${where} rests where the answer is right`);
}

const site = await serve(root);
const browser = await launch();
const pages = [];
for (const path of await listPages(root)) {
  if ((await readFile(join(root, path), "utf8")).includes("widget-view+json")) pages.push(path);
}
for (const width of ["desktop", "phone"]) {
  const context = await openContext(browser, width, "light");
  const page = await context.newPage();
  for (const path of pages) {
    await page.goto(`${site.address}/${path}`);
    await settle(page);
    const explorers = page.locator(EXPLORER);
    await explorers.first().waitFor({ timeout: 10_000 }).catch(() => {});
    const count = await explorers.count();
    check(count > 0, `${path} (${width}): the explorer does not start`);
    for (let index = 0; index < count; index += 1) {
      const explorer = explorers.nth(index);
      // Nothing may move by itself while numbers are compared.
      if (await explorer.getByRole("button", { name: /^Pause/ }).count()) {
        await playOnce(page, explorer, `${path} (${width})`);
      }
      for (const pause of await explorer.getByRole("button", { name: /^Pause/ }).all()) await pause.click();
      const sliders = await explorer.locator("input[type=range]").all();
      check(sliders.length >= 3, `${path} (${width}): ${sliders.length} sliders`);
      for (const slider of sliders) await moveSlider(page, explorer, slider, `${path} (${width})`, width);
    }
  }
  await context.close();
}
await browser.close();
await site.close();

const answer = spawnSync(python, [join(here, "golden.py")], { input: JSON.stringify(states), encoding: "utf8" });
if (answer.status !== 0) throw new Error(answer.stderr);
let worst = 0;
JSON.parse(answer.stdout).forEach((expected, index) => {
  for (const name of NUMBERS) {
    const difference = Math.abs(states[index][name] / expected[name] - 1);
    worst = Math.max(worst, difference);
    check(difference < TOLERANCE, `${states[index].where}: ${name} ${states[index][name]}, Python ${expected[name]}`);
  }
});
const failed = outcomes.filter((passed) => !passed).length;
console.log(`explorer: ${states.length} states on ${pages.length} pages, worst relative difference ${worst.toExponential(1)}`);
console.log(`explorer: ${outcomes.length - failed} passed, ${failed} failed`);
process.exit(failed || !pages.length ? 1 : 0);

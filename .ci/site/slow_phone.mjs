// Seconds until a page can be read, and until its explorer answers, on a slow phone:  node slow_phone.mjs SITE [PAGE...]
// A phone four times slower than this machine, at 1.6 Mbit/s with 150 ms to the host. All of it is there four times as fast,
// and the time counts four times; of what the page computes, the time that its thread had, so that other work on this
// machine matters less. It still does: run it on an idle one. Of up to three visits the best counts.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { launch, listPages, openContext } from "./browser.mjs";
import { serve } from "./server.mjs";

const SLOWER = 4;
const NETWORK = {
  offline: false,
  latency: 150 / SLOWER, // milliseconds
  downloadThroughput: (SLOWER * 1.6e6) / 8,
  uploadThroughput: (SLOWER * 0.75e6) / 8,
};
const MOST = 3; // seconds
const VISITS = 3;
const PATIENCE = 60_000; // milliseconds
const TRACED = ["blink.user_timing", "loading", "disabled-by-default-devtools.timeline", "devtools.timeline"];

const [root, ...asked] = process.argv.slice(2);
if (!root) {
  console.error("Expected the built site. Try: node slow_phone.mjs ../../_build/html");
  process.exit(2);
}

/** The landing page, and every page with an explorer. */
async function listExplorers() {
  const texts = await Promise.all(
    (await listPages(root)).map(async (path) => [path, await readFile(join(root, path), "utf8")]),
  );
  const found = texts.filter(([path, text]) => path === "book/index.html" || text.includes("widget-view+json"));
  return found.map(([path]) => path);
}

/** In the page: move the first slider as soon as it is there, until the numbers of its explorer follow. */
function touchEarly() {
  const touch = () => {
    const explorer = document.querySelector("[data-explorer]");
    const slider = explorer?.querySelector("input[type=range]");
    if (!slider) return void setTimeout(touch, 20);
    const before = explorer.dataset.settings;
    if (Number(slider.value) < Number(slider.max)) slider.stepUp();
    else slider.stepDown();
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    requestAnimationFrame(() => {
      if (explorer.dataset.settings === before) return void setTimeout(touch, 20);
      performance.mark("answered");
      window.answered = true;
    });
  };
  touch();
}

/** Seconds on the phone from the start of a visit to the first event named `name`. */
function seconds(events, name) {
  const start = events.find((event) => event.name === "navigationStart" && event.args.data?.documentLoaderURL);
  const end = events.find((event) => event.name === name && event.pid === start.pid && event.ts > start.ts);
  const tasks = events.filter(
    (event) => event.name === "RunTask" && event.pid === start.pid && event.tid === start.tid && event.ts >= start.ts && event.ts < end.ts,
  );
  // The task in which it happens counts up to there.
  const part = (task) => Math.min(1, (end.ts - task.ts) / (task.dur || 1));
  const busy = tasks.reduce((sum, task) => sum + (task.dur ?? 0) * part(task), 0);
  // A task whose thread's time was not told counts whole.
  const computing = tasks.reduce((sum, task) => sum + (task.tdur ?? task.dur ?? 0) * part(task), 0);
  return (SLOWER * (end.ts - start.ts - busy + computing)) / 1e6;
}

const site = await serve(root, { compressed: true });
const browser = await launch();

async function visit(path) {
  const context = await openContext(browser, "phone", "light");
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", NETWORK);
  await page.addInitScript(touchEarly);
  await browser.startTracing(page, { categories: TRACED });
  await page.goto(`${site.address}/${path}`, { waitUntil: "load" });
  const explorers = await page.locator("script[type='application/vnd.jupyter.widget-view+json']").count();
  if (explorers) await page.waitForFunction(() => window.answered);
  const events = JSON.parse(await browser.stopTracing()).traceEvents;
  await context.close();
  return { read: seconds(events, "firstContentfulPaint"), moved: explorers ? seconds(events, "answered") : 0 };
}

/** What is no number is not in time. */
const inTime = ({ read, moved }) => Math.max(read, moved) <= MOST;

let failed = 0;
const pages = asked.length ? asked : await listExplorers();
for (const path of pages) {
  const best = { read: Infinity, moved: Infinity };
  for (let turn = 0; turn < VISITS && !inTime(best); turn += 1) {
    const { read, moved } = await visit(path);
    best.read = Math.min(best.read, read);
    best.moved = Math.min(best.moved, moved);
  }
  if (!inTime(best)) failed += 1;
  console.log(`${path}: read after ${best.read.toFixed(1)} s${best.moved ? `, moved after ${best.moved.toFixed(1)} s` : ""}`);
}
await browser.close();
await site.close();
console.log(`slow phone: ${pages.length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);

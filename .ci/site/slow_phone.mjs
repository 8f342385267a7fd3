// Seconds until a page can be read, and until its first explorer answers, on a slow phone: the best of three visits.
//   node slow_phone.mjs SITE [PAGE...]
// Four times slower than this machine, at 1.6 Mbit/s with 150 ms to the host. It only says them: a busy machine makes
// all of them longer, so no test asks for less than a number.
import { launch, openContext } from "./browser.mjs";
import { serve } from "./server.mjs";

const SLOWER = 4;
const NETWORK = { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 0.75e6 / 8 };
const VISITS = 3;
const PATIENCE = 60_000; // milliseconds
const HEAVIEST = ["kernels/rotated_digits", "theory/spectral_error", "kernels/convolution"];

const [root, ...asked] = process.argv.slice(2);
if (!root) {
  console.error("Expected the built site. Try: node slow_phone.mjs ../../_build/html");
  process.exit(2);
}
const pages = asked.length ? asked : ["book/index.html", ...HEAVIEST.map((name) => `notebooks/${name}.html`)];

/** In the page: move the first slider as soon as it is there, until the numbers of its explorer follow. */
function touchEarly() {
  const read = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (entry.name === "first-contentful-paint") window.readable = entry.startTime;
  });
  read.observe({ type: "paint", buffered: true });
  const touch = () => {
    const explorer = document.querySelector("[data-explorer]");
    const slider = explorer?.querySelector("input[type=range]");
    if (!slider) return void setTimeout(touch, 20);
    const before = explorer.dataset.settings;
    if (Number(slider.value) < Number(slider.max)) slider.stepUp();
    else slider.stepDown();
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    requestAnimationFrame(() => {
      if (explorer.dataset.settings === before) setTimeout(touch, 20);
      else window.answered = performance.now();
    });
  };
  touch();
}

const site = await serve(root, { compressed: true });
const browser = await launch();
const best = (times) => (Math.min(...times) / 1000).toFixed(1);
for (const path of pages) {
  const readable = [];
  const answered = [];
  for (let visit = 0; visit < VISITS; visit += 1) {
    const context = await openContext(browser, "phone", "light");
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    const session = await context.newCDPSession(page);
    await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
    await session.send("Network.enable");
    await session.send("Network.emulateNetworkConditions", NETWORK);
    await page.addInitScript(touchEarly);
    await page.goto(`${site.address}/${path}`, { waitUntil: "load" });
    readable.push(await page.evaluate(() => window.readable));
    if (await page.locator("[data-explorer]").count()) {
      await page.waitForFunction(() => window.answered);
      answered.push(await page.evaluate(() => window.answered));
    }
    await context.close();
  }
  console.log(`${path}: read after ${best(readable)} s${answered.length ? `, moved after ${best(answered)} s` : ""}`);
}
await browser.close();
await site.close();

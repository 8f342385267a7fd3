// One way to open Debian's Chromium, and the list of the site's pages.
import { readFile, readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { chromium } from "playwright-core";

export const WIDTHS = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };
export const THEMES = ["light", "dark"];

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/**
 * A fresh profile at one width and in one theme; the theme's own switch follows the stored choice. Nothing is covered,
 * as for a reader who declined every guess, but where the check is about guesses.
 */
export async function openContext(browser, width, theme, { guessing = false, ...options } = {}) {
  const context = await browser.newContext({
    viewport: WIDTHS[width],
    colorScheme: theme,
    // Colors change at once.
    reducedMotion: "reduce",
    hasTouch: width === "phone",
    isMobile: width === "phone",
    ...options,
  });
  await context.addInitScript((choice) => {
    localStorage.setItem("mode", choice);
    localStorage.setItem("theme", choice);
  }, theme);
  if (!guessing) {
    await context.addInitScript(() => {
      const stored = Storage.prototype.getItem;
      Storage.prototype.getItem = function (key) {
        return stored.call(this, key) ?? (key.startsWith("symtheory-guess ") ? "" : null);
      };
    });
  }
  return context;
}

/** Every HTML page under `root` but those that only lead to another, and slides (check_slides.mjs), as paths relative to it, in order. */
export async function listPages(root) {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const pages = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".html"))
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)))
    .filter((page) => !/^(_static|away)\b/.test(page))
    .sort();
  const texts = await Promise.all(pages.map((page) => readFile(join(root, page), "utf8")));
  return pages.filter((page, index) => !/<meta http-equiv="refresh"/i.test(texts[index]));
}

/** Wait until nothing on the page is still being set or moves: scripts, fonts, formulas, transitions. */
export async function settle(page) {
  await page.waitForLoadState("load");
  await page.evaluate(async () => {
    if (window.MathJax?.startup?.promise) await window.MathJax.startup.promise;
    await document.fonts.ready;
    // The theme lets its side bar slide for a quarter of a second; what never ends is not waited for.
    const still = Promise.allSettled(document.getAnimations().map((one) => one.finished));
    await Promise.race([still, new Promise((resolve) => setTimeout(resolve, 500))]);
  });
}

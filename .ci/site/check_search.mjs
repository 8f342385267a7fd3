// Search for terms of the glossary, as a reader would, and see that the page that introduces each comes first:
//   node check_search.mjs SITE
import { launch, openContext } from "./browser.mjs";
import { serve } from "./server.mjs";

const HOMES = {
  "spectral error": "notebooks/theory/spectral_error",
  noise: "notebooks/theory/signal_and_noise",
  "Gram matrix": "notebooks/theory/kernel_regression",
  "circulant matrix": "notebooks/theory/circulant",
  orbits: "notebooks/question/orbits",
  "neural tangent kernel": "notebooks/kernels/neural_tangent",
  irrep: "notebooks/groups/finite_groups",
  "global average pooling": "notebooks/kernels/convolution",
  cosets: "notebooks/groups/cosets_and_votes",
  grokking: "notebooks/networks/longer_training",
};

const root = process.argv[2];
if (!root) {
  console.error("Expected the built site. Try: node check_search.mjs ../../_build/html");
  process.exit(2);
}
const site = await serve(root);
const browser = await launch();
const page = await (await openContext(browser, "desktop", "light")).newPage();
let failed = 0;
for (const [term, home] of Object.entries(HOMES)) {
  await page.goto(`${site.address}/search.html?q=${encodeURIComponent(term)}`);
  const first = page.locator("#search-results li a").first();
  await first.waitFor();
  const excerpt = page.locator("#search-results li .context").first();
  await excerpt.waitFor();
  const complaints = [];
  const path = new URL(await first.getAttribute("href"), page.url()).pathname.slice(1).replace(/\.html$/, "");
  if (path !== home) complaints.push(`${path} comes before ${home}`);
  const text = await excerpt.textContent();
  if (/\\\(|\\[a-z]+\{|Contents/.test(text)) complaints.push(`the excerpt has more than words: ${text.trim()}`);
  failed += complaints.length > 0;
  for (const complaint of complaints) console.log(`search for ${term}: ${complaint}`);
}
await browser.close();
await site.close();
console.log(`search: ${Object.keys(HOMES).length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);

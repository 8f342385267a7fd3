// Formulas as MathML, by the MathJax of the site:  node mathml.mjs SITE < formulas.json > mathml.json
// In: [[TeX, whether it is displayed], …]. Out: their MathML, in the same order. A formula with an error stops it.
import { text } from "node:stream/consumers";
import { launch, settle } from "./browser.mjs";
import { serve } from "./server.mjs";

const [root] = process.argv.slice(2);
if (!root) {
  console.error("Expected the built site. Try: node mathml.mjs ../../_build/html < formulas.json");
  process.exit(2);
}
const formulas = JSON.parse(await text(process.stdin));
const site = await serve(root);
const browser = await launch();
const page = await browser.newPage();
await page.goto(`${site.address}/search.html`);
await page.addScriptTag({ url: `${site.address}/_static/mathjax/tex-chtml.js` });
await settle(page);
const set = await page.evaluate(
  (all) => Promise.all(all.map(([tex, display]) => window.MathJax.tex2mmlPromise(tex, { display }))),
  formulas,
);
await browser.close();
await site.close();
const wrong = formulas.filter((formula, place) => set[place].includes("<merror"));
for (const [tex] of wrong) console.error(`Expected a formula that MathJax sets. Got ${tex}. Try it on a page.`);
if (wrong.length) process.exit(1);
process.stdout.write(JSON.stringify(set));

// How Sphinx's search orders what it finds: the page that introduces a term comes first.
const homes = HOMES;
const words = (new URLSearchParams(window.location.search).get("q") ?? "").trim().toLowerCase();
const home = homes[words] ?? homes[words.replace(/e?s$/, "")];

var Scorer = {
  score: ([docname, title, anchor, descr, score, filename]) => (docname === home ? score + 1000 : score),
  // The rest as Sphinx has it.
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};

// Excerpts of prose alone: no TeX, no code, no words inside figures.
if (typeof Search !== "undefined") {
  const htmlToText = Search.htmlToText;
  Search.htmlToText = (html, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const noProse = ".math, .cell_input, details, svg, .checked-by, #jb-print-docs-body, .section-number";
    for (const element of page.querySelectorAll(noProse)) element.remove();
    return htmlToText(page.documentElement.outerHTML, anchor);
  };
}

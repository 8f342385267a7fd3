// What a symbol in a formula means (book/_ext/symbol_cards.py), shown beside it: to a mouse that rests on it, and to a touch.
// Formulas have no stops of the tab key; for the keyboard there is a list of the symbols of the page, in a fold.
(() => {
  const SCRIPTS = "mjx-msub, mjx-msup, mjx-msubsup, mjx-mover";
  const POWERS = /\^\{(?:\u2212?[12]|\u22a4|\u2217|\u22121\/2)\}$/;
  const ACCENTS = { "5E": "\u0302", "2C6": "\u0302", AF: "\u0304" };
  const FORMULAS = ".bd-article mjx-container";

  let meanings = null;
  let loading = null;

  window.symtheorySymbols = (some) => {
    meanings = some;
  };

  function load() {
    loading ??= new Promise((done) => {
      const script = document.createElement("script");
      const root = document.documentElement.dataset.content_root;
      script.src = `${root}_static/symbols/${DOCUMENTATION_OPTIONS.pagename}.js`;
      script.onload = script.onerror = () => done();
      document.head.append(script);
    });
    return loading;
  }

  const code = (glyph) => [...glyph.classList].find((name) => name.startsWith("mjx-c"))?.slice(5) ?? "";
  const all = (parts) => [...parts].map(keyOf).join("");

  /** What a formula shows, as text: scripts in braces, accents after their letter. */
  function keyOf(node) {
    const kind = node.localName;
    if (kind === "mjx-c") return String.fromCodePoint(parseInt(code(node), 16) || 32);
    const [base, script] = node.children;
    if (kind === "mjx-msub") return `${keyOf(base)}_{${all(script.children)}}`;
    if (kind === "mjx-msup") return `${keyOf(base)}^{${all(script.children)}}`;
    if (kind === "mjx-msubsup") {
      const [above, , below] = script.children;
      return `${keyOf(base)}_{${keyOf(below)}}^{${keyOf(above)}}`;
    }
    if (kind === "mjx-mover") {
      const mark = node.querySelector("mjx-over mjx-c");
      return all(node.querySelector("mjx-base").children) + (ACCENTS[code(mark ?? node)] ?? "?");
    }
    return all(node.children);
  }

  /** The whole symbol that a letter belongs to: with its scripts and accents, whichever part is pointed at. */
  function whole(letter) {
    let symbol = letter;
    for (let node = letter; node.localName !== "mjx-math"; node = node.parentElement) {
      // A power may be an expression of its own.
      if (node.localName === "mjx-script" && node.parentElement.matches("mjx-msup, mjx-msubsup") && node.querySelectorAll("mjx-mi").length > 1) break;
      if (node.matches(SCRIPTS)) symbol = node;
    }
    while (symbol.parentElement.localName === "mjx-texatom" && symbol.parentElement.children.length === 1) symbol = symbol.parentElement;
    return symbol;
  }

  function meaning(symbol) {
    const next = symbol.nextElementSibling;
    const [before, after] = [symbol.previousElementSibling, next].map((node) => (node?.localName === "mjx-mo" ? keyOf(node) : ""));
    const key = keyOf(symbol);
    // A change of what follows, not a distance.
    if (key === "\u0394" && next && /^mjx-(mi|msub|msup|msubsup)$/.test(next.localName)) return undefined;
    const bare = key.replace(POWERS, "");
    const any = bare.replace(/_\{(?:[2-9]|\d\d+)\}$/, "_{#}");
    const keys = [before + key + after, ...[key, bare, any].flatMap((one) => (after === "(" ? [`${one}(`, one] : [one]))];
    return keys.map((one) => meanings?.[one]).find(Boolean);
  }

  const letterAt = (target) => (target.closest(FORMULAS) && !target.closest("a") ? target.closest("mjx-mi") : null);

  async function show(letter) {
    await load();
    const symbol = whole(letter);
    const card = meaning(symbol);
    if (card) window.symtheoryCard.open(symbol, card);
    else window.symtheoryCard.hide();
  }

  /** In the order in which they come, each once. */
  async function list(fold) {
    await load();
    await window.MathJax?.startup?.promise;
    const found = new Set();
    for (const letter of document.querySelectorAll(`${FORMULAS} mjx-mi`)) found.add(meaning(whole(letter)));
    found.delete(undefined);
    const box = document.createElement("ul");
    box.innerHTML = [...found].map((card) => `<li>${card.replace("</p><p>", " ").replace(/<\/?p>/g, "")}</li>`).join("");
    if (!found.size) box.innerHTML = "<li>None that the table of notation has.</li>";
    fold.append(box);
    await window.MathJax?.typesetPromise?.([box]);
    fold.dataset.listed = "";
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.addEventListener("pointerover", (event) => {
      if (event.pointerType !== "mouse") return;
      const letter = letterAt(event.target);
      if (letter) window.symtheoryCard.soon(() => show(letter));
      else if (event.target.closest(FORMULAS)) window.symtheoryCard.soon(window.symtheoryCard.hide);
    });
    document.addEventListener("pointerout", (event) => {
      if (event.pointerType === "mouse" && letterAt(event.target)) window.symtheoryCard.soon(window.symtheoryCard.hide);
    });
    document.addEventListener("click", (event) => {
      const letter = letterAt(event.target);
      if (letter) show(letter);
    });
    const fold = document.querySelector("details.symbols-here");
    fold?.addEventListener("toggle", () => fold.open && fold.children.length === 1 && list(fold));
  });
})();

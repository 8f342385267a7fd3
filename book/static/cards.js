// What a link leads to, shown beside it: by mouse, by keyboard, and by a first touch. The cards of a page are in a script
// of their own (book/_ext/hover_cards.py), which is loaded when the first is asked for.
(() => {
  const LINKS = ".bd-article a.internal[href*='#']";
  const DELAY = 250;
  const GAP = 8;

  let cards = null;
  let loading = null;
  let shown = null;
  let timer = 0;
  let touched = false;
  const box = document.createElement("div");
  box.className = "st-card";
  box.id = "st-card";
  box.role = "tooltip";
  box.hidden = true;

  window.symtheoryCards = (some) => {
    cards = some;
  };

  function load() {
    loading ??= new Promise((done) => {
      const script = document.createElement("script");
      // Both are the theme's.
      const root = document.documentElement.dataset.content_root;
      script.src = `${root}_static/cards/${DOCUMENTATION_OPTIONS.pagename}.js`;
      // Without cards links are links.
      script.onload = script.onerror = () => done();
      document.head.append(script);
    });
    return loading;
  }

  /** Below the link, or above it where that has more room; within the window. */
  function place(link) {
    const line = link.getClientRects()[0];
    const { clientWidth: width, clientHeight: height } = document.documentElement;
    box.style.maxHeight = "";
    const below = height - line.bottom - 2 * GAP;
    const above = line.top - 2 * GAP;
    const under = box.offsetHeight <= below || below >= above;
    box.style.maxHeight = `${Math.min(box.offsetHeight, under ? below : above)}px`;
    box.style.left = `${Math.max(GAP, Math.min(line.left, width - box.offsetWidth - GAP))}px`;
    box.style.top = `${under ? line.bottom + GAP : line.top - GAP - box.offsetHeight}px`;
  }

  async function show(link) {
    await load();
    const card = cards?.[link.getAttribute("href")];
    if (!card || link === shown) return Boolean(card);
    // The card says more than the tip that is there without it.
    if (link.title) link.removeAttribute("title");
    await open(link, card);
    return true;
  }

  /** A card beside a link, or beside a symbol of a formula (symbols.js). */
  async function open(beside, card) {
    if (beside === shown) return;
    hide();
    shown = beside;
    if (beside.matches("a")) beside.setAttribute("aria-describedby", box.id);
    box.innerHTML = card;
    box.hidden = false;
    place(beside);
    await window.MathJax?.typesetPromise?.([box]);
    if (shown === beside) place(beside);
  }

  function hide() {
    clearTimeout(timer);
    if (!shown) return;
    shown.removeAttribute("aria-describedby");
    shown = null;
    box.hidden = true;
    window.MathJax?.typesetClear?.([box]);
  }

  const soon = (action) => {
    clearTimeout(timer);
    timer = setTimeout(action, DELAY);
  };

  function watch(link) {
    link.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && soon(() => show(link)));
    link.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && soon(hide));
    link.addEventListener("focus", () => !touched && show(link));
    link.addEventListener("blur", hide);
    link.addEventListener("pointerdown", (event) => {
      touched = event.pointerType === "touch";
    });
    // A first touch shows the card, a second one follows the link.
    link.addEventListener("click", (event) => {
      if (!touched || shown === link || (cards && !cards[link.getAttribute("href")])) return;
      event.preventDefault();
      show(link).then((found) => found || location.assign(link.href));
    });
  }

  window.symtheoryCard = { open, hide, soon };
  document.addEventListener("DOMContentLoaded", () => {
    const links = document.querySelectorAll(LINKS);
    if (links.length === 0 && !document.querySelector(".bd-article .math")) return;
    document.body.append(box);
    for (const link of links) watch(link);
    // The pointer may go to the card, to scroll it or to select its words.
    box.addEventListener("pointerenter", () => clearTimeout(timer));
    box.addEventListener("pointerleave", () => soon(hide));
    document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
    document.addEventListener("pointerdown", (event) => {
      if (shown && !box.contains(event.target) && !shown.contains(event.target)) hide();
    });
    addEventListener("scroll", (event) => shown && !box.contains(event.target) && place(shown), { capture: true, passive: true });
  });
})();

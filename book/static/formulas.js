// Formulas, after the explorers and piece by piece: set all at once they keep a long page busy for seconds, in which it
// neither scrolls nor answers. Those in sight come first. MathJax itself is fetched meanwhile (book/_ext/late_scripts.py).
(() => {
  const FORMULAS = ".math, .mathjax_process, .tex2jax_process";
  const VIEW = 'script[type="application/vnd.jupyter.widget-view+json"]';
  const PIECE = 40; // milliseconds that setting formulas may take before the page gets its turn

  const fetched = document.querySelector("link#mathjax");
  if (!fetched) return;

  /** A turn for what the page has to do meanwhile: input, scrolling, drawing. */
  const turn = () => new Promise((done) => setTimeout(done));

  /** From what is in sight downwards, and then upwards. */
  function inOrder() {
    const places = [...document.querySelectorAll(FORMULAS)].filter((one) => !one.parentElement.closest(FORMULAS));
    const first = places.findIndex((one) => one.getBoundingClientRect().bottom > 0);
    return first < 0 ? places.reverse() : [...places.slice(first), ...places.slice(0, first).reverse()];
  }

  async function setAll() {
    const left = inOrder();
    // Nobody waits for a page that is printed by a program, and each piece has the whole of it laid out again.
    for (let many = window.formulasAtOnce ? left.length : 4; left.length > 0; await turn()) {
      const start = performance.now();
      await window.MathJax.typesetPromise(left.splice(0, many));
      many = Math.max(1, Math.round((many * PIECE) / Math.max(performance.now() - start, PIECE / 2)));
    }
  }

  /** Until the explorers of the page are drawn; their script may come after this one, but before the page is loaded. */
  async function explorers() {
    if (document.querySelector(VIEW) && !window.symtheoryExplorers) await new Promise((done) => addEventListener("load", done));
    await window.symtheoryExplorers;
  }

  // Until MathJax is there, its place is held by its settings; who waits for all formulas finds the promise in both.
  window.MathJax ??= {};
  const settings = window.MathJax.startup ?? {};
  window.MathJax.startup = settings;
  settings.pageReady = setAll;
  settings.promise = new Promise((done) => {
    explorers().then(() => {
      const script = document.createElement("script");
      script.src = fetched.href;
      script.onload = () => done(window.MathJax.startup.promise);
      script.onerror = () => done();
      document.head.append(script);
    });
  });
})();

// What a page does for its reader: the reading view, names for folds, keys for what scrolls, the place in the sidebar.
(() => {
  const root = document.documentElement;
  const VIEW = "symtheory-view";

  // Storage may be closed to a page that is read from a file.
  const remembered = () => {
    try {
      return localStorage.getItem(VIEW);
    } catch {
      return null;
    }
  };
  const remember = (view) => {
    try {
      localStorage.setItem(VIEW, view);
    } catch {
      // The choice then holds for this page alone.
    }
  };

  // Before anything is shown.
  root.dataset.stView = remembered() ?? "running";

  function addViewSwitch() {
    const buttons = document.querySelector(".article-header-buttons");
    if (!buttons || !document.querySelector(".bd-article div.cell, .bd-article .checked-by")) return;
    const button = document.createElement("button");
    button.className = "btn btn-sm st-view";
    button.type = "button";
    const say = () => {
      const reading = root.dataset.stView === "reading";
      button.textContent = reading ? "Show code" : "Hide code";
      button.title = reading ? "Show code, tests and where numbers come from" : "The text alone, without code and tests";
    };
    button.addEventListener("click", () => {
      root.dataset.stView = root.dataset.stView === "reading" ? "running" : "reading";
      remember(root.dataset.stView);
      say();
    });
    say();
    buttons.prepend(button);
  }

  /** "Proof, in full" instead of "Toggle hidden content". */
  function nameFolds() {
    for (const button of document.querySelectorAll(".admonition-title > button.toggle-button")) {
      const title = button.parentElement.cloneNode(true);
      title.querySelector("button").remove();
      const words = title.textContent.trim();
      button.setAttribute("aria-label", `Show or hide: ${words}`);
      // The title is a heading, whose name would have the button's in it.
      button.parentElement.setAttribute("aria-label", words);
    }
  }

  /** Whatever can scroll is reached with the keyboard, and nothing else. */
  function reachWhatScrolls() {
    for (const formula of document.querySelectorAll(".bd-article .math mjx-container")) {
      const line = formula.parentElement.parentElement.closest("p, li, td, dd, figcaption, div");
      const inline = !formula.hasAttribute("display");
      if (inline) formula.classList.toggle("st-scroll", formula.offsetWidth > line.clientWidth);
      const scrolls = formula.scrollWidth > formula.clientWidth + 1 && (!inline || formula.classList.contains("st-scroll"));
      if (scrolls) formula.tabIndex = 0;
      else formula.removeAttribute("tabindex");
    }
  }

  function showPlaceInSidebar() {
    const sidebar = document.querySelector(".bd-sidebar-primary");
    const here = sidebar?.querySelector("a.current[href='#']") ?? sidebar?.querySelector("li.current.active > a");
    if (!here) return;
    const box = sidebar.getBoundingClientRect();
    const link = here.getBoundingClientRect();
    if (link.bottom > box.bottom || link.top < box.top) sidebar.scrollTop += link.top - box.top - box.height / 2;
  }

  /** What a link leads to is seen, in whatever fold it is; some browsers open it by themselves. */
  function openWanted() {
    const wanted = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const folds = [];
    for (let fold = wanted?.closest("details"); fold; fold = fold.parentElement.closest("details")) folds.push(fold);
    const folded = folds.filter(({ open }) => !open);
    for (const fold of folded) fold.open = true;
    if (folded.length) wanted.scrollIntoView();
  }

  /** On paper folds are open and colors light, whatever the page shows. */
  function prepareForPaper() {
    let folded = [];
    let theme = "";
    addEventListener("beforeprint", () => {
      folded = [...document.querySelectorAll(".bd-article details:not([open])")];
      for (const fold of folded) fold.open = true;
      theme = root.dataset.theme;
      root.dataset.theme = "light";
    });
    addEventListener("afterprint", () => {
      for (const fold of folded) fold.open = false;
      root.dataset.theme = theme;
    });
  }

  prepareForPaper();
  addEventListener("hashchange", openWanted);
  document.addEventListener("DOMContentLoaded", () => {
    addViewSwitch();
    showPlaceInSidebar();
    openWanted();
  });
  addEventListener("load", async () => {
    nameFolds();
    await window.MathJax?.startup?.promise;
    reachWhatScrolls();
    let waiting = 0;
    addEventListener("resize", () => {
      clearTimeout(waiting);
      waiting = setTimeout(reachWhatScrolls, 200);
    });
    // Formulas in a fold have no width before it is opened.
    document.addEventListener("click", () => setTimeout(reachWhatScrolls, 0));
  });
})();

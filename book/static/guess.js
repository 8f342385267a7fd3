// A guess before the answer (book/_ext/guess.py): what holds the answer is covered until a guess is made or declined; then
// the guess stands beside it. Guesses are kept in this browser alone. Both elements are set as the page is read, before
// they are shown, so that nothing moves or flashes.
(() => {
  const MINUS = "\u2212";
  const DECLINED = "";

  // Storage may be closed to a page that is read from a file.
  function stored(key, value) {
    try {
      if (value === undefined) return localStorage.getItem(key);
      localStorage.setItem(key, value);
    } catch {
      // The guess then holds until the page is left.
    }
    return null;
  }

  /** The end of a form: its answer is there and invisible, with room for the longest guess. */
  class Start extends HTMLElement {
    connectedCallback() {
      this.form = this.closest("form");
      const [slider, output] = this.form.querySelectorAll("input, output");
      const number = this.form.id.split("-").pop();
      this.slider = slider;
      this.key = `symtheory-guess ${DOCUMENTATION_OPTIONS.pagename} ${number}`;
      this.answer = this.form.querySelector("details p");
      this.form.classList.add("guess-set");
      this.form.querySelector("details").open = true;
      this.say(slider.max);
      const show = () => {
        output.textContent = this.words(slider.value);
      };
      slider.addEventListener("input", show);
      this.form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.keep(slider.value);
      });
      this.form.addEventListener("decline", () => this.keep(DECLINED));
      const before = stored(this.key);
      if (before) slider.value = before;
      show();
      if (before !== null) this.end(before);
    }

    words(value) {
      const { unit } = this.form.dataset;
      const space = unit && unit !== "°" ? "\u00a0" : "";
      return Number(value).toFixed(Number(this.slider.step) < 1 ? 2 : 0).replace("-", MINUS) + space + unit;
    }

    say(value) {
      this.form.querySelector(".guess-said").textContent = value === DECLINED ? "" : `You said ${this.words(value)}. `;
    }

    keep(value) {
      stored(this.key, value);
      this.answer.style.minHeight = `${this.answer.offsetHeight}px`;
      this.end(value);
      this.answer.tabIndex = -1;
      this.answer.focus({ preventScroll: true });
    }

    end(value) {
      this.say(value);
      this.slider.disabled = true;
      this.form.classList.add("guess-done");
      this.form.dispatchEvent(new Event("done"));
    }
  }

  /** What holds the answer, and a panel of the same size over it. */
  class Cover extends HTMLElement {
    connectedCallback() {
      const form = document.getElementById(this.getAttribute("for"));
      if (!form || form.classList.contains("guess-done") || this.isWanted() || this.panel) return;
      this.panel = document.createElement("div");
      this.panel.className = "guess-panel";
      this.panel.innerHTML = `<p>${this.dataset.name} appears when you have guessed.</p><div></div>`;
      this.add("Guess", () => form.querySelector("input").focus());
      this.add("Just show it", () => form.dispatchEvent(new Event("decline")));
      this.prepend(this.panel);
      this.classList.add("covered");
      form.addEventListener("done", () => this.classList.remove("covered"));
    }

    /** Whether someone came for it, by a link or from the search. */
    isWanted() {
      return this.dataset.holds.split(" ").includes(location.hash.slice(1) || " ") || this.querySelector(".highlighted") !== null;
    }

    add(words, action) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = words;
      button.addEventListener("click", action);
      this.panel.lastChild.append(button);
    }
  }

  customElements.define("guess-start", Start);
  customElements.define("guess-cover", Cover);

  function showWanted() {
    for (const cover of document.querySelectorAll("guess-cover.covered")) {
      if (cover.isWanted()) cover.classList.remove("covered");
    }
  }
  // Sphinx marks the hits of a search a moment after the page is read, which may be after it is loaded.
  addEventListener("load", () => setTimeout(showWanted, 50));
  addEventListener("hashchange", showWanted);
})();

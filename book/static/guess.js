// A guess before the answer (book/_ext/guess.py): it stands beside the answer, and is kept in this browser alone.
(() => {
  const MINUS = "\u2212";

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

  function set(form, key) {
    const unit = form.dataset.unit && `\u00a0${form.dataset.unit}`;
    const [slider, output, button] = form.querySelectorAll("input, output, button");
    const fold = form.querySelector("details");
    const said = form.querySelector(".guess-said");
    const digits = Number(slider.step) < 1 ? 2 : 0;
    const words = (value) => Number(value).toFixed(digits).replace("-", MINUS) + unit;
    const show = () => {
      output.textContent = words(slider.value);
    };
    const reveal = (value) => {
      said.textContent = `You said ${words(value)}. `;
      slider.disabled = true;
      button.hidden = true;
      fold.open = true;
    };

    slider.addEventListener("input", show);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      stored(key, slider.value);
      reveal(slider.value);
      fold.querySelector("summary").focus();
    });
    // Whoever wants no game opens the answer at once.
    const before = stored(key);
    if (before !== null) {
      slider.value = before;
      reveal(before);
    }
    show();
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const [number, form] of document.querySelectorAll("form.guess").entries()) {
      set(form, `symtheory-guess ${DOCUMENTATION_OPTIONS.pagename} ${number}`);
    }
  });
})();

/* Sliders, each with a button that moves it if it can move by itself. */

import { add } from "./drawing.mjs";

// JupyterLab would take the arrow keys, the space bar and enter for itself.
export const KEYS = { "data-lm-suppress-shortcuts": "true" };

/** A slider's value as it is shown: in its own words, or with at least as many digits as its step. */
export function shown({ step, show }, value, now) {
  if (show) return show(value, now);
  return Number.isInteger(step) ? String(value) : value.toFixed(2);
}

/**
 * A slider for one trait: { trait, symbol, label, unit, min, max, step }, if need be `show`, what stands for a value,
 * and what a page may rely on: `keeps` says that it moves no number, `play` that it can move by itself, to both ends and
 * back, and `once` that it then goes from its least value to its greatest, and stays there.
 */
export function slider(parent, id, control, choose) {
  const { trait, symbol, label, unit, min, max, step, keeps, play } = control;
  const box = add(parent, "div", { class: "ste-control" });
  const heading = add(box, "label", { for: `${id}-${trait}`, class: "ste-label" });
  if (symbol) add(heading, "i", {}, symbol);
  // Its value is said by the slider itself.
  const output = add(heading, "output", { for: `${id}-${trait}`, "aria-live": "off" });
  add(heading, "span", {}, label);
  const input = add(box, "input", { type: "range", id: `${id}-${trait}`, name: trait, min, max, step, ...KEYS });
  if (keeps) input.dataset.keeps = "numbers";
  if (!play) box.classList.add("ste-still");
  input.addEventListener("input", () => choose({ [trait]: input.valueAsNumber }));
  return {
    button: play ? add(box, "button", { type: "button", class: "ste-play", ...KEYS }) : null,
    update(value, now) {
      if (Number(input.value) !== value) input.value = String(value);
      const words = shown(control, value, now);
      input.setAttribute("aria-valuetext", unit(words));
      input.style.setProperty("--filled", `${(100 * (value - min)) / (max - min)}%`);
      output.textContent = symbol ? ` = ${words}` : "";
    },
  };
}

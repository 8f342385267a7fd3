/* Sliders with a button that moves them, choices of one or several, and a point that is dragged over a plane. */

import { add } from "./drawing.mjs";

// JupyterLab would take the arrow keys, the space bar and enter for itself.
const KEYS = { "data-lm-suppress-shortcuts": "true" };

/** A slider's value as it is shown: in its own words, or with at least as many digits as its step. */
export function shown({ step, show }, value, now) {
  if (show) return show(value, now);
  return Number.isInteger(step) ? String(value) : value.toFixed(2);
}

/**
 * A slider for one trait: { trait, symbol, label, unit, min, max, step }, if need be `show`, what stands for a value,
 * and what a page may rely on: `keeps` says that it moves no number, `play` that it can move by itself.
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

/** A choice among pictures, one radio button each: { trait, label, names, fill }, where `fill` draws into a label. */
export function pictures(parent, id, control, choose) {
  const { trait, label, names, fill } = control;
  const box = add(parent, "fieldset", { class: `ste-pictures ste-pictures-${trait}` });
  const heading = add(box, "legend", { class: "ste-label" });
  heading.append(label);
  const inputs = names.map((name, value) => {
    const option = add(box, "label", { class: "ste-picture" });
    const attributes = { type: "radio", name: `${id}-${trait}`, value, "data-trait": trait, "aria-label": name };
    const input = add(option, "input", { ...attributes, ...KEYS });
    fill(add(option, "span", {}), value);
    input.addEventListener("change", () => choose({ [trait]: value }));
    return input;
  });
  return {
    button: null,
    update(value) {
      inputs.forEach((input, index) => (input.checked = index === value));
    },
  };
}

/**
 * A choice of any of at most `most` things, one checkbox each, as a number of as many binary digits, and not zero:
 * { trait, label, most, named, chosen }, where `named(now)` lists the names of those that there are, and `chosen(now)`
 * the places of the chosen ones.
 */
export function several(parent, id, control, choose) {
  const { trait, label, most, named, chosen } = control;
  const box = add(parent, "fieldset", { class: `ste-pictures ste-several ste-pictures-${trait}` });
  add(box, "legend", { class: "ste-label" }, label);
  const options = Array.from({ length: most }, () => {
    const option = add(box, "label", { class: "ste-picture" });
    const input = add(option, "input", { type: "checkbox", "data-trait": trait, ...KEYS });
    input.addEventListener("change", () => {
      const digits = options.map((other, place) => (other.input.checked ? 2 ** place : 0));
      choose({ [trait]: digits.reduce((sum, digit) => sum + digit, 0) || 1 });
    });
    return { option, input, name: add(option, "span", { "aria-hidden": "true" }) };
  });
  return {
    button: null,
    update(value, now) {
      const [names, places] = [named(now), chosen(now)];
      options.forEach(({ option, input, name }, place) => {
        option.classList.toggle("ste-absent", place >= names.length);
        input.checked = places.includes(place);
        input.setAttribute("aria-label", names[place] ?? "");
        name.textContent = names[place] ?? "";
      });
    },
  };
}

/**
 * Let a pointer move a point over a plot. A mouse drags from anywhere; a finger drags the handle, an element of
 * class ste-handle, or taps, so that it can still scroll the page. `choose` gets the place in the plot's own units.
 */
export function draggable(svg, choose) {
  const place = (event) => {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    choose(at.x, at.y);
  };
  svg.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" && !event.target.closest(".ste-handle")) return;
    svg.setPointerCapture(event.pointerId);
    svg.addEventListener("pointermove", place);
    place(event);
    event.preventDefault();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    svg.addEventListener(end, () => svg.removeEventListener("pointermove", place));
  }
  svg.addEventListener("click", place);
}

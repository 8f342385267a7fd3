/* A choice among a few things that are seen. */

import { add } from "./drawing.mjs";
import { KEYS } from "./sliders.mjs";

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

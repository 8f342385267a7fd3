/* A choice of any of a few things. */

import { add } from "./drawing.mjs";
import { KEYS } from "./sliders.mjs";

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

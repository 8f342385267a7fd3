/*
 * What every explorer does: its elements, its settings, and a picture that follows them.
 *
 * An explorer is described by
 *   folder, title    its folder's name, and a name for people;
 *   controls         what can be set, or a function of the model that lists it: each has a `trait`, what a slider or
 *                    another control needs (see sliders.mjs, pictures.mjs, several.mjs), and if it is another one `make`;
 *   settings         names of further traits that it depends on;
 *   layout(kit)      puts its elements in order, by kit.read, kit.gauge, kit.panel and kit.controls;
 *   compute(values)  the traits and all that follows from them: pure;
 *   draw(parts, now) shows it;
 *   numbers(now)     what Python must find as well; all of them are on the page;
 *   right(now)       whether the prediction is right;
 *   sentence(now)    the answer, for those who cannot see it;
 *   allow            optional: the changes to make, of the values and the changes that a reader asks for;
 *   drag             optional, by name of a plot: by, which is `draggable`, the traits that a reader moves by dragging
 *                    a point over it, and settingsAt(svg, x, y, now), their values at a place; a dot of class
 *                    ste-choice is one to choose.
 * `explorer` makes of this what anywidget asks for.
 */

import { add, lambda } from "./drawing.mjs";
import { slider } from "./sliders.mjs";

const SWEEP_SECONDS = 14; // to both ends and back
let instances = 0;

/** The elements of one explorer, inside `el`. */
function build(el, spec, controls, choose) {
  const id = `ste-${(instances += 1)}-${Math.random().toString(36).slice(2, 8)}`;
  const outer = add(el, "div", { class: `ste ste-${spec.folder}` });
  const root = add(outer, "div", { class: "ste-grid", role: "group", "aria-label": spec.title });
  const parts = { outer, root, svgs: {}, words: {}, equations: [], inputs: {} };

  const plot = (parent, name) => {
    // The box is the image that is heard, by its text; the labels of the drawing are for the eye.
    const box = add(parent, "div", { class: "ste-plot", role: "img" });
    parts.svgs[name] = add(box, "svg", { "aria-hidden": "true" });
  };
  spec.layout({
    /** The error as a fraction, in symbols and in numbers, and what it means. */
    read(heading, ...equations) {
      const read = add(root, "div", { class: "ste-read" });
      add(read, "div", { class: "ste-heading" }, heading);
      for (const { name, top, bottom } of equations) parts.equations.push(equation(read, name, top, bottom));
      parts.verdict = add(read, "p", { class: "ste-verdict" });
    },
    gauge() {
      const figure = add(root, "figure", { class: "ste-gauge" });
      parts.words.gauge = add(figure, "figcaption", {});
      plot(figure, "gauge");
    },
    /** A plot with its heading above and one or two lines below. */
    panel(name, heading) {
      const figure = add(root, "figure", { class: `ste-panel ste-panel-${name}` });
      add(figure, "div", { class: "ste-heading" }, heading);
      plot(figure, name);
      parts.words[name] = add(figure, "figcaption", {});
      return figure;
    },
    controls() {
      const box = add(root, "div", { class: "ste-controls" });
      for (const control of controls) {
        const { make = slider, trait } = control;
        parts.inputs[trait] = make(box, id, control, choose);
      }
    },
  });
  parts.live = add(root, "div", { class: "ste-live", role: "status", "aria-live": "polite" });
  return parts;
}

/** ε = top/bottom = number/number = number; `top` and `bottom` fill an element with symbols. */
function equation(parent, name, top, bottom) {
  const line = add(parent, "p", { class: "ste-equation" });
  if (name) add(line, "span", { class: "ste-order" }, name);
  add(line, "i", {}, "ε");
  const fraction = () => {
    add(line, "span", {}, "=");
    const box = add(line, "span", { class: "ste-fraction" });
    return [add(box, "span", { class: "ste-top" }), add(box, "span", { class: "ste-bottom" })];
  };
  const symbols = fraction();
  top(symbols[0]);
  bottom(symbols[1]);
  const numbers = fraction();
  const result = add(line, "span", { class: "ste-result" }, "= ");
  return { line, top: numbers[0], bottom: numbers[1], value: add(result, "strong", { class: "ste-value" }) };
}

/** λ_N⁻¹ and ⟨λ⁻¹⟩ in HTML. */
export const labelsSymbol = (parent) => lambda(parent, "N", true);
export const meanSymbol = (parent) => {
  parent.append("⟨");
  lambda(parent, "", true);
  parent.append("⟩");
};

/** The answer in a line that begins with right or wrong. */
export function sayVerdict(line, right, sentence) {
  line.replaceChildren();
  add(line, "strong", {}, right ? "✓ Right: " : "✗ Wrong: ");
  line.append(sentence);
}

/** Give plots their alternative text. */
export function describe(svgs, sentences) {
  for (const [name, sentence] of Object.entries(sentences)) svgs[name].parentNode.setAttribute("aria-label", sentence);
}

/** What anywidget asks for: `render` draws into `el`, keeps it in step with `model`, and returns what undoes it. */
export function explorer(spec) {
  return { render: ({ model, el }) => render(spec, model, el) };
}

function render(spec, model, el) {
  const controls = typeof spec.controls === "function" ? spec.controls(model) : spec.controls;
  const movable = controls.filter(({ play }) => play);
  const names = [...controls.map(({ trait }) => trait), ...spec.settings];
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const listeners = [];
  let frame = 0;
  let now = null;
  let announce = 0;
  let sweep = null;
  let visible = true;
  let said = "";
  const parts = build(el, spec, controls, byHand);
  const { root, inputs, live } = parts;

  const values = () => Object.fromEntries(names.map((name) => [name, model.get(name)]));

  function draw() {
    frame = 0;
    now = spec.compute(values());
    spec.draw(parts, now);
    // What a reader of the page other than a person needs: the settings, and the numbers that are shown.
    const settings = controls.map(({ trait }) => [trait, model.get(trait)]);
    root.dataset.explorer = spec.folder;
    root.dataset.settings = JSON.stringify(Object.fromEntries(settings));
    root.dataset.numbers = JSON.stringify(spec.numbers(now));
    root.dataset.verdict = spec.right(now) ? "right" : "wrong";
    for (const [trait, value] of settings) inputs[trait].update(value, now);
    const sentence = spec.sentence(now);
    said ||= sentence; // what is there at first is read like the rest of the page
    clearTimeout(announce);
    if (!sweep) announce = setTimeout(speak, 700, sentence);
  }

  /** Say the verdict to a screen reader once the sliders rest, if it is news. */
  function speak(sentence) {
    if (said !== sentence) live.textContent = sentence;
    said = sentence;
  }

  function redraw() {
    frame ||= requestAnimationFrame(draw);
  }

  function choose(changes) {
    for (const [trait, value] of Object.entries(changes)) model.set(trait, value);
    model.save_changes();
    redraw();
  }

  /** What a reader chooses, which ends a motion. */
  function byHand(changes) {
    if (sweep) model.set("playing", "");
    choose(spec.allow ? spec.allow(values(), changes) : changes);
  }

  /** Move one trait to both its ends and back to where it was, or once from end to end; an empty name stops all. */
  function play(trait) {
    if (sweep) {
      cancelAnimationFrame(sweep.frame);
      model.save_changes();
    }
    sweep = null;
    const moving = movable.find((control) => control.trait === trait);
    if (moving) {
      const { min, max, once } = moving;
      const home = once ? max : model.get(trait);
      const phase = once ? 0 : Math.acos(1 - (2 * (home - min)) / (max - min)) / (2 * Math.PI);
      sweep = { moving, phase, end: phase + (once ? 0.5 : 1), home, last: null, frame: requestAnimationFrame(step) };
    }
    for (const control of movable) {
      const active = control.trait === trait;
      const { button } = inputs[control.trait];
      const name = control.symbol || control.label;
      button.textContent = active ? "❚❚" : "▶";
      button.setAttribute("aria-label", active ? `Pause ${name}` : `Play ${name}: move it by itself`);
      button.classList.toggle("ste-active", active);
    }
    redraw();
  }

  function step(time) {
    const { moving, last, end, home } = sweep;
    const { trait, min, max } = moving;
    if (sweep.phase >= end) {
      model.set(trait, home);
      choose({ playing: "" });
      return;
    }
    if (visible && last !== null) sweep.phase += Math.min(0.1, (time - last) / 1000) / SWEEP_SECONDS;
    sweep.last = time;
    const value = min + ((max - min) * (1 - Math.cos(2 * Math.PI * sweep.phase))) / 2;
    model.set(trait, Number.isInteger(moving.step) ? Math.round(value) : Math.round(200 * value) / 200);
    sweep.frame = requestAnimationFrame(step);
  }

  for (const { trait } of movable) {
    inputs[trait].button.addEventListener("click", () => {
      choose({ playing: model.get("playing") === trait ? "" : trait });
    });
  }
  const listen = (event, callback) => {
    model.on(event, callback);
    listeners.push([event, callback]);
  };
  for (const name of names) listen(`change:${name}`, redraw);
  listen("change:playing", () => play(model.get("playing")));
  if (model.get("playing") && calm.matches) model.set("playing", "");
  play(model.get("playing"));
  for (const [name, { by, traits, settingsAt }] of Object.entries(spec.drag ?? {})) {
    const svg = parts.svgs[name];
    svg.dataset.traits = traits.join(" ");
    by(svg, (x, y) => byHand(settingsAt(svg, x, y, now)));
  }

  const sizes = new ResizeObserver(redraw);
  sizes.observe(root);
  const sight = new IntersectionObserver((entries) => {
    visible = entries.at(-1).isIntersecting;
  });
  sight.observe(root);
  draw();

  return () => {
    play("");
    cancelAnimationFrame(frame);
    clearTimeout(announce);
    sizes.disconnect();
    sight.disconnect();
    for (const [event, callback] of listeners) model.off(event, callback);
    parts.outer.remove();
  };
}

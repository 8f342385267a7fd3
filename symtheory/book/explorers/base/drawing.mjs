/* What explorers draw with: SVG elements and axes. */

export const SVG = "http://www.w3.org/2000/svg";

/** A new element with attributes and children (elements or text), appended to `parent` if there is one. */
export function add(parent, name, attributes = {}, ...children) {
  const svg = name === "svg" || parent?.namespaceURI === SVG;
  const element = svg ? document.createElementNS(SVG, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  parent?.append(element);
  return element;
}

export const shape = (parent, name, style, attributes) => add(parent, name, { class: `ste-${style}`, ...attributes });
export const line = (parent, style, x1, y1, x2, y2) => shape(parent, "line", style, { x1, y1, x2, y2 });
export const dot = (parent, style, cx, cy, r) => shape(parent, "circle", style, { cx, cy, r });
export const text = (parent, style, x, y, content, anchor = "middle") => {
  const element = shape(parent, "text", style, { x, y, "text-anchor": anchor });
  element.textContent = content;
  return element;
};
/** λ with a subscript and, if `inverse`, the exponent -1: in SVG, or in HTML. */
export function lambda(parent, index, inverse) {
  if (parent.namespaceURI !== SVG) {
    add(parent, "i", {}, "λ");
    if (index) add(parent, "sub", {}, index);
    if (inverse) add(parent, "sup", {}, "−1");
    return;
  }
  add(parent, "tspan", { "font-style": "italic" }, "λ");
  add(parent, "tspan", { dy: 3, "font-size": "75%", "font-style": "italic" }, index);
}

/** Empty `svg`, and fit its coordinates to the pixels that it fills, so that text keeps its size. */
export function clear(svg, height) {
  const width = Math.max(200, svg.parentNode.clientWidth || 300);
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.replaceChildren();
  return [width, height];
}

/** Axis lines and ticks: `ticks` is a list of [value, label]; light rules cross the plot at the y ticks. */
export function axes(svg, box, x, y, xTicks, yTicks, xTitle) {
  for (const [value, label] of yTicks) {
    line(svg, "rule", box.left, y(value), box.right, y(value));
    text(svg, "tick", box.left - 6, y(value) + 4, label, "end");
  }
  line(svg, "axis", box.left, box.bottom, box.right, box.bottom);
  for (const [value, label] of xTicks) {
    line(svg, "axis", x(value), box.bottom, x(value), box.bottom + 4);
    text(svg, "tick", x(value), box.bottom + 17, label);
  }
  text(svg, "title", (box.left + box.right) / 2, box.bottom + 36, xTitle);
}

/** Whole ticks from `low` to `high`: the ends, and the middle if it is whole. */
export const threeTicks = (low, high) =>
  [low, (low + high) / 2, high].filter(Number.isInteger).map((k) => [k, String(k).replace("-", "−")]);

/** Radius of a dot where `count` of them share a line of `length` pixels. */
export const dotRadius = (length, count) => Math.max(2.2, Math.min(5, (0.4 * length) / count));

/*
 * The two-circles explorer: why a kernel machine does, or does not, see a symmetry.
 *
 * Two circles of N points each, one class per circle, the second shifted by half a step; the kernel is
 * exp(-L²d²). The points in turn, A0, B0, A1, B1, …, make the kernel matrix circulant, and the error at a
 * point that was left out is ε = λ_N⁻¹ / ⟨λ⁻¹⟩ (Perin and Deny, arXiv 2412.11521).
 *
 * First the mathematics, as pure functions; then the drawing; last `render`, the anywidget contract.
 */

// ---------------------------------------------------------------------------------------------------------
// Mathematics

/** Least and greatest value and step of each slider, by the name of its trait. */
export const RANGES = {
  n: { min: 4, max: 48, step: 1 },
  separation: { min: 0, max: 3, step: 0.05 },
  inverse_length: { min: 0.3, max: 3, step: 0.05 },
};

/** The 2N points [x, y, z] in turn, A0, B0, A1, …: circle A in the plane z = 0, circle B in z = separation. */
export function points(n, separation) {
  return Array.from({ length: 2 * n }, (_, j) => {
    const angle = (Math.PI * j) / n;
    return [Math.cos(angle), Math.sin(angle), j % 2 ? separation : 0];
  });
}

/** exp(-L²d²) between A0 and the point at `angle` on its own circle (other = false) or on the other one. */
export function kernelAt(angle, other, separation, inverseLength) {
  const half = Math.sin(angle / 2);
  return Math.exp(-(inverseLength ** 2) * (4 * half * half + (other ? separation * separation : 0)));
}

/** One row of the circulant kernel matrix: the kernel between A0 and each of the 2N points in turn. */
export function kernelRow(n, separation, inverseLength) {
  return Array.from({ length: 2 * n }, (_, j) =>
    kernelAt((Math.PI * j) / n, j % 2 === 1, separation, inverseLength),
  );
}

/** e^(-x) I_m(x) for m = 0, …, count - 1: modified Bessel functions by their power series, all terms positive. */
export function scaledBessel(x, count) {
  const values = [];
  let leading = Math.exp(-x);
  for (let m = 0; m < count; m += 1) {
    let sum = 1;
    for (let s = 1, term = 1; term > sum * 1e-18; s += 1) {
      term *= (x * x) / (4 * s * (s + m));
      sum += term;
    }
    values.push(leading * sum);
    leading *= x / (2 * (m + 1));
  }
  return values;
}

/**
 * The 2N eigenvalues λ_0, …, λ_{2N-1} of the kernel matrix, ridge included: the Fourier transform of `kernelRow`.
 *
 * Summing cosines would leave the small eigenvalues to cancellation: 9 digits where the ridge is 1e-5. The
 * Gaussian on a circle is instead expanded in its own harmonics, exp(-x(1 - cos θ)) = Σ_m e^(-x) I_m(x) cos(mθ)
 * with x = 2L²; sampled at 2N points, harmonic m falls on frequency m modulo 2N; and the damping of every other
 * point, by exp(-L²Δ²), moves a share of each harmonic by N. All terms are positive, so no digit is lost.
 */
export function eigenvalues(n, separation, inverseLength, ridge) {
  const size = 2 * n;
  const harmonics = new Array(size).fill(0);
  const bessel = scaledBessel(2 * inverseLength ** 2, 4 * n + 80);
  for (let m = bessel.length - 1; m >= 0; m -= 1) {
    harmonics[m % size] += bessel[m];
    if (m > 0) harmonics[(size - (m % size)) % size] += bessel[m];
  }
  const loss = -Math.expm1(-((inverseLength * separation) ** 2));
  return harmonics.map(
    (own, k) => size * ((1 - loss / 2) * own + (loss / 2) * harmonics[(k + n) % size]) + ridge,
  );
}

/** λ_N⁻¹: small where the signal λ_N is strong, that is where the circles are far apart for the kernel. */
export function labelsInverse(lambda) {
  return 1 / lambda[lambda.length / 2];
}

/** ⟨λ⁻¹⟩, the mean over all frequencies: small where the points are dense for the kernel. */
export function meanInverse(lambda) {
  return lambda.reduce((sum, value) => sum + 1 / value, 0) / lambda.length;
}

/** ε = λ_N⁻¹ / ⟨λ⁻¹⟩, the error 1 - yŷ at the missing point. Above 1 the prediction has the wrong sign. */
export function spectralError(lambda) {
  return labelsInverse(lambda) / meanInverse(lambda);
}

// ---------------------------------------------------------------------------------------------------------
// Words and numbers

const SUPERSCRIPTS = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

/** A power of ten as a reader writes it: 10⁻⁵. */
export function powerOfTen(exponent) {
  return `10${String(exponent).replace(/./g, (digit) => SUPERSCRIPTS[digit])}`;
}

/** Three significant digits: 0.274, −1.50, 1230, 4.28×10⁻⁶. */
export function formatNumber(value) {
  const [mantissa, exponent] = value.toExponential(2).split("e").map(Number);
  const large = exponent < -3 || exponent > 3;
  const digits = large ? `${mantissa.toFixed(2)}×${powerOfTen(exponent)}` : value.toFixed(Math.max(0, 2 - exponent));
  return digits.replace("-", "−");
}

/** How many times larger: 2.4, 37, 5300, 2.1×10⁵. */
function formatRatio(value) {
  if (value >= 9999.5) return formatNumber(value);
  return value < 9.95 ? value.toFixed(1) : String(Number(value.toPrecision(2)));
}

/** What the numbers mean, in one sentence. */
export function verdict(error) {
  return error < 1
    ? "the error is below 1, so the missing point is put on its own circle, A."
    : "the error is above 1, so the missing point is put on the other circle, B.";
}

// ---------------------------------------------------------------------------------------------------------
// Drawing

const SVG = "http://www.w3.org/2000/svg";

/** A new element with attributes and children (elements or text), appended to `parent` if there is one. */
function add(parent, name, attributes = {}, ...children) {
  const svg = name === "svg" || parent?.namespaceURI === SVG;
  const element = svg ? document.createElementNS(SVG, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  parent?.append(element);
  return element;
}

const shape = (parent, name, style, attributes) => add(parent, name, { class: `st2c-${style}`, ...attributes });
const line = (parent, style, x1, y1, x2, y2) => shape(parent, "line", style, { x1, y1, x2, y2 });
const dot = (parent, style, cx, cy, r) => shape(parent, "circle", style, { cx, cy, r });
const text = (parent, style, x, y, content, anchor = "middle") => {
  const element = shape(parent, "text", style, { x, y, "text-anchor": anchor });
  element.textContent = content;
  return element;
};
/** λ with a subscript and, if `inverse`, the exponent -1: in SVG, or in HTML. */
function lambda(parent, index, inverse) {
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
function clear(svg, height) {
  const width = Math.max(200, svg.parentNode.clientWidth || 300);
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.replaceChildren();
  return [width, height];
}

/** Axis lines and ticks: `ticks` is a list of [value, label]; light rules cross the plot at the y ticks. */
function axes(svg, box, x, y, xTicks, yTicks, xTitle) {
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
const threeTicks = (low, high) =>
  [low, (low + high) / 2, high].filter(Number.isInteger).map((k) => [k, String(k).replace("-", "−")]);

/** Radius of a dot where `count` of them share a line of `length` pixels. */
const dotRadius = (length, count) => Math.max(2.2, Math.min(5, (0.4 * length) / count));

/** The circles, seen from above when they coincide and from the side as they part; the missing point in front. */
function drawCircles(svg, { n, separation, error }) {
  const [width, height] = clear(svg, 260);
  const parted = Math.min(1, separation / 0.5);
  const elevation = (Math.PI / 180) * (90 - 66 * parted * parted * (3 - 2 * parted));
  const [lift, depth] = [Math.cos(elevation), Math.sin(elevation)];
  const [top, bottom, side] = [14, 52, 40];
  const scale = Math.min((width - 2 * side) / 2, (height - top - bottom) / (separation * lift + 2 * depth), 92);
  const slack = height - top - bottom - scale * (separation * lift + 2 * depth);
  const centerX = width / 2;
  const centerY = height - bottom - scale * depth - slack / 2;
  // The missing point A0, at angle 0, is nearest to the reader.
  const place = ([x, y, z]) => [centerX - scale * y, centerY + scale * (x * depth - z * lift)];
  const radius = dotRadius(2 * Math.PI * scale, 2 * n);

  const all = points(n, separation);
  for (const [offset, name] of ["a", "b"].entries()) {
    const z = offset * separation;
    const [cx, cy] = place([0, 0, z]);
    shape(svg, "ellipse", `path st2c-${name}`, { cx, cy, rx: scale, ry: scale * depth });
    for (let j = offset; j < 2 * n; j += 2) {
      if (j > 0) dot(svg, `fill-${name}`, ...place(all[j]), radius);
    }
  }
  const rise = scale * separation * lift;
  const gap = Math.max(0, 18 - rise) / 2; // keeps the names apart where the circles meet
  text(svg, "name st2c-a", centerX + scale + 12, centerY + 5 + gap, "A", "start");
  text(svg, "name st2c-b", centerX + scale + 12, centerY - rise + 5 - gap, "B", "start");
  if (rise > 16) {
    const x = centerX - scale - 14;
    line(svg, "measure", x, centerY, x, centerY - rise);
    for (const y of [centerY, centerY - rise]) line(svg, "measure", x - 4, y, x + 4, y);
    text(svg, "label", x - 7, centerY - rise / 2 + 5, "Δ", "end");
  }
  const [x, y] = place(all[0]);
  const right = error < 1;
  dot(svg, "ring", x, y, radius + 4);
  dot(svg, right ? "fill-a" : "fill-b", x, y, Math.max(radius, 3));
  text(svg, "label", x, y + 28, "missing point");
  text(svg, "strong", x, y + 45, right ? "✓ predicted A" : "✗ predicted B");
}

/** The kernel between the missing point and all others, between its two envelopes. */
function drawRow(svg, { n, separation, inverseLength }) {
  const [width, height] = clear(svg, 260);
  const box = { left: 30, right: width - 10, top: 34, bottom: height - 46 };
  const x = (j) => box.left + 6 + ((j + n) / (2 * n)) * (box.right - box.left - 12);
  const y = (value) => box.bottom - value * (box.bottom - box.top);
  axes(svg, box, x, y, threeTicks(-n, n), [[0, "0"], [0.5, "0.5"], [1, "1"]], "steps from the missing point");
  const key = text(svg, "label", box.right, 16, "", "end");
  for (const [name, label] of [["a", "own circle"], ["b", "other circle"]]) {
    add(key, "tspan", { class: `st2c-fill-${name}` }, name === "a" ? "● " : "\u2002● ");
    add(key, "tspan", {}, label);
  }
  for (const [other, name] of ["a", "b"].entries()) {
    const path = Array.from({ length: 121 }, (_, i) => {
      const j = n * (i / 60 - 1);
      const value = kernelAt((Math.PI * j) / n, other === 1, separation, inverseLength);
      return `${x(j).toFixed(2)},${y(value).toFixed(2)}`;
    });
    shape(svg, "polyline", `path st2c-${name}`, { points: path.join(" ") });
  }
  const row = kernelRow(n, separation, inverseLength);
  const radius = dotRadius(box.right - box.left, 2 * n);
  for (let j = 1 - n; j <= n; j += 1) {
    const index = (j + 2 * n) % (2 * n);
    if (j !== 0) dot(svg, index % 2 ? "fill-b" : "fill-a", x(j), y(row[index]), radius);
  }
  dot(svg, "ring", x(0), y(1), radius + 3);
}

/** The inverse spectrum, with that of the labels, λ_N⁻¹, and the mean: the ratio of the two is the error. */
function drawSpectrum(svg, { n, ridge, spectrum, labelsValue, meanValue }) {
  const [width, height] = clear(svg, 260);
  const box = { left: 36, right: width - 54, top: 34, bottom: height - 46 };
  const [low, high] = [-2, Math.max(1, Math.ceil(-Math.log10(ridge))) + 0.4];
  const x = (k) => box.left + 8 + (k / n) * (box.right - box.left - 16);
  const y = (exponent) => box.bottom - ((exponent - low) / (high - low)) * (box.bottom - box.top);
  const decades = [];
  for (let e = low; e <= high; e += high - low > 5 ? 2 : 1) decades.push([e, powerOfTen(e)]);
  axes(svg, box, x, y, threeTicks(0, n), decades, "frequency k");
  const title = text(svg, "title", box.left - 6, 16, "1/", "end");
  lambda(title, "k");
  const heights = spectrum.slice(0, n + 1).map((value) => y(-Math.log10(value)));
  const radius = dotRadius(box.right - box.left, n);
  const path = heights.map((height_, k) => `${x(k).toFixed(2)},${height_.toFixed(2)}`);
  shape(svg, "polyline", "trace", { points: path.join(" ") });
  heights.slice(0, n).forEach((height_, k) => dot(svg, "fill-ink", x(k), height_, radius));
  const [labelsY, meanY] = [y(Math.log10(labelsValue)), y(Math.log10(meanValue))];
  line(svg, "mean", box.left, meanY, box.right, meanY);
  line(svg, "gap", x(n), labelsY, x(n), meanY);
  dot(svg, "fill-signal", x(n), labelsY, Math.max(radius, 4.5) + 1);
  // The two labels stand beside their marks, pushed apart where these meet.
  const push = Math.max(0, 15 - Math.abs(labelsY - meanY)) / 2;
  const below = labelsY > meanY ? 1 : -1;
  text(svg, "label st2c-signal", box.right + 4, labelsY + 4 + below * push, "labels", "start");
  text(svg, "label st2c-noise", box.right + 4, meanY + 4 - below * push, "mean", "start");
}

/** The prediction on a line from B (-1) to A (+1); the error is its distance from the truth, +1. */
function drawGauge(svg, { error }) {
  const [width] = clear(svg, 74);
  const [low, high] = [-1.6, 1.15];
  const x = (value) => 8 + ((value - low) / (high - low)) * (width - 16);
  const prediction = 1 - error;
  const seen = Math.max(low, prediction);
  const middle = 34;
  shape(svg, "rect", "side-b", { x: x(low), y: middle - 8, width: x(0) - x(low), height: 16 });
  shape(svg, "rect", "side-a", { x: x(0), y: middle - 8, width: x(high) - x(0), height: 16 });
  line(svg, "axis", x(0), middle - 12, x(0), middle + 12);
  for (const [value, label] of [[-1, "−1"], [0, "0"], [1, "+1"]]) text(svg, "tick", x(value), 61, label);
  text(svg, "label", x(low), 16, "← circle B", "start");
  text(svg, "label", x(high), 16, "circle A →", "end");
  line(svg, "span", x(seen), middle, x(1), middle);
  line(svg, "truth", x(1), middle - 11, x(1), middle + 11);
  const name = prediction > 0 ? "a" : "b";
  if (prediction < low) {
    const [tip, back] = [x(low) - 7, x(low) + 7];
    shape(svg, "polygon", `fill-${name}`, { points: `${tip},${middle} ${back},${middle - 9} ${back},${middle + 9}` });
  } else {
    dot(svg, `fill-${name}`, x(seen), middle, 8);
  }
}

// ---------------------------------------------------------------------------------------------------------
// The widget

const CONTROLS = [
  { trait: "n", symbol: "N", label: "points per circle", unit: (v) => `${v} points per circle` },
  { trait: "separation", symbol: "Δ", label: "separation", unit: (v) => `separation ${v}` },
  { trait: "inverse_length", symbol: "L", label: "kernel sharpness", unit: (v) => `kernel sharpness ${v}` },
];
const SWEEP_SECONDS = 14; // to both ends and back
let instances = 0;

/** A slider's value as it is shown: at least as many digits as its step. */
function shown(trait, value) {
  return trait === "n" ? String(value) : value.toFixed(2);
}

/** The elements of one explorer, inside `el`. */
function build(el) {
  const id = `st2c-${(instances += 1)}-${Math.random().toString(36).slice(2, 8)}`;
  const outer = add(el, "div", { class: "st2c" });
  const root = add(outer, "div", { class: "st2c-grid", role: "group", "aria-label": "Two-circles explorer" });

  const read = add(root, "div", { class: "st2c-read" });
  add(read, "div", { class: "st2c-heading" }, "Spectral error");
  const equation = add(read, "p", { class: "st2c-equation" });
  const fraction = () => {
    add(equation, "span", {}, "=");
    const box = add(equation, "span", { class: "st2c-fraction" });
    return [add(box, "span", { class: "st2c-top" }), add(box, "span", { class: "st2c-bottom" })];
  };
  add(equation, "i", {}, "ε");
  const [topName, bottomName] = fraction();
  lambda(topName, "N", true);
  bottomName.append("⟨");
  lambda(bottomName, "", true);
  bottomName.append("⟩");
  const [top, bottom] = fraction();
  const result = add(equation, "span", { class: "st2c-result" }, "= ");
  const value = add(result, "strong", { class: "st2c-value" });
  const verdictLine = add(read, "p", { class: "st2c-verdict" });
  const gaugeBox = add(root, "figure", { class: "st2c-gauge" });
  const words = { gauge: add(gaugeBox, "figcaption", {}) };
  const svgs = {};
  const draw = (parent, name) => {
    svgs[name] = add(add(parent, "div", { class: "st2c-plot" }), "svg", { role: "img" });
  };
  draw(gaugeBox, "gauge");

  const panel = (name, heading) => {
    const figure = add(root, "figure", { class: `st2c-panel st2c-panel-${name}` });
    add(figure, "div", { class: "st2c-heading" }, heading);
    draw(figure, name);
    words[name] = add(figure, "figcaption", {});
  };
  panel("circles", "The points");
  const controls = add(root, "div", { class: "st2c-controls" });
  panel("row", "The kernel");
  panel("spectrum", "The inverse spectrum");

  const inputs = {};
  for (const { trait, symbol, label } of CONTROLS) {
    const box = add(controls, "div", { class: "st2c-control" });
    const heading = add(box, "label", { for: `${id}-${trait}`, class: "st2c-label" });
    add(heading, "i", {}, symbol);
    const output = add(heading, "output", { for: `${id}-${trait}` });
    add(heading, "span", {}, label);
    // JupyterLab would take the arrow keys, the space bar and enter for itself.
    const keys = { "data-lm-suppress-shortcuts": "true" };
    const input = add(box, "input", { type: "range", id: `${id}-${trait}`, name: trait, ...RANGES[trait], ...keys });
    const play = add(box, "button", { type: "button", class: "st2c-play", ...keys });
    inputs[trait] = { input, output, play };
  }
  const live = add(root, "div", { class: "st2c-live", role: "status", "aria-live": "polite" });
  return { outer, root, svgs, words, inputs, live, top, bottom, value, verdictLine };
}

/** Draw the explorer into `el` and keep it in step with `model`; return what undoes it. */
function render({ model, el }) {
  const parts = build(el);
  const { root, svgs, words, inputs, live } = parts;
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const listeners = [];
  let frame = 0;
  let announce = 0;
  let sweep = null;
  let visible = true;
  let said = "";

  function state() {
    const [n, separation] = [model.get("n"), model.get("separation")];
    const [inverseLength, ridge] = [model.get("inverse_length"), model.get("ridge")];
    const spectrum = eigenvalues(n, separation, inverseLength, ridge);
    const [labelsValue, meanValue] = [labelsInverse(spectrum), meanInverse(spectrum)];
    return { n, separation, inverseLength, ridge, spectrum, labelsValue, meanValue, error: labelsValue / meanValue };
  }

  function draw() {
    frame = 0;
    const now = state();
    const { n, separation, inverseLength, spectrum, labelsValue, meanValue, error } = now;
    drawCircles(svgs.circles, now);
    drawRow(svgs.row, now);
    drawSpectrum(svgs.spectrum, now);
    drawGauge(svgs.gauge, now);

    const right = error < 1;
    parts.top.textContent = formatNumber(labelsValue);
    parts.bottom.textContent = formatNumber(meanValue);
    parts.value.textContent = formatNumber(error);
    parts.verdictLine.replaceChildren();
    add(parts.verdictLine, "strong", {}, right ? "✓ Right: " : "✗ Wrong: ");
    parts.verdictLine.append(verdict(error));

    const row = kernelRow(n, separation, inverseLength);
    words.gauge.textContent = `Prediction ${formatNumber(1 - error)}, truth +1`;
    words.circles.textContent =
      `${n} on each circle, ` +
      (separation > 0 ? `${shown("separation", separation)} apart; all are known but one.` : "in one plane; all are known but one.");
    words.row.textContent =
      row[1] > row[2]
        ? "The points most similar to it lie on the other circle."
        : "The points most similar to it lie on its own circle.";
    words.spectrum.textContent = right
      ? `At the labels’ frequency 1/λ is ${formatRatio(1 / error)} times below its mean: right.`
      : `At the labels’ frequency 1/λ is ${formatRatio(error)} times above its mean: wrong.`;

    const digits = (value) => value.toFixed(2);
    const alt = {
      circles: `${words.circles.textContent} The missing point is predicted ${right ? "A, rightly" : "B, wrongly"}.`,
      row: `Kernel ${digits(row[1])} at the nearest points of the other circle, ${digits(row[2])} at the nearest of its own.`,
      spectrum: `Labels ${formatNumber(labelsValue)}, mean ${formatNumber(meanValue)}. ${words.spectrum.textContent}`,
      gauge: `${words.gauge.textContent}.`,
    };
    for (const [name, sentence] of Object.entries(alt)) svgs[name].setAttribute("aria-label", sentence);

    const data = { error, lastEigenvalue: spectrum[n], meanInverse: meanValue, n, separation, inverseLength };
    for (const [name, number] of Object.entries(data)) root.dataset[name] = String(number);
    root.dataset.verdict = right ? "right" : "wrong";

    for (const { trait, unit } of CONTROLS) {
      const { input, output } = inputs[trait];
      const setting = model.get(trait);
      const label = shown(trait, setting);
      if (Number(input.value) !== setting) input.value = String(setting);
      input.setAttribute("aria-valuetext", unit(label));
      const { min, max } = RANGES[trait];
      input.style.setProperty("--filled", `${(100 * (setting - min)) / (max - min)}%`);
      output.textContent = ` = ${label}`;
    }
    const sentence = `Spectral error ${formatNumber(error)}: ${verdict(error)}`;
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

  function choose(trait, value) {
    model.set(trait, value);
    model.save_changes();
    redraw();
  }

  /** Move one trait to both its ends and back to where it was, or stop; an empty name stops all. */
  function play(trait) {
    if (sweep) {
      cancelAnimationFrame(sweep.frame);
      model.save_changes();
    }
    sweep = null;
    if (trait) {
      const { min, max } = RANGES[trait];
      const phase = Math.acos(1 - (2 * (model.get(trait) - min)) / (max - min)) / (2 * Math.PI);
      sweep = { trait, phase, end: phase + 1, home: model.get(trait), last: null, frame: requestAnimationFrame(step) };
    }
    for (const { trait: name, symbol } of CONTROLS) {
      const active = name === trait;
      const { play: button } = inputs[name];
      button.textContent = active ? "❚❚" : "▶";
      button.setAttribute("aria-label", active ? `Pause ${symbol}` : `Play ${symbol}: move it by itself`);
      button.classList.toggle("st2c-active", active);
    }
    redraw();
  }

  function step(time) {
    const { trait, last, end, home } = sweep;
    if (sweep.phase >= end) {
      model.set(trait, home);
      choose("playing", "");
      return;
    }
    if (visible && last !== null) sweep.phase += Math.min(0.1, (time - last) / 1000) / SWEEP_SECONDS;
    sweep.last = time;
    const { min, max } = RANGES[trait];
    const value = min + ((max - min) * (1 - Math.cos(2 * Math.PI * sweep.phase))) / 2;
    model.set(trait, trait === "n" ? Math.round(value) : Math.round(200 * value) / 200);
    sweep.frame = requestAnimationFrame(step);
  }

  for (const { trait } of CONTROLS) {
    const { input, play: button } = inputs[trait];
    input.addEventListener("input", () => {
      if (sweep) model.set("playing", "");
      choose(trait, input.valueAsNumber);
    });
    button.addEventListener("click", () => choose("playing", model.get("playing") === trait ? "" : trait));
  }
  const listen = (event, callback) => {
    model.on(event, callback);
    listeners.push([event, callback]);
  };
  for (const name of [...CONTROLS.map(({ trait }) => trait), "ridge"]) listen(`change:${name}`, redraw);
  listen("change:playing", () => play(model.get("playing")));
  if (model.get("playing") && calm.matches) model.set("playing", "");
  play(model.get("playing"));

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

export default { render };

/* The two plots of the phase diagram. */

import { axes, clear, dot, lambda, line, shape, text } from "../base/drawing.mjs";
import { clearAll, put } from "../base/images.mjs";
import { formatNumber } from "../base/words.mjs";
import { nearestOf } from "./numbers.mjs";

const LEVELS = [0.3, 0.1, 0.03];
const DECADES = [-5, -4, -3, -2, -1, 0, 1, 2].flatMap((e) => [1, 3].map((m) => m * 10 ** e));
const NEAR = [[7, -6, "start"], [7, 16, "start"], [-7, 16, "end"], [-7, -6, "end"]];
const SIDES = [...NEAR, ...[30, 44, 58, 72, -20, -34, -48].flatMap((down) => [[9, down, "start"], [-9, down, "end"]])];
const STYLES = ["none-right", "one-right", "both-right"];

/** Where the plane lies in a plot, the same at all orders, and its two logarithmic scales. */
function logScales(width, height, { signal, noise }) {
  const box = { left: 48, right: width - 14, top: 34, bottom: height - 46 };
  const ends = [signal, noise].map((values) => [Math.min(...values.flat()) / 1.35, Math.max(...values.flat()) * 1.35]);
  const share = ([low, high], value) => Math.log(value / low) / Math.log(high / low);
  return {
    box,
    ends,
    x: (value) => box.left + share(ends[0], value) * (box.right - box.left),
    y: (value) => box.bottom - share(ends[1], value) * (box.bottom - box.top),
  };
}

/** The pair whose dot is nearest to a place in the plane. */
export function pairNear(svg, x, y, now) {
  const { width, height } = svg.viewBox.baseVal;
  const scales = logScales(width, height, now);
  const noise = now.noise[now.order];
  return { pair: nearestOf(now.signal[now.order].map((value, i) => [scales.x(value), scales.y(noise[i])]), x, y) };
}

/** The points at which noise is `level` times the signal, from end to end of the plane. */
function levelLine({ ends: [[left, right], [bottom, top]], x, y }, level) {
  const from = Math.max(left, bottom / level);
  const to = Math.min(right, top / level);
  return [[from, from * level], [to, to * level]].map(([a, b]) => [x(a), y(b)]);
}

/** What the three kinds of dots mean, in a line above the plane. */
function drawKey(svg, box) {
  const names = ["none", "one", "both right"];
  names.forEach((name, right) => {
    const at = box.right - 182 + 56 * right;
    dot(svg, STYLES[right], at, 12, 4);
    text(svg, "tick", at + 9, 16, name, "start");
  });
}

/** The box of some words of 12 pixels that start or end at a place, with room for the fonts of any system. */
function boxOf(x, y, said, anchor) {
  const width = 7 * said.length + 2;
  const left = anchor === "start" ? x : x - width;
  return { left, right: left + width, top: y - 11, bottom: y + 4 };
}

/** Whether a box reaches a line that goes on beyond it, 3 pixels wide. */
function onLine({ left, right, top, bottom }, [[x1, y1], [x2, y2]]) {
  const corners = [[left, top], [right, top], [left, bottom], [right, bottom]];
  const beside = corners.map(([x, y]) => ((x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)) / Math.hypot(x2 - x1, y2 - y1));
  return Math.min(...beside) < 2 && Math.max(...beside) > -2;
}

/**
 * Where a short label of a point hides few dots and is near, among the places on no other words, not on the border and
 * not beyond the edge.
 */
function emptiest([x, y], said, { dots, words, border, box, width }) {
  const cost = ([across, down, anchor]) => {
    const own = boxOf(x + across, y + down, said, anchor);
    const meets = (other) => own.left < other.right && other.left < own.right && own.top < other.bottom && other.top < own.bottom;
    const barred = onLine(own, border) || own.left < box.left || own.right > width || own.top < 20 || own.bottom > box.bottom || words.some(meets);
    const hidden = dots.filter(([a, b]) => meets({ left: a - 5, right: a + 5, top: b - 4, bottom: b + 4 })).length;
    return hidden + Math.abs(down) / 18 + (barred ? 1000 : 0);
  };
  return SIDES.map((side) => [cost(side), side]).reduce((best, one) => (one[0] < best[0] ? one : best))[1];
}

/** All pairs at one order, the lines of constant error, and where the chosen pair goes as the order changes. */
export function drawPairs(svg, now) {
  const { order, pair, orders, signal, noise, exact } = now;
  const [width, height] = clear(svg, 360);
  const scales = logScales(width, height, now);
  const { box, ends, x, y } = scales;
  const border = levelLine(scales, 1);
  const wrong = [...border, [border[1][0], box.top], [box.left, box.top], [box.left, border[0][1]]];
  shape(svg, "polygon", "beyond", { points: wrong.map((point) => point.join(",")).join(" ") });
  const [across, up] = ends.map(([low, high]) => DECADES.filter((v) => v > low && v < high).map((v) => [v, String(Number(v.toPrecision(1)))]));
  axes(svg, box, x, y, across, up, "");
  drawKey(svg, box);
  const below = text(svg, "label ste-signal", (box.left + box.right) / 2, box.bottom + 36, "signal ");
  lambda(below, "N");
  text(svg, "label ste-noise", 4, 16, "noise 1/⟨λ⁻¹⟩", "start");
  const words = [];
  const say = (style, x, y, said, anchor) => {
    text(svg, style, x, y, said, anchor);
    words.push(boxOf(x, y, said, anchor));
  };
  for (const level of LEVELS) {
    const [[x1, y1], [x2, y2]] = levelLine(scales, level);
    if (x2 - x1 < 30) continue;
    line(svg, "contour", x1, y1, x2, y2);
    say("tick", x2 - 4, y2 + (y2 > box.top + 1 ? 16 : 12), `ε = ${level}`, "end");
  }
  line(svg, "border", border[0][0], border[0][1], border[1][0], border[1][1]);
  say("strong", box.left + 8, box.top + 18, "wrong", "start");
  say("strong", box.left + 8, border[0][1] + 24, "right", "start");
  const counts = exact[order].map((errors) => errors.filter((error) => error < 1).length);
  signal[order].forEach((value, i) => dot(svg, `${STYLES[counts[i]]} ste-choice`, x(value), y(noise[order][i]), 4));
  const path = orders.map((_, k) => [x(signal[k][pair]), y(noise[k][pair])]);
  shape(svg, "polyline", "track", { points: path.map((point) => point.join(",")).join(" ") });
  path.forEach(([a, b]) => dot(svg, "fill-ink", a, b, 2.5));
  const last = orders.length - 1;
  const dots = [...signal[order].map((value, i) => [x(value), y(noise[order][i])]), ...path];
  for (const k of [0, last]) {
    if (k === order) continue;
    const [at, said] = [path[k], `N = ${orders[k]}`];
    const [across, down, anchor] = emptiest(at, said, { dots, words, border, box, width });
    say("tick ste-halo", at[0] + across, at[1] + down, said, anchor);
  }
  const [a, b] = path[order];
  dot(svg, `${STYLES[counts[pair]]} ste-point`, a, b, 7);
  dot(svg, "chosen", a, b, 11);
  dot(svg, "handle", a, b, 22);
}

/** The two digits of the chosen pair, and what exact regression says of each where it is missing. */
export function drawPair(svg, { images, names, exact }) {
  const [width] = clearAll(svg, 236);
  const size = Math.min(104, width / 2 - 16);
  images.forEach((image, i) => {
    const [x, style] = [(width * (1 + 2 * i)) / 4, i ? "b" : "a"];
    text(svg, `name ste-${style}`, x, 22, names[i]);
    put(svg, image, style, x, 38 + size / 2, size);
    text(svg, "label", x, 64 + size, "error if missing");
    text(svg, "name", x, 88 + size, formatNumber(exact[i]));
    text(svg, "strong", x, 112 + size, exact[i] < 1 ? "✓ right" : "✗ wrong");
  });
}

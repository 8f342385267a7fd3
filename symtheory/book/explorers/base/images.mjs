/* Images in a plot: masks, filled with a color of the page. */

import { add, clear } from "./drawing.mjs";

const addresses = new WeakMap();

/** An image as the address of a mask: opaque where there is ink. */
function maskOf(image) {
  if (!addresses.has(image)) {
    const side = Math.round(Math.sqrt(image.length));
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = side;
    const context = canvas.getContext("2d");
    const pixels = context.createImageData(side, side);
    image.forEach((value, i) => (pixels.data[4 * i + 3] = Math.round(255 * Math.min(1, Math.max(0, value)))));
    context.putImageData(pixels, 0, 0);
    addresses.set(image, `url(${canvas.toDataURL()})`);
  }
  return addresses.get(image);
}

/** Fill an element with an image. */
export function fillWith(element, image, style) {
  element.classList.add("ste-digit", `ste-digit-${style}`);
  element.style.maskImage = maskOf(image);
  element.style.webkitMaskImage = maskOf(image);
}

/** Put an image over a plot, its middle at (x, y), as a new element. The plot's units are pixels. */
export function put(svg, image, style, x, y, size) {
  const element = add(svg.parentNode, "span", { class: "ste-put", "aria-hidden": "true" });
  Object.assign(element.style, { left: `${x - size / 2}px`, top: `${y - size / 2}px`, width: `${size}px`, height: `${size}px` });
  fillWith(element, image, style);
  return element;
}

/** Empty a plot and take away the images over it. */
export function clearAll(svg, height) {
  for (const old of svg.parentNode.querySelectorAll(".ste-put")) old.remove();
  return clear(svg, height);
}

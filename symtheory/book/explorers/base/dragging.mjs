/* A point that is dragged over a plot. */

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

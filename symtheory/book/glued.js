/*
 * Put glued values in the place of their names, in a notebook that is open in JupyterLab: it knows no
 * {glue:text} and shows what stands in it, as in "seconds:.0f". The page of the book is made without this.
 */
(element, values) => {
  /** A number as Python's format writes it, for the formats that chapters use; g without powers of ten. */
  const written = (value, format) => {
    const [, sign, comma, digits, kind] = format.match(/^(\+?)(,?)(?:\.(\d+)([efg]))?$/) ?? [];
    if (typeof value === "string" || kind === undefined) return comma ? value.toLocaleString("en") : String(value);
    let text = value.toFixed(digits);
    if (kind === "e") text = value.toExponential(digits).replace(/e([+-])(\d)$/, "e$10$2");
    if (kind === "g") text = String(Number(value.toPrecision(digits)));
    return sign && value >= 0 ? `+${text}` : text;
  };

  const fill = () => {
    const spans = element.closest(".jp-Notebook")?.querySelectorAll(".jp-MarkdownCell span") ?? [];
    for (const span of spans) {
      if (span.childElementCount || span.closest(".katex, pre")) continue;
      const [name, format = ""] = (span.dataset.glue ?? span.textContent).split(":");
      if (!Object.hasOwn(values, name)) continue;
      span.dataset.glue ??= span.textContent;
      const text = written(values[name], format);
      if (span.textContent !== text) span.textContent = text;
    }
  };

  // Cells come and go as the reader scrolls and edits.
  let due = false;
  new MutationObserver(() => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      fill();
    });
  }).observe(document.body, { childList: true, subtree: true });
  fill();
}

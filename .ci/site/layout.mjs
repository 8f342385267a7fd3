// What makes a page hard to read at its width; each function runs in the page and returns complaints.

/** Words and numbers of a table that are broken over two lines, and numbers that may part from their units. */
function brokenCells() {
  const UNIT = /\d[ \n]+(?:%|(?:ms|s|min|h|[kMG]B)(?!\w))/g;
  const broken = [];
  for (const cell of document.querySelectorAll("article table :is(td, th)")) {
    broken.push(...(cell.textContent.match(UNIT) ?? []));
    const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode;
      if (text.parentElement.closest("mjx-container, code")) continue;
      for (const word of text.textContent.matchAll(/[^\s/–-]+/g)) {
        const range = document.createRange();
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        if (new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size > 1) broken.push(word[0]);
      }
    }
  }
  return broken.length ? [`broken in cells of tables: ${broken.slice(0, 5).join(" ")} (${broken.length})`] : [];
}

/** Formulas, tables and code that are wider than their box without a shadow that says so; on a screen, any formula. */
function hiddenWidth() {
  const DESKTOP = 1000;
  const complaints = [];
  for (const box of document.querySelectorAll("article mjx-container, article table, article pre, article svg")) {
    if (box.parentElement.closest("mjx-container, svg") || !box.getClientRects().length) continue;
    const content = box.matches("mjx-container") ? box.querySelector("mjx-math") : box;
    const frame = box.matches("table, svg") ? box.parentElement : box;
    const wide = Math.max(content.getBoundingClientRect().width, box.matches("pre") ? box.scrollWidth : 0);
    const room = frame.getBoundingClientRect().width;
    const { backgroundImage, overflowX } = getComputedStyle(frame);
    const shown = /gradient/.test(backgroundImage) && /auto|scroll/.test(overflowX);
    const mayScroll = shown && !(box.matches("mjx-container") && innerWidth >= DESKTOP);
    if (wide > room + 1 && !mayScroll) {
      complaints.push(`${box.localName} of ${Math.round(wide)} pixels in ${Math.round(room)}: ${box.textContent.trim().slice(0, 40)}`);
    }
  }
  return complaints;
}

/** Words in figures that are too small to read; an exponent counts by the number that it stands at. */
function smallWords() {
  const LEAST = 9;
  const small = new Set();
  for (const text of document.querySelectorAll("article .st-figure svg text")) {
    const svg = text.ownerSVGElement;
    const words = text.textContent.trim();
    if (!svg.getClientRects().length || !words) continue;
    const parts = text.querySelector("tspan") ? [...text.querySelectorAll("tspan")] : [text];
    const largest = Math.max(...parts.map((part) => parseFloat(getComputedStyle(part).fontSize)));
    const size = largest * (svg.getBoundingClientRect().width / svg.viewBox.baseVal.width);
    if (size < LEAST) small.add(`${size.toFixed(1)} pixels: ${words.slice(0, 30)}`);
  }
  return [...small].slice(0, 3).map((what) => `small words in a figure, ${what}`);
}

/** Words in figures that lie on each other; boxes have room above and below the letters, so that a third may be shared. */
function touchingWords() {
  const touching = [];
  for (const svg of document.querySelectorAll("article svg")) {
    const words = [...svg.querySelectorAll("text")]
      .filter((text) => text.textContent.trim() && text.checkVisibility({ opacityProperty: true }))
      .map((text) => ({ said: text.textContent.trim(), box: text.getBoundingClientRect() }));
    words.forEach(({ said, box }, place) => {
      for (const { said: other, box: its } of words.slice(place + 1)) {
        const across = Math.min(box.right, its.right) - Math.max(box.left, its.left);
        const along = Math.min(box.bottom, its.bottom) - Math.max(box.top, its.top);
        if (across > 2 && along > 0.35 * Math.min(box.height, its.height)) touching.push(`${said} and ${other}`);
      }
    });
  }
  return touching.slice(0, 3).map((what) => `words in a figure that lie on each other: ${what}`);
}

/** Words of an explorer on the line that separates what is right from what is wrong; above and below letters is room. */
export function wordsOnBorder(explorer) {
  const ROOM = 2;
  const touching = [];
  for (const line of explorer.querySelectorAll("svg line.ste-border")) {
    const [[x1, y1], [x2, y2]] = ["1", "2"].map((end) => {
      const { x, y } = new DOMPoint(line[`x${end}`].baseVal.value, line[`y${end}`].baseVal.value).matrixTransform(line.getScreenCTM());
      return [x, y];
    });
    const beside = (x, y) => ((x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)) / Math.hypot(x2 - x1, y2 - y1);
    const half = parseFloat(getComputedStyle(line).strokeWidth) / 2;
    for (const text of line.ownerSVGElement.querySelectorAll("text")) {
      const { left, right, top, bottom } = text.getBoundingClientRect();
      // The line ends at the edges of the plane, and the words of its axes stand beyond them.
      const within = left < Math.max(x1, x2) && right > Math.min(x1, x2) && top < Math.max(y1, y2) && bottom > Math.min(y1, y2);
      const corners = [left, right].flatMap((x) => [beside(x, top + ROOM), beside(x, bottom - ROOM)]);
      if (within && Math.min(...corners) < half && Math.max(...corners) > -half) touching.push(text.textContent.trim());
    }
  }
  return touching;
}

/** Formulas that stop the tab key without a reason, and folds that do not say what they hide. */
function keyboard() {
  const complaints = [];
  const stops = [...document.querySelectorAll("article mjx-container[tabindex]")].filter(
    (formula) => formula.scrollWidth <= formula.clientWidth + 1 && formula.getClientRects().length,
  );
  if (stops.length) complaints.push(`${stops.length} formulas stop the tab key and do not scroll`);
  const names = [...document.querySelectorAll("article :is(summary, button.toggle-button)")].map(
    (fold) => fold.getAttribute("aria-label") ?? fold.textContent.trim(),
  );
  const unnamed = names.filter((name) => !name || /toggle hidden|click to/i.test(name));
  if (unnamed.length) complaints.push(`${unnamed.length} folds without a name`);
  return complaints;
}

/** Room below the footer, which a closed fold leaves if what it hides is not cut off. */
function emptyEnd() {
  const footer = document.querySelector("footer.bd-footer");
  const end = footer ? footer.getBoundingClientRect().bottom + scrollY : Infinity;
  const room = Math.round(document.documentElement.scrollHeight - Math.max(end, innerHeight));
  return room > 2 ? [`${room} empty pixels below the footer`] : [];
}

export const LAYOUT = [brokenCells, hiddenWidth, smallWords, touchingWords, keyboard, emptyEnd];

"""Mend small things in the pages that the theme and its companions write."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx.application import Sphinx

# In a line; one that introduces a symbol stands in a mark of its own.
FORMULA = r'<span class="math[^"]*">[^<]*</span>'
UNIT = r"(%|(?:ms|s|min|h|[kMG]B)\b)"

FIXES = (
    # 1.4 MB of script to draw again the icons that the theme's icon font shows.
    (
        re.compile(
            r"\s*<!-- So that users can add custom icons -->"
            r"\s*<script[^>]*fontawesome\.js[^>]*></script>"
        ),
        "",
    ),
    # A formula is a box beside which a line may break: not before the comma or after the bracket.
    (
        re.compile(
            r'(?<!st-together">)(?<!st-together">[(\[“])([(\[“]?)'
            rf'(<span class="\w+">{FORMULA}</span>|{FORMULA})([,.;:!?)\]’”]*)'
        ),
        lambda found: (
            f'<span class="st-together">{found[0]}</span>' if found[1] or found[3] else found[0]
        ),
    ),
    # Nor between a number and its unit.
    (
        re.compile(rf'(<span class="pasted-text">[^<]*\d</span>)[ \n]+{UNIT}'),
        "\\1\N{NO-BREAK SPACE}\\2",
    ),
    # Nor between a number and how far off it may be.
    (
        re.compile(r'(?<=\d)(</span>)?[ \n]+±[ \n]+(?=(?:<span class="pasted-text">)?\d)'),
        "\\1\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}",
    ),
)

# What a cell computed, in a sentence or in a table.
COMPUTED = re.compile(r'<span class="pasted-text">[^<]*</span>|<(t[dh])\b.*?</\1>', re.DOTALL)
# Formulas and code have their own way; what is left is tags and words.
PARTS = re.compile(r'<span class="math.*?</span>|<code.*?</code>|<[^>]*>|[^<]+', re.DOTALL)
# A sentence, in which a share is typed with its sign: "95 % interval".
SENTENCES = re.compile(r"<p\b.*?</p>", re.DOTALL)
PERCENT = re.compile(r"(?<=\d)[ \n]+%")
POWER = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)e([+-]?)0*(\d+)\b")
NEGATIVE = re.compile(r"(?<![\w)\]-])-(?=\d)")
IN_UNITS = re.compile(rf"(?<=\d)[ \n]+{UNIT}")


def mend(html: str) -> str:
    """The page with every fix; a page that has them all stays as it is."""
    for pattern, replacement in FIXES:
        html = pattern.sub(replacement, html)
    html = COMPUTED.sub(lambda place: PARTS.sub(write_words, place[0]), html)
    return SENTENCES.sub(lambda place: PARTS.sub(keep_percent, place[0]), html)


def keep_percent(part: re.Match[str]) -> str:
    """Words in which a number and its percent sign stay on one line; all else as it is."""
    if part[0].startswith("<"):
        return part[0]
    return PERCENT.sub("\N{NO-BREAK SPACE}%", part[0])


def write_words(part: re.Match[str]) -> str:
    """Numbers in words as people write them; tags, formulas and code as they are."""
    return part[0] if part[0].startswith("<") else write_numbers(part[0])


def write_numbers(text: str) -> str:
    """Numbers as people write them: 6·10⁻⁷ for 6e-07, a true minus, the unit on the same line."""

    def power(number: re.Match[str]) -> str:
        sign = "\N{MINUS SIGN}" if number[2] == "-" else ""
        times = "" if number[1] == "1" else f"{number[1]}\N{MIDDLE DOT}"
        return f"{times}10<sup>{sign}{number[3]}</sup>"

    text = NEGATIVE.sub("\N{MINUS SIGN}", POWER.sub(power, text))
    return IN_UNITS.sub("\N{NO-BREAK SPACE}\\1", text)


def mend_pages(
    app: Sphinx, exception: Exception | None, *, mend: Callable[[str], str] = mend
) -> None:
    """Mend every page of the site."""
    if exception is not None or app.builder.format != "html":
        return
    for page in Path(app.outdir).rglob("*.html"):
        html = page.read_text(encoding="utf-8")
        mended = mend(html)
        if mended != html:
            page.write_text(mended, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.connect("build-finished", mend_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""Formulas for readers without MathJax: MathML, made by the MathJax of the site."""

from __future__ import annotations

import json
import re
import subprocess
import unicodedata
from html import escape, unescape
from pathlib import Path
from typing import TYPE_CHECKING

from away.site import formula

if TYPE_CHECKING:
    from collections.abc import Iterable

    from away.site import Page

CHECKS = Path(".ci/site")
# What MathJax says to itself, and declarations that XML does not need twice.
PRIVATE = re.compile(r'\s(?:data-[\w-]+|class)="[^"]*"|<!--.*?-->')
LETTERS = re.compile(r'<(m[ino]|mtext)([^>]*?) mathvariant="([^"]*)"([^>]*)>([^<]*)</')
# As Unicode names them; a reader with MathML Core knows no other way to these letters.
STYLES = {
    "double-struck": "DOUBLE-STRUCK",
    "script": "SCRIPT",
    "-tex-calligraphic": "SCRIPT",
    "fraktur": "FRAKTUR",
    "bold": "BOLD",
    "bold-italic": "BOLD ITALIC",
    "sans-serif": "SANS-SERIF",
    "monospace": "MONOSPACE",
}


class Formulas:
    """MathML of the formulas of pages, by their TeX and whether they are displayed."""

    def __init__(self, known: dict[tuple[str, bool], str]) -> None:
        self.known = known

    def __getitem__(self, key: tuple[str, bool]) -> str:
        """A ``math`` element.

        Raises:
            ValueError: If the formula was not among those that were set.
        """
        if key not in self.known:
            raise ValueError(f"Expected a formula of the pages. Got {key[0]!r}. Try read_formulas.")
        return self.known[key]


def read_formulas(pages: Iterable[Page], site: Path, checks: Path = CHECKS) -> Formulas:
    """Set all formulas of pages, in one visit of a browser.

    Raises:
        ValueError: If one of them cannot be set.
    """
    found = (math for page in pages for math in page.article.select(".math"))
    keys = list(dict.fromkeys((formula(math), math.name == "div") for math in found))
    result = subprocess.run(
        ["node", "mathml.mjs", str(site.resolve())],
        cwd=checks,
        input=json.dumps(keys),
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise ValueError(result.stderr.strip())
    return Formulas(
        {key: tidy(math, key[0]) for key, math in zip(keys, json.loads(result.stdout), strict=True)}
    )


def tidy(math: str, tex: str) -> str:
    """MathML in characters that fonts have, with the TeX for whoever wants that."""
    letters = LETTERS.sub(
        lambda part: (
            f"<{part[1]}{part[2]}{part[4]}>{styled(part[5], part[3])}</"
            if part[3] in STYLES
            else part[0]
        ),
        PRIVATE.sub("", math),
    )
    spoken = escape(" ".join(tex.split()), quote=True)
    return re.sub(r">\s+<", "><", letters).replace("<math ", f'<math alttext="{spoken}" ', 1)


def styled(text: str, style: str) -> str:
    """Letters in a style, as characters of their own."""
    return "".join(letter(char, style) for char in unescape(text))


def letter(char: str, style: str) -> str:
    """One of them; what has no such character stays as it is."""
    if not (char.isascii() and char.isalnum()):
        return escape(char)
    kind = "DIGIT" if char.isdigit() else "SMALL" if char.islower() else "CAPITAL"
    last = unicodedata.name(char).split()[-1]
    for name in (f"MATHEMATICAL {STYLES[style]} {kind} {last}", f"{STYLES[style]} {kind} {last}"):
        try:
            return unicodedata.lookup(name)
        except KeyError:
            continue
    return char

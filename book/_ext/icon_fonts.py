"""Cut the theme's icon fonts down to the icons of the pages.

The theme brings two thousand icons, 270 KB that every first visit fetches; the pages show about
twenty, which fit into a few kilobytes. The style sheet loses the rules that name the others.
"""

from __future__ import annotations

import logging
import re
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

if TYPE_CHECKING:
    from sphinx.application import Sphinx

THEME = ("theme", "pydata_sphinx_theme", "static")
SHEET = "styles/pydata-sphinx-theme.css"
FONTS = "vendor/fontawesome/webfonts"

RULE = re.compile(r'(?:\.fa-[\w-]+:before,)*\.fa-[\w-]+:before\{content:"(?:\\([0-9a-f]+)|.)"\}')
NAME = re.compile(r"\.(fa-[\w-]+):before")
USED = re.compile(r"\bfa-[a-z0-9-]+")
# Icons that other style sheets write by their number.
NUMBER = re.compile(r'content:\s*"\\(f[0-9a-f]{3})"')
SOURCE = re.compile(
    rf'src:url\(\.\./{FONTS}/([\w-]+)\.woff2\) format\("woff2"\),url\([^)]*\) format\("truetype"\)'
)


def names_on(html: str) -> set[str]:
    """The icons that a page names in its classes."""
    return {
        name
        for attribute in re.findall(r'class="([^"]*\bfa-[^"]*)"', html)
        for name in USED.findall(attribute)
    }


def cut_sheet(sheet: str, names: set[str]) -> tuple[str, set[int]]:
    """The style sheet with the rules of these icons alone and small fonts; and their numbers."""
    numbers = set()

    def choose(rule: re.Match[str]) -> str:
        if names.isdisjoint(NAME.findall(rule[0])):
            return ""
        if rule[1]:
            numbers.add(int(rule[1], 16))
        return rule[0]

    cut = RULE.sub(choose, sheet)
    return SOURCE.sub(rf'src:url(../{FONTS}/\1.woff) format("woff")', cut), numbers


# It reports every table of a font that it leaves out.
logging.getLogger("fontTools").setLevel(logging.WARNING)


def cut_font(source: Path, target: Path, numbers: set[int]) -> None:
    """Write the glyphs of a font that have these numbers."""
    font = TTFont(source)
    # The same file for the same icons.
    font.recalcTimestamp = False
    subsetter = Subsetter(Options(hinting=False, notdef_outline=True))
    subsetter.populate(unicodes=numbers)
    subsetter.subset(font)
    font.flavor = "woff"
    font.save(target)


def cut_icons(app: Sphinx, exception: Exception | None) -> None:
    """Replace the theme's fonts and style sheet by what the pages need of them."""
    if exception is not None or app.builder.format != "html":
        return
    site = Path(app.outdir)
    static = site / "_static"
    names = {n for page in site.rglob("*.html") for n in names_on(page.read_text("utf-8"))}
    theme = files("pydata_sphinx_theme").joinpath(*THEME)
    sheet, numbers = cut_sheet(theme.joinpath(SHEET).read_text(encoding="utf-8"), names)
    for other in static.rglob("*.css"):
        if other != static / SHEET:
            numbers |= {int(n, 16) for n in NUMBER.findall(other.read_text(encoding="utf-8"))}
    (static / SHEET).write_text(sheet, encoding="utf-8")
    for old in (static / FONTS).glob("*"):
        old.unlink()
    with as_file(theme.joinpath(FONTS)) as fonts:
        for source in fonts.glob("*.ttf"):
            cut_font(source, static / FONTS / f"{source.stem}.woff", numbers)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    # After the pages are mended.
    app.connect("build-finished", cut_icons, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

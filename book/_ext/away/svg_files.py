"""Figures as files that any program for drawings opens."""

from __future__ import annotations

import re
from html import unescape
from xml.sax.saxutils import escape

# HTML does not tell capital letters in names apart, and the pages have lost them; XML does.
CAPITALS = ("viewBox", "clipPath", "preserveAspectRatio", "clipPathUnits", "gradientUnits")
NAMES = re.compile(
    "(</?|\\s)(" + "|".join(name.lower() for name in CAPITALS) + r")(?=[\s=>])", re.IGNORECASE
)
CAPITAL = {name.lower(): name for name in CAPITALS}
COLOR = re.compile(r"var\(--[\w-]+,\s*((?:[^()]|\([^()]*\))*)\)")
OPENING = re.compile(r"<svg\b[^>]*>")
BOX = re.compile(r'viewBox="\S+ \S+ (\S+) (\S+)"')
ID = re.compile(r' id="([^"]*)"')
INK = "#1f2328"
# Of a unit of the box, which is a point of print.
PIXELS = 4 / 3


def standalone(drawing: str, alt: str, *, title: str) -> str:
    """A drawing of a page as an SVG file: on white or no ground, with its text for who hears it.

    Args:
        drawing: SVG as it stands in the page, with colors that a theme can change.
        alt: Its alternative text.
        title: What it is called.
    """
    svg = NAMES.sub(lambda name: name[1] + CAPITAL[name[2].lower()], drawing)
    svg = COLOR.sub(lambda color: color[1], svg).replace("currentColor", INK)
    svg = name_once(svg)
    box = BOX.search(svg)
    if box is None:
        raise ValueError(f"Expected a drawing with a viewBox. Got {drawing[:200]}. Try show().")
    width, height = (PIXELS * float(side) for side in box.groups())
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{width:.0f}" height="{height:.0f}" {box[0]} role="img" color="{INK}" '
        f"font-family=\"system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif\" "
        f'stroke-linejoin="round" stroke-linecap="butt">'
        f"<title>{escape(title)}</title><desc>{escape(unescape(alt))}</desc>"
    )
    body = OPENING.sub("", svg, count=1)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{opening}{body}\n'


def name_once(svg: str) -> str:
    """A drawing in which no two things have one name; things that are alike have been given one."""
    seen: set[str] = set()

    def keep(name: re.Match[str]) -> str:
        again = name[1] in seen
        seen.add(name[1])
        return "" if again else name[0]

    return ID.sub(keep, svg)

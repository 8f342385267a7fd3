"""The drawings of a page, most of its text, out of the way of what reads or rewrites the rest."""

from __future__ import annotations

import re

# None stands within another.
DRAWING = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
PLACE = re.compile(r'<svg data-drawing="(\d+)"></svg>')


def take_out(html: str) -> tuple[str, list[str]]:
    """A page with an empty drawing in the place of each, and the drawings."""
    drawings = DRAWING.findall(html)
    places = iter(range(len(drawings)))
    return DRAWING.sub(lambda _: f'<svg data-drawing="{next(places)}"></svg>', html), drawings


def put_back(html: str, drawings: list[str]) -> str:
    """The page with its drawings again, as they were, wherever their places have been moved."""
    return PLACE.sub(lambda place: drawings[int(place[1])], html)

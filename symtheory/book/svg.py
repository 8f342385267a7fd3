"""Make the SVG of matplotlib fit a web page: its colors, its fonts, its ids, its weight."""

from __future__ import annotations

import io
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from html import unescape
from itertools import groupby
from typing import Any

from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from PIL import Image

__all__ = [
    "PIXELS_PER_POINT",
    "TEXT_FONTS",
    "clean",
    "follow_theme",
    "lighten",
    "system_fonts",
    "take_size",
    "unique_ids",
]

PIXELS_PER_POINT = 96 / 72
TEXT_FONTS = "var(--st-figure-font, system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif)"

_DIGEST_LENGTH = 10
_SIZE = re.compile(r'\s(width|height)="([\d.]+)pt"')
_TEXT_FAMILY = re.compile(r"font-family: 'DejaVu Sans'[^;\"]*(; )?")
_WORDS = re.compile(r"<(?:text|tspan) [^>]*>")
# Not in scale(…), whose factors are small.
_LENGTHS = re.compile(r'(?: (?:d|x|y|width|height|points|viewBox)="|translate\()[^")]*')
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_PNG = re.compile(r"data:image/png;base64,([^\"]+)")
_MOST_COLORS = 256
_PATH_LETTERS = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C"}
_MATH_LABEL = re.compile(r"<text>((?:<tspan [^>]*>[^<]*</tspan>)+)</text>")
_GLYPH = re.compile(r'<tspan x="([-\d.]+)" y="([-\d.]+)" style="([^"]*)">([^<]*)</tspan>')


def clean(svg: str) -> str:
    """Keep ``<svg>`` alone, without metadata, comments and the style rule that would leak."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(
        r"<metadata>.*?</metadata>|<!--.*?-->|<defs>\s*<style.*?</style>\s*</defs>",
        "",
        svg,
        flags=re.DOTALL,
    )
    # Only white space that breaks lines is layout; a lone space may be a label's.
    return re.sub(r">\s*\n\s*<", "><", svg).replace(" \n", " ").strip()


def take_size(svg: str) -> tuple[str, float, float]:
    """Remove width and height from the ``<svg>`` tag; return the rest and the two in CSS pixels.

    Raises:
        ValueError: If the tag has no size in points.
    """
    tag, rest = svg.split(">", 1)
    size = {name: PIXELS_PER_POINT * float(value) for name, value in _SIZE.findall(tag)}
    if size.keys() != {"width", "height"}:
        raise ValueError(
            f"Expected an SVG with width and height in points. Got {tag!r}. "
            "Try matplotlib's SVG backend."
        )
    return f"{_SIZE.sub('', tag)}>{rest}", size["width"], size["height"]


def lighten(svg: str) -> str:
    """Write lengths to a hundredth of a point, and embedded pictures in at most 256 colors."""

    def shorten(lengths: re.Match[str]) -> str:
        return _LONG_NUMBER.sub(lambda number: _short(float(number[0])), lengths[0])

    def reduce(picture: re.Match[str]) -> str:
        return f"data:image/png;base64,{_few_colors(picture[1])}"

    return _PNG.sub(reduce, _LENGTHS.sub(shorten, svg))


def _short(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _few_colors(png: str) -> str:
    """A PNG in base 64, with a palette if it has more colors than a palette holds."""
    picture = Image.open(io.BytesIO(b64decode(png))).convert("RGBA")
    if picture.getcolors(_MOST_COLORS) is not None:
        return png
    buffer = io.BytesIO()
    # The one method of Pillow that keeps transparency.
    reduced = picture.quantize(_MOST_COLORS, method=Image.Quantize.FASTOCTREE)
    reduced.save(buffer, "PNG", optimize=True)
    return b64encode(buffer.getvalue()).decode()


def unique_ids(svg: str) -> str:
    """Prefix every id with a digest of the content, so that two figures never share one."""
    prefix = f"st{sha256(svg.encode()).hexdigest()[:_DIGEST_LENGTH]}-"
    return re.sub(r'(\bid="|href="#|url\(#)', lambda match: match[0] + prefix, svg)


def follow_theme(svg: str, variables: Mapping[str, str], in_words: Mapping[str, str]) -> str:
    """Write colors as CSS values that follow the theme of the page.

    Args:
        svg: The drawing.
        variables: Color (hexadecimal) and the CSS value that stands for it.
        in_words: A CSS value of ``variables`` and the one that words get in its place.
    """
    for color, value in variables.items():
        svg = re.sub(color, value, svg, flags=re.IGNORECASE)

    def darken(tag: re.Match[str]) -> str:
        text = tag[0]
        for value, darker in in_words.items():
            text = text.replace(value, darker)
        return text

    return _WORDS.sub(darken, svg)


def system_fonts(svg: str) -> str:
    """Let words take the fonts of the page; draw formulas as the shapes they were measured by."""
    return _TEXT_FAMILY.sub("", _MATH_LABEL.sub(_set_label, svg))


def _set_label(label: re.Match[str]) -> str:
    """Write a label that contains a formula: its words as words, its formulas as shapes.

    matplotlib places every glyph of such a label by itself, at the widths of its own fonts. In
    another font the letters of a word would stand apart, so a word is one piece that leans on the
    formula beside it: to its right, its left, or between two. A formula cannot lean, and no font
    for it is on every machine.
    """
    glyphs = sorted(_GLYPH.findall(label[1]), key=lambda glyph: float(glyph[0]))
    runs = [
        list(run)
        for _, run in groupby(glyphs, key=lambda glyph: "DejaVu" in glyph[2] and glyph[1:3])
    ]
    words, shapes = [], []
    for number, run in enumerate(runs):
        x, y, style, _ = run[0]
        if "DejaVu" not in style:
            shapes += [_shape(*glyph) for glyph in run]
            continue
        text = "".join(glyph[3] for glyph in run)
        if number + 1 < len(runs):
            end = float(runs[number + 1][0][0])
            x, style = (
                (f"{(float(x) + end) / 2:.3f}", f"text-anchor: middle; {style}")
                if number
                else (f"{end:.3f}", f"text-anchor: end; {style}")
            )
        words.append(_tspan(x, y, style, text))
    return (f"<text>{''.join(words)}</text>" if words else "") + "".join(shapes)


def _tspan(x: str, y: str, style: str, text: str) -> str:
    return f'<tspan x="{x}" y="{y}" style="{style}" xml:space="preserve">{text}</tspan>'


def _shape(x: str, y: str, style: str, glyph: str) -> str:
    """One glyph of a formula as a path."""
    look = dict(part.split(": ", 1) for part in style.split("; "))
    outline = _outline(
        unescape(glyph),
        look["font-family"].strip("'"),
        look.get("font-style", "normal"),
        look.get("font-weight", "normal"),
        float(look["font-size"].removesuffix("px")),
    )
    fill = f' style="fill: {look["fill"]}"' if "fill" in look else ""
    return f'<path transform="translate({x} {y})"{fill} d="{outline}"/>'


@lru_cache(maxsize=500)
def _outline(glyph: str, family: str, style: Any, weight: str, size: float) -> str:
    """The outline of a glyph of matplotlib's fonts, in coordinates whose y goes down."""
    font = FontProperties(family=family, style=style, weight=weight)
    pieces = []
    for points, code in TextPath((0, 0), glyph, size=size, prop=font).iter_segments(simplify=False):
        if code == Path.CLOSEPOLY:
            pieces.append("Z")
            continue
        numbers = [f"{-value if index % 2 else value:.2f}" for index, value in enumerate(points)]
        pieces.append(_PATH_LETTERS[code] + " ".join(numbers))
    return "".join(pieces)

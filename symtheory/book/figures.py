"""Show a figure in a chapter: inline SVG that follows the theme, with words and provenance.

The colors of `symtheory.book.style` become CSS variables, so one figure is right on a light page,
on a dark page and in JupyterLab. Text stays text, in the fonts of the reader's system.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib import pyplot as plt

from symtheory.book import svg
from symtheory.book.narrow import make_narrow
from symtheory.book.provenance import Provenance, Stopwatch
from symtheory.book.style import (
    ATTENTION,
    CLASS_A,
    CLASS_B,
    COLUMN,
    CONVOLUTION,
    DARK,
    FOCUS,
    FOIL,
    FULLY_CONNECTED,
    HELD_BACK,
    INK,
    LOW_TO_HIGH,
    MARK,
    NOISE,
    ON_DARK,
    ON_LIGHT,
    PAPER,
    RIGHT_TO_WRONG,
    ROLES,
    RULE,
    SEEN,
    SIGNAL,
    TEXT_VARIABLES,
    THEME_VARIABLES,
    UNSEEN,
    WIDE,
    use_style,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "ATTENTION",
    "CLASS_A",
    "CLASS_B",
    "COLUMN",
    "CONVOLUTION",
    "FOCUS",
    "FOIL",
    "FULLY_CONNECTED",
    "HELD_BACK",
    "INK",
    "LOW_TO_HIGH",
    "MARK",
    "NOISE",
    "ON_DARK",
    "ON_LIGHT",
    "PAPER",
    "RIGHT_TO_WRONG",
    "RULE",
    "SEEN",
    "SIGNAL",
    "UNSEEN",
    "WIDE",
    "Picture",
    "Provenance",
    "Stopwatch",
    "render",
    "show",
    "use_style",
]

_RASTER_DPI = 200


@dataclass(frozen=True)
class Picture:
    """A figure made ready for a page: what `render` returns and `show` displays.

    Attributes:
        html: The figure as self-contained HTML.
        alt: What it shows, in words.
    """

    html: str
    alt: str

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.alt}


def show(
    figure: Figure, *, alt: str, provenance: Provenance, narrow_columns: int | None = None
) -> None:
    """Display a figure beneath the cell, and close it.

    Args:
        figure: The figure; draw it with the colors of this module.
        alt: What the figure shows, in words and with its numbers, computed from the data, for
            readers who cannot see it.
        provenance: Where its numbers come from.
        narrow_columns: In how many columns its panels stand on a phone, row after row. If not
            given, panels that stand in rows stand in columns there (see `narrow.make_narrow`).

    Raises:
        ValueError: If ``alt`` is empty.
    """
    from IPython.display import display

    display(render(figure, alt=alt, provenance=provenance, narrow_columns=narrow_columns))


def render(
    figure: Figure, *, alt: str, provenance: Provenance, narrow_columns: int | None = None
) -> Picture:
    """Make a figure ready for a page, without displaying it; arguments and errors as for `show`."""
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError(
            "Expected a sentence that says what the figure shows, with its numbers. "
            f"Got alt={alt!r}. "
            "Try alt=f'The error falls from {errors[0]:.2f} to {errors[-1]:.2f}.'"
        )
    alt = " ".join(alt.split())
    wide = _drawing(figure, alt, "st-wide")
    make_narrow(figure, narrow_columns)
    narrow = _drawing(figure, alt, "st-narrow")
    plt.close(figure)
    html = (
        f'<div class="st-figure"><style>{_stylesheet()}</style>{wide}{narrow}'
        f'<p class="st-provenance">{provenance.html()}</p></div>'
    )
    return Picture(html=html, alt=alt)


def _drawing(figure: Figure, alt: str, name: str) -> str:
    """The figure as an SVG of a class that the style sheet shows on wide or on narrow pages."""
    drawing, width, height = svg.take_size(svg.clean(_matplotlib_svg(figure)))
    drawing = svg.follow_theme(svg.unique_ids(drawing), THEME_VARIABLES, TEXT_VARIABLES)
    drawing = svg.lighten(svg.system_fonts(drawing))
    style = (
        f"width: 100%; max-width: {width:.0f}px; height: auto; "
        f"aspect-ratio: {width:.0f} / {height:.0f}; font-family: {svg.TEXT_FONTS}; "
        "stroke-linejoin: round; stroke-linecap: butt"
    )
    return drawing.replace(
        "<svg ", f'<svg class="{name}" role="img" aria-label="{escape(alt)}" style="{style}" ', 1
    )


def _matplotlib_svg(figure: Figure) -> str:
    """The figure in SVG, the same text for the same figure, with all that reaches over its edge."""
    buffer = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "symtheory"}):
        figure.savefig(
            buffer, format="svg", dpi=_RASTER_DPI, metadata={"Date": None}, bbox_inches="tight"
        )
    return buffer.getvalue()


def _stylesheet() -> str:
    """The style of figures, with the dark colors for JupyterLab, which has no other style sheet."""
    shape = files("symtheory.book").joinpath("figure.css").read_text(encoding="utf-8").strip()
    dark = {f"--st-{ROLES[color]}": value for color, value in DARK.items()}
    dark |= {f"--st-{ROLES[color]}-text": DARK[color] for color in (CLASS_B, SIGNAL)}
    colors = ";".join(f"{name}:{value}" for name, value in dark.items())
    return f'{shape}\n[data-jp-theme-light="false"] .st-figure{{{colors}}}'

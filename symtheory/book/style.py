"""One palette and one matplotlib style for every figure of the book."""

from typing import Any

import matplotlib as mpl
from cycler import cycler

__all__ = [
    "CLASS_A",
    "CLASS_B",
    "COLUMN",
    "INK",
    "NOISE",
    "PAPER",
    "RULE",
    "SIGNAL",
    "TEXT_VARIABLES",
    "THEME_VARIABLES",
    "WIDE",
    "use_style",
]

CLASS_A = "#0072B2"
"""The first class, everywhere: Okabe-Ito blue."""

CLASS_B = "#D55E00"
"""The second class, everywhere: Okabe-Ito vermilion."""

SIGNAL = "#009E73"
"""What tells the classes apart: green."""

NOISE = "#767676"
"""What blurs them: grey."""

INK = "#1A1B1C"
"""Text and axes."""

RULE = "#D4D5D6"
"""Light lines: grids, guides, frames."""

PAPER = "#FDFDFE"
"""The ground that the figure stands on, for halos and the edges of markers."""

COLUMN = 6.6
"""Width in inches of a figure that fills the text column (a CSS inch: 96 pixels)."""

WIDE = 7.6
"""Width in inches of the widest figure: a little beyond the text, within the page."""

THEME_VARIABLES = {
    CLASS_A: f"var(--st-a, {CLASS_A})",
    CLASS_B: f"var(--st-b, {CLASS_B})",
    SIGNAL: f"var(--st-signal, {SIGNAL})",
    NOISE: f"var(--st-noise, {NOISE})",
    INK: "var(--st-ink, currentColor)",
    RULE: f"var(--st-rule, {RULE})",
    PAPER: "var(--st-paper, transparent)",
}
"""How each color is written in a figure's SVG, so that it follows the theme of its page."""

TEXT_VARIABLES = {
    THEME_VARIABLES[CLASS_B]: "var(--st-b-text, #B34F00)",
    THEME_VARIABLES[SIGNAL]: "var(--st-signal-text, #00714F)",
}
"""Words need more contrast than lines: these two are darker there on a light ground."""

_RC: dict[Any, Any] = {
    "figure.figsize": (COLUMN, 3.4),
    "figure.constrained_layout.use": True,
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
    "savefig.transparent": True,
    # 10.5 points are 14 CSS pixels: the size of a caption.
    "font.size": 10.5,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 10.5,
    "xtick.labelsize": 9.5,
    "ytick.labelsize": 9.5,
    "legend.fontsize": 9.5,
    "legend.frameon": False,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "axes.titlecolor": INK,
    "axes.facecolor": "none",
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.linewidth": 0.8,
    "xtick.major.width": 0.8,
    "ytick.major.width": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "grid.color": RULE,
    "grid.linewidth": 0.7,
    "lines.linewidth": 1.8,
    "lines.markersize": 5.5,
    "lines.solid_capstyle": "round",
    "image.cmap": "cividis",
    # Images keep their own pixels instead of being resampled to those of the figure.
    "image.interpolation": "none",
    "mathtext.fontset": "stix",
    "axes.prop_cycle": cycler(color=[CLASS_A, CLASS_B, SIGNAL, NOISE]),
}


def use_style() -> None:
    """Make matplotlib draw as the book does, from here to the end of the session.

    Sizes are for reading: a figure of width ``COLUMN`` fills the text column and its text is 14 CSS
    pixels high.
    """
    mpl.rcParams.update(_RC)

"""One palette and one matplotlib style for every figure of the book.

A color is a role, and a role one color: the classes, signal and noise, what a figure is about and
what it is set against, the architectures, and whether an image was seen.
"""

from typing import Any

import matplotlib as mpl
from cycler import cycler
from matplotlib.colors import LinearSegmentedColormap

__all__ = [
    "ATTENTION",
    "CLASS_A",
    "CLASS_B",
    "COLUMN",
    "CONVOLUTION",
    "DARK",
    "FOCUS",
    "FOIL",
    "FULLY_CONNECTED",
    "GROUPS",
    "HELD_BACK",
    "INK",
    "LOW_TO_HIGH",
    "MARK",
    "NOISE",
    "ON_DARK",
    "ON_LIGHT",
    "PAPER",
    "RIGHT_TO_WRONG",
    "ROLES",
    "RULE",
    "SEEN",
    "SIGNAL",
    "TEXT_VARIABLES",
    "THEME_VARIABLES",
    "UNSEEN",
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
"""What blurs them, and what a figure is compared with: grey."""

FOCUS = "#4B1FA8"
"""What a figure is about, where that is neither a class nor the signal: violet."""

FOIL = "#6B3A0F"
"""What it is set against, where grey would say too little: brown."""

FULLY_CONNECTED = "#7A5B00"
"""Fully connected networks beside other architectures: ochre."""

CONVOLUTION = "#00616A"
"""Convolutional networks: teal."""

ATTENTION = "#A21FAE"
"""Networks with attention: magenta."""

SEEN = "#454A66"
"""Images that a network was trained on: blue-gray."""

HELD_BACK = "#4B7D00"
"""Images in poses that it saw, held back from training: yellow-green."""

UNSEEN = "#A3123A"
"""Images in a pose that their class never showed: crimson."""

INK = "#1A1B1C"
"""Text and axes."""

RULE = "#D4D5D6"
"""Light lines: grids, guides, frames."""

PAPER = "#FDFDFE"
"""The ground that the figure stands on, for halos and the edges of markers."""

MARK = "#E3A51A"
"""A frame or a word on a picture, which brings its own ground: amber, in both themes."""

ON_LIGHT = "#101112"
"""Words on a light place of a picture, in both themes."""

ON_DARK = "#FEFEFE"
"""Words on a dark place of a picture, in both themes."""

LOW_TO_HIGH = LinearSegmentedColormap.from_list("low to high", ["#2F6FB7", "#8D9199", MARK])
"""From small or negative values to large ones; each step is legible in both themes."""

RIGHT_TO_WRONG = LinearSegmentedColormap.from_list(
    "right to wrong", ["#4C22A6", "#A493D6", "#C6C5C8", "#D6A673", "#6C3C12"]
)
"""From errors well below 1 to errors well above it, where the gray middle is a border."""

DARK = {
    CLASS_A: "#56B4E9",
    CLASS_B: "#FF8A5B",
    SIGNAL: "#2FD3A1",
    NOISE: "#A0A0A0",
    FOCUS: "#9A86F2",
    FOIL: "#C48A55",
    FULLY_CONNECTED: "#C2B04A",
    CONVOLUTION: "#58DDE8",
    ATTENTION: "#EE62DA",
    SEEN: "#AFB6E0",
    HELD_BACK: "#C4EB72",
    UNSEEN: "#FF4A6B",
    INK: "#E3E6E9",
    RULE: "#4A4C4F",
    PAPER: "#111214",
}
"""What stands for each color on a dark page."""

ROLES = {
    CLASS_A: "a",
    CLASS_B: "b",
    SIGNAL: "signal",
    NOISE: "noise",
    FOCUS: "focus",
    FOIL: "foil",
    FULLY_CONNECTED: "mlp",
    CONVOLUTION: "cnn",
    ATTENTION: "vit",
    SEEN: "seen",
    HELD_BACK: "held-back",
    UNSEEN: "unseen",
    INK: "ink",
    RULE: "rule",
    PAPER: "paper",
}
"""The name of each color in the style sheet: ``--st-a`` and so on."""

GROUPS = (
    (CLASS_A, CLASS_B, SIGNAL, NOISE, INK),
    (CLASS_A, CLASS_B, FOCUS),
    (FOCUS, FOIL, NOISE, INK),
    (FULLY_CONNECTED, CONVOLUTION, ATTENTION, NOISE, INK),
    (FULLY_CONNECTED, CONVOLUTION, FOCUS),
    (SEEN, HELD_BACK, UNSEEN, INK),
)
"""Colors that stand in one figure, and must differ for color-blind readers too."""

COLUMN = 6.6
"""Width in inches of a figure that fills the text column (a CSS inch: 96 pixels)."""

WIDE = 7.6
"""Width in inches of the widest figure: a little beyond the text, within the page."""

THEME_VARIABLES = {color: f"var(--st-{name}, {color})" for color, name in ROLES.items()} | {
    INK: "var(--st-ink, currentColor)",
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
    "axes.prop_cycle": cycler(color=[FOCUS, FOIL, NOISE, INK]),
}


def use_style() -> None:
    """Make matplotlib draw as the book does, from here to the end of the session.

    Sizes are for reading: a figure of width ``COLUMN`` fills the text column and its text is 14 CSS
    pixels high.
    """
    mpl.rcParams.update(_RC)

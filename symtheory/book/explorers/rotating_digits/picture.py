"""The explorer of rotating digits as a still picture, for print and for pages without scripts."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from symtheory.book.explorers.base import StillPicture, still
from symtheory.book.explorers.rotating_digits.state import RotatingDigits
from symtheory.book.style import CLASS_A, CLASS_B, COLUMN, INK, NOISE, RULE, SIGNAL

__all__ = ["draw"]


def draw(state: RotatingDigits) -> StillPicture:
    """Draw the present settings: both orbits, the inverse spectrum and the prediction."""
    return still(lambda: _figure(state), alt=state.alt, dataset="two digits")


def _figure(state: RotatingDigits) -> Figure:
    figure = Figure(figsize=(COLUMN, 4.4))
    grid = figure.add_gridspec(2, 2, height_ratios=[1, 1.5])
    _poses(figure.add_subplot(grid[0, :]), state)
    _spectrum(figure.add_subplot(grid[1, 0]), state)
    _prediction(figure.add_subplot(grid[1, 1]), state)
    return figure


def _poses(ax: Axes, state: RotatingDigits) -> None:
    """One row for each digit, turned step by step; the missing pose is a question mark."""
    for row, (images, color) in enumerate(zip(state.orbits, (CLASS_A, CLASS_B), strict=True)):
        for g, image in enumerate(images):
            if row == 1 and g == 0:
                ax.text(0.5, 1.5, "?", color=CLASS_B, size=20, ha="center", va="center")
                continue
            ink = (image - image.min()) / (image.max() - image.min())
            shade = np.dstack([np.broadcast_to(to_rgb(color), (*ink.shape, 3)), ink])
            ax.imshow(shade, extent=(g, g + 1, row + 1, row))
    ax.set(xlim=(0, state.n), ylim=(2, 0), aspect="equal", title="Seen, but for one")
    ax.set_axis_off()


def _spectrum(ax: Axes, state: RotatingDigits) -> None:
    """Λ⁻¹ at the missing digit over frequencies, its mean, and what the labels have."""
    values = state.inverse_blocks[:, 1, 1].real[: state.n // 2 + 1]
    ax.axhline(state.mean, color=NOISE)
    ax.plot(values, "o-", color=INK, lw=0.6)
    ax.plot([0], [state.labels], "o", color=SIGNAL, ms=8)
    ax.annotate("labels", (0, state.labels), (8, -3), textcoords="offset points", color=SIGNAL)
    ax.set(yscale="log", xlabel="frequency", title="inverse spectrum, and its mean")
    ax.set_xticks([0, state.n // 2])
    ax.minorticks_off()


def _prediction(ax: Axes, state: RotatingDigits) -> None:
    """The prediction between the two digits."""
    ax.axvline(0, color=RULE)
    ax.plot([-1, 1], [0, 0], color=RULE, lw=4, solid_capstyle="butt")
    ax.plot([-1], [0], "|", color=INK, ms=18, mew=3)
    ax.plot([state.prediction], [0], "o", color=CLASS_B if state.error < 1 else CLASS_A, ms=11)
    other, own = state.names
    ax.text(-1, 0.5, own, color=CLASS_B, ha="center", weight="bold")
    ax.text(1, 0.5, other, color=CLASS_A, ha="center", weight="bold")
    low, high = min(-1.2, state.prediction), max(1.2, state.prediction)
    ax.set(xlim=(low - 0.1, high + 0.1), ylim=(-1, 1), yticks=[], xticks=[-1, 0, 1])
    ax.set(title="prediction at the missing pose")
    ax.spines["left"].set_visible(False)

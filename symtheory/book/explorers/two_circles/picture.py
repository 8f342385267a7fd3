"""The two-circles explorer as a still picture, for print and for pages without scripts."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from symtheory.book.explorers.base import StillPicture, still
from symtheory.book.explorers.two_circles.state import TwoCircles
from symtheory.book.style import CLASS_A, CLASS_B, COLUMN, INK, NOISE, PAPER, RULE, SIGNAL
from symtheory.datasets import two_circles

__all__ = ["draw"]

_COLORS = (CLASS_A, CLASS_B)


def draw(state: TwoCircles) -> StillPicture:
    """Draw the present settings: points, one kernel row and the inverse spectrum."""
    return still(lambda: _figure(state), alt=state.alt, dataset="two circles")


def _figure(state: TwoCircles) -> Figure:
    figure = Figure(figsize=(COLUMN, 2.75))
    axes = figure.subplots(1, 3, gridspec_kw={"width_ratios": [0.8, 1, 1]})
    _points(axes[0], state)
    _kernel_row(axes[1], state)
    _inverse_spectrum(axes[2], state)
    return figure


def _points(ax: Axes, state: TwoCircles) -> None:
    """The circles seen obliquely, point A0 in front; from above where they coincide."""
    separation = state.separation
    flat = 0.35 if separation > 0 else 1.0
    orbits = two_circles(state.n, separation)
    for points, color, name in zip(orbits, _COLORS, "AB", strict=True):
        across, height = points[..., 1], points[..., 2] - flat * points[..., 0]
        missing = 1 if name == "A" else 0
        ax.scatter(across[missing:], height[missing:], s=60 / state.n**0.5, color=color, zorder=3)
        turn = np.linspace(0, 2 * np.pi, 181)
        ax.plot(np.cos(turn), points[0, 2] + flat * np.sin(turn), color=color, lw=0.8)
        lift = 0 if separation > 0.3 else (-0.2 if name == "A" else 0.2)
        ax.text(1.25, points[0, 2] + lift, name, color=color, weight="bold", va="center")
    ax.scatter([0], [-flat], s=60, facecolor=PAPER, edgecolor=INK, zorder=4)
    ax.annotate(
        "missing",
        (0, -flat),
        xytext=(0, -11),
        textcoords="offset points",
        ha="center",
        va="top",
        size=9.5,
    )
    # Room for the words; given limits would be at odds with equal units in a box of given shape.
    ax.update_datalim([(-1.2, -flat - 0.5), (1.5, separation + flat + 0.1)])
    ax.set_aspect("equal", adjustable="datalim")
    ax.set_title("The points")
    ax.set_axis_off()


def _kernel_row(ax: Axes, state: TwoCircles) -> None:
    """exp(-L²d²) between A0 and every other point, in turn."""
    n, length = state.n, state.inverse_length
    steps = np.arange(1 - n, n + 1)
    squared = 4 * np.sin(np.pi * steps / (2 * n)) ** 2 + np.where(steps % 2, state.separation**2, 0)
    row = np.exp(-(length**2) * squared)
    for parity, color in enumerate(_COLORS):
        mine = (steps % 2 == parity) & (steps != 0)
        ax.plot(steps[mine], row[mine], "o", color=color, ms=max(2.5, 6 - n / 12), clip_on=False)
    ax.plot([0], [1], "o", mfc=PAPER, mec=INK, clip_on=False)
    ax.set(ylim=(0, 1.05), yticks=[0, 0.5, 1], xticks=[-n, 0, n])
    ax.set(xlabel="steps from the missing point", title="Kernel")


def _inverse_spectrum(ax: Axes, state: TwoCircles) -> None:
    """1/λ_k up to k = N, the frequency of the labels, and its mean over all frequencies."""
    n, inverse = state.n, 1 / state.eigenvalues
    mean = state.mean_inverse
    ax.axhline(mean, color=NOISE)
    ax.plot(np.arange(n), inverse[:n], "o", color=INK, ms=max(2.5, 5 - n / 16))
    ax.plot([n], [inverse[n]], "o", color=SIGNAL, ms=8, clip_on=False)
    ax.set(yscale="log", ylim=(1e-2, 3 / state.ridge), xticks=[0, n])
    ax.set(xlabel="frequency k", title="inverse spectrum 1/λ")
    ax.grid(axis="y", color=RULE)
    for name, value, other in (("labels", inverse[n], mean), ("mean", mean, inverse[n])):
        shift = 0.0 if abs(np.log10(value / other)) > 0.7 else (6.0 if value > other else -6.0)
        ax.annotate(
            name,
            (1, value),
            (9, shift),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            va="center",
            size=9.5,
        )

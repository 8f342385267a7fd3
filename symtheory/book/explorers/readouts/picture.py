"""The explorer of readouts as a still picture, for print and for pages without scripts."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from symtheory.book.explorers.base import StillPicture, still
from symtheory.book.explorers.readouts.state import ACTIONS, READOUTS, Readouts
from symtheory.book.style import CLASS_A, CLASS_B, COLUMN, INK, NOISE, SIGNAL

__all__ = ["draw"]


def draw(state: Readouts) -> StillPicture:
    """Draw the present settings: the two orbits in kernel space, and the inverse spectrum."""
    return still(lambda: _figure(state), alt=state.alt, dataset="two digits")


def _figure(state: Readouts) -> Figure:
    figure = Figure(figsize=(COLUMN, 3.0))
    sizes, spectrum = figure.subplots(1, 2)
    _sizes(sizes, state)
    _spectrum(spectrum, state)
    return figure


def _sizes(ax: Axes, state: Readouts) -> None:
    """Each orbit as a ring, to scale; the missing image is a question mark."""
    turns = 2 * np.pi * np.arange(state.n) / state.n
    ax.plot([0, state.distance], [0, 0], color=INK, lw=1)
    for center, radius, color, name in zip(
        (0, state.distance), state.radii, (CLASS_A, CLASS_B), state.names, strict=True
    ):
        ax.plot(center + radius * np.sin(turns), radius * np.cos(turns), "o", color=color, ms=4)
        ax.text(center, -1.35 * max(state.radii) - 0.1, name, color=color, ha="center", va="top")
    ax.set(aspect="equal", title=f"{state.n} {ACTIONS[state.action]}, {READOUTS[state.readout]}")
    ax.margins(0.25)
    ax.set_axis_off()


def _spectrum(ax: Axes, state: Readouts) -> None:
    """Λ⁻¹ at the second digit over frequencies, its mean, and what the labels have."""
    half = state.n // 2
    ax.axhline(state.mean, color=NOISE)
    ax.plot(range(half + 1), state.inverse[: half + 1], "o-", color=INK, lw=0.6)
    ax.plot([0], [state.labels], "o", color=SIGNAL, ms=8)
    ax.annotate("labels", (0, state.labels), (8, -3), textcoords="offset points", color=SIGNAL)
    ax.set(yscale="log", xlabel="frequency", title=f"inverse spectrum: error {state.error:.3g}")
    ax.set_xticks([0, half])
    ax.minorticks_off()

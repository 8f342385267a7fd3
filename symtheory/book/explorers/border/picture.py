"""The border explorer as a still picture, for print and for pages without scripts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from symtheory.book.explorers.base import StillPicture, still
from symtheory.book.explorers.border.state import HIGHEST, Border
from symtheory.book.style import COLUMN, FOCUS, FOIL, INK, NOISE, PAPER

__all__ = ["draw"]

_ORDERS = range(3, 25)
_WIDTHS = (0.5, 1.4)  # for comparison


def draw(state: Border) -> StillPicture:
    """Draw the present settings: the plane with its border, and those of two other widths."""
    return still(lambda: _figure(state), alt=state.alt, dataset="two circles")


def _figure(state: Border) -> Figure:
    figure = Figure(figsize=(COLUMN, 3.2))
    _plane(figure.subplots(), state)
    return figure


def _plane(ax: Axes, state: Border) -> None:
    """The border over N, the sides of it, and the chosen point."""
    orders = np.array(_ORDERS)
    border = np.array([replace(state, n=int(n)).border for n in orders])
    ax.fill_between(orders, border, HIGHEST, color=FOCUS, alpha=0.15, lw=0)
    ax.fill_between(orders, 0, border, color=FOIL, alpha=0.2, lw=0)
    ax.plot(orders, border, color=INK, lw=2.5)
    for width in _WIDTHS:
        other = [replace(state, n=int(n), width=width).border for n in orders]
        ax.plot(orders, other, "--", color=NOISE, lw=1.2)
    wide, narrow = max(_WIDTHS), min(_WIDTHS)
    ax.text(10, 1.3, f"right (ℓ = {state.width:g})", color=FOCUS, weight="bold")
    ax.text(3.15, 0.08, "wrong", color=FOIL, weight="bold")
    ax.text(15.5, 0.62, f"dashed: ℓ = {narrow:g} and {wide:g}", color=NOISE)
    color = FOCUS if state.spectral_error < 1 else FOIL
    ax.plot([state.n], [state.separation], "o", ms=10, color=color, mec=PAPER, mew=1.5, zorder=4)
    ax.set(xlim=(3, 24), ylim=(0, HIGHEST), xticks=range(4, 25, 4), yticks=[0, 0.5, 1, 1.5, 2])
    ax.set(xlabel="points on each circle N", ylabel="separation Δ (radii)")

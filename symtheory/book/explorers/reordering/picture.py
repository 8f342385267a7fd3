"""The reordering explorer as a still picture of both orders, for print and without scripts."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from symtheory.book.explorers.base import StillPicture, still
from symtheory.book.explorers.reordering.state import Reordering
from symtheory.book.style import CLASS_A, CLASS_B, COLUMN, INK, NOISE, SIGNAL
from symtheory.datasets import two_circles

__all__ = ["draw"]


def draw(state: Reordering) -> StillPicture:
    """Draw labels, matrix and spectrum, in turn above and by orbit below."""
    return still(lambda: _figure(state), alt=state.alt, dataset="two circles")


def _figure(state: Reordering) -> Figure:
    n = state.n
    figure = Figure(figsize=(COLUMN, 5.6))
    panels = figure.subplots(2, 2)
    by_orbit = np.arange(2 * n).reshape(n, 2).T.ravel()  # where each point stands in turn
    # Frequencies k and k + N restrict to the character k of each orbit.
    pairs = np.stack([np.arange(n), np.arange(n) + n], axis=1).ravel()
    for (matrix, spectrum), order, frequencies, name in (
        (panels[0], np.arange(2 * n), np.arange(2 * n), "in turn"),
        (panels[1], by_orbit, pairs, "by orbit"),
    ):
        _matrix(matrix, state, order, name)
        _spectrum(spectrum, state, frequencies, name)
    return figure


def _matrix(ax: Axes, state: Reordering, order: np.ndarray, name: str) -> None:
    """The kernel matrix, and the labels of its columns above."""
    points = two_circles(state.n, state.separation).swapaxes(0, 1).reshape(-1, 3)[order]
    squared = np.square(points[:, None] - points[None]).sum(axis=-1)
    kernel, size = np.exp(-(state.inverse_length**2) * squared), len(order)
    for (row, column), value in np.ndenumerate(kernel):
        ax.fill_between([column, column + 1], row, row + 1, color=INK, alpha=value, lw=0)
    for place, point in enumerate(order):
        label, color = (("+", CLASS_A), ("−", CLASS_B))[point % 2]
        ax.text(place + 0.5, -0.9, label, color=color, ha="center", va="center", weight="bold")
    ax.set(xlim=(0, size), ylim=(size, -1.6), aspect="equal", title=f"Labels and kernel, {name}")
    ax.set_axis_off()


def _spectrum(ax: Axes, state: Reordering, frequencies: np.ndarray, name: str) -> None:
    """1/λ, with that of the labels, and the mean."""
    inverse = 1 / state.eigenvalues
    place = np.arange(len(frequencies))
    if name == "by orbit":
        place = place // 2 + 0.35 * (place % 2)
    mine = frequencies == state.n
    ax.axhline(inverse.mean(), color=NOISE)
    ax.plot(place[~mine], inverse[frequencies][~mine], "o", color=INK, ms=5)
    ax.plot(place[mine], inverse[frequencies][mine], "o", color=SIGNAL, ms=8)
    ax.set(yscale="log", title="inverse spectrum 1/λ", ylim=(0.05, max(20, 2 * inverse.max())))
    ax.minorticks_off()
    ax.set(xlabel="frequency k" if name == "in turn" else "character of the rotations")
    ax.set_xticks([0, state.n, 2 * state.n - 1] if name == "in turn" else [0, state.n - 1])

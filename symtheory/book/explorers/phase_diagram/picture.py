"""The phase diagram of digits as a still picture, for print and for pages without scripts."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from symtheory.book.explorers.base import StillPicture, still
from symtheory.book.explorers.phase_diagram.state import PhaseDiagram
from symtheory.book.style import CLASS_A, CLASS_B, COLUMN, FOCUS, INK, NOISE, PAPER, RULE, SIGNAL

__all__ = ["draw"]

_STYLES = ((NOISE, NOISE), (PAPER, FOCUS), (FOCUS, FOCUS))  # face and edge, by images right


def draw(state: PhaseDiagram, images: Float[np.ndarray, "2 side side"]) -> StillPicture:
    """Draw the present settings: the plane, and the chosen pair.

    Args:
        state: What is shown.
        images: The two digits of the chosen pair, from 0 to 1.
    """
    return still(lambda: _figure(state, images), alt=state.alt, dataset="pairs of digits")


def _figure(state: PhaseDiagram, images: np.ndarray) -> Figure:
    figure = Figure(figsize=(COLUMN, 3.4))
    grid = figure.add_gridspec(2, 2, width_ratios=[3, 1])
    _plane(figure.add_subplot(grid[:, 0]), state)
    for i, color in enumerate((CLASS_A, CLASS_B)):
        _digit(figure.add_subplot(grid[i, 1]), state, images[i], i, color)
    return figure


def _plane(ax: Axes, state: PhaseDiagram) -> None:
    """All pairs, the border, and where the chosen one goes as N grows."""
    signal, noise = state.signal, state.noise
    across = np.array([signal.min() / 1.35, signal.max() * 1.35])
    ax.plot(across, across, color=INK, lw=2.5)
    for level in (0.3, 0.1, 0.03):
        ax.plot(across, level * across, color=RULE, lw=1)
    right = (state.exact[state.order] < 1).sum(axis=-1)
    for count, (face, edge) in enumerate(_STYLES):
        at = state.order, right == count
        ax.plot(signal[at], noise[at], "o", ms=4, mfc=face, mec=edge, alpha=0.75)
    path = signal[:, state.pair], noise[:, state.pair]
    ax.plot(*path, ".-", color=INK, lw=1.2)
    ax.plot(path[0][state.order], path[1][state.order], "o", ms=11, mfc="none", mec=INK, mew=1.8)
    ax.set(xscale="log", yscale="log", xlim=across, ylim=(noise.min() / 1.35, noise.max() * 1.35))
    ax.set_xlabel(r"signal $\lambda_N$", color=SIGNAL)
    ax.set_ylabel(r"noise $1/\langle\lambda^{-1}\rangle$", color=NOISE)
    ax.set_title(f"$N = {state.n}$: right below the thick line")
    ax.minorticks_off()


def _digit(ax: Axes, state: PhaseDiagram, image: np.ndarray, which: int, color: str) -> None:
    """One of the two, and the error where it is missing."""
    ax.imshow(np.dstack([np.broadcast_to(to_rgb(color), (*image.shape, 3)), image]))
    error = state.exact[state.order, state.pair, which]
    ax.set_title(f"{error:.3g}, {'right' if error < 1 else 'wrong'}", color=color)
    ax.set_axis_off()

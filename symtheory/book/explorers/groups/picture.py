"""The explorer of groups as a still picture, for print and for pages without scripts."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from symtheory.book.explorers.base import StillPicture, still
from symtheory.book.explorers.groups.state import GroupState
from symtheory.book.style import CLASS_A, CLASS_B, COLUMN, INK, NOISE, SIGNAL
from symtheory.representations import irreps

__all__ = ["draw"]


def draw(state: GroupState) -> StillPicture:
    """Draw the present settings: the kernel matrix in both bases, and the errors."""
    return still(lambda: _figure(state), alt=state.alt, dataset=f"two functions on {state.group}")


def _figure(state: GroupState) -> Figure:
    figure = Figure(figsize=(COLUMN, 4.6))
    grid = figure.add_gridspec(2, 2, height_ratios=[1.6, 1])
    _before(figure.add_subplot(grid[0, 0]), state)
    _after(figure.add_subplot(grid[0, 1]), state)
    _errors(figure.add_subplot(grid[1, :]), state)
    return figure


def _shades(ax: Axes, shade: np.ndarray) -> None:
    """A matrix in shades of ink."""
    ax.imshow(np.dstack([np.broadcast_to(to_rgb(INK), (*shade.shape, 3)), shade]))
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)


def _before(ax: Axes, state: GroupState) -> None:
    """The matrix between poses, those of the first function first."""
    others = state.gram[~np.eye(len(state.gram), dtype=bool)]
    shade = (state.gram - others.min()) / np.ptp(others)
    _shades(ax, np.clip(0.04 + 0.9 * shade, 0, 1))
    ax.set_title(f"{state.group.name}: all poses")


def _after(ax: Axes, state: GroupState) -> None:
    """The matrix in the basis of irreps, and a frame around each block."""
    changed = np.abs(state.basis.conj().T @ state.gram @ state.basis)
    _shades(ax, np.clip(changed / changed[2:, 2:].max(), 0, 1) ** 0.6)
    corner = 0
    for irrep in irreps(state.group):
        size = 2 * irrep.dimension
        for _ in range(irrep.dimension):
            color = SIGNAL if corner == 0 else NOISE
            place = (corner - 0.5, corner - 0.5)
            ax.add_patch(Rectangle(place, size, size, fill=False, ec=color, clip_on=False))
            corner += size
    ax.set_title("irreps: a block for each")


def _errors(ax: Axes, state: GroupState) -> None:
    """The error at each missing pose, beside that of a single missing one."""
    ax.axhline(1, color=INK, lw=2)
    ax.axhline(state.one_missing, color=NOISE, lw=1.5)
    for g, error in zip(state.missing, state.errors, strict=True):
        ax.plot([g], [error], "o", color=CLASS_A if error < 1 else CLASS_B, ms=7)
    order = state.group.order
    ax.set(xlim=(-0.5, order - 0.5), ylim=(0, max(1.6, 1.12 * state.errors.max())))
    ax.set(yticks=[0, 1], ylabel="error", xlabel="missing poses of the first function")
    ax.set_xticks(range(order), state.group.labels if order <= 8 else [""] * order)

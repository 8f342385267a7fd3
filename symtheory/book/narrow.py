"""A figure for a narrow page: rows of panels become columns, and words keep their size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.layout_engine import ConstrainedLayoutEngine

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.gridspec import GridSpecBase, SubplotSpec

__all__ = ["NARROW", "make_narrow"]

NARROW = 4.4
"""Width in inches of a figure on a phone, where four fifths of its size are shown."""

# A panel as wide as the page is not higher than this, in inches.
_HIGHEST = 3.0
# Above a panel that stands beneath another, in inches: its title is nearer to it than to the other.
_GAP = 0.2
# More columns are a table of pictures, which shrinks as a whole.
_MOST_COLUMNS = 4


def make_narrow(figure: Figure, columns: int | None = None) -> None:
    """Change a figure in place for a page as wide as a phone.

    Panels that stand in one grid with more columns than rows are transposed: what stood in a row
    stands in a column. Panels that left their axis to a neighbor get labels of their own. A panel
    beside small ones, as high as all of them, goes beneath.

    Args:
        figure: Panels in one grid, or a single one.
        columns: Let the panels stand in so many columns, row after row, instead.
    """
    width, height = figure.get_size_inches()
    grid = _common_grid(figure)
    if grid is not None and columns is not None:
        rows = -(-grid.nrows * grid.ncols // columns)
        height = _apart(figure, rows, min(height / grid.nrows, _HIGHEST))
        _reflow(figure, grid, columns)
    elif grid is not None and grid.nrows < grid.ncols <= _MOST_COLUMNS:
        height = _apart(figure, grid.ncols, min(height / grid.nrows, _HIGHEST))
        _transpose(figure, grid)
    elif (large := _large_panel(figure)) is not None:
        _put_beneath(figure, large)
        height *= 1.6
    elif any(axes.get_aspect() != "auto" for axes in figure.axes):
        # Pictures, whose height goes with their width; a little more for the words between them.
        height = min(height, 1.15 * height * NARROW / width)
    figure.set_size_inches(min(width, NARROW), height)
    # Not if some panels may have any shape: those of a fixed one would take their width as well.
    if grid is not None and all(axes.get_aspect() != "auto" for axes in _places(figure)):
        _close_up(figure)


def _apart(figure: Figure, rows: int, height: float) -> float:
    """Set rows of panels of some height apart, and return the height of all."""
    engine = figure.get_layout_engine()
    if isinstance(engine, ConstrainedLayoutEngine):
        engine.set(h_pad=_GAP / 2)
    return rows * height + (rows - 1) * _GAP


def _close_up(figure: Figure) -> None:
    """Let rows of panels of a fixed shape stand as near to each other as their words allow.

    The height that this leaves over is above and below all of them, and is cut off when drawn.
    """
    engine = figure.get_layout_engine()
    if isinstance(engine, ConstrainedLayoutEngine):
        figure.set_layout_engine("compressed", **engine.get())


def _places(figure: Figure) -> dict[Axes, SubplotSpec]:
    """Where in a grid each panel stands; bars of color stand beside one, in none."""
    found = {axes: axes.get_subplotspec() for axes in figure.axes}
    return {axes: place for axes, place in found.items() if place is not None}


def _common_grid(figure: Figure) -> GridSpecBase | None:
    """The grid in which every panel stands in a cell of its own, if there is one."""
    places = list(_places(figure).values())
    if not places or any(place.num1 != place.num2 for place in places):
        return None
    grid = places[0].get_gridspec()
    return grid if all(place.get_gridspec() is grid for place in places) else None


def _large_panel(figure: Figure) -> Axes | None:
    """The panel that fills the last column of a grid whose other panels are one cell each."""
    places = _places(figure)
    large = [axes for axes, place in places.items() if place.num1 != place.num2]
    if len(large) != 1 or len(places) == 1:
        return None
    place = places[large[0]]
    grid = place.get_gridspec()
    fills = len(place.rowspan) == grid.nrows and place.colspan.start == grid.ncols - 1
    alone = all(other.get_gridspec() is grid for other in places.values())
    return large[0] if fills and alone else None


def _put_beneath(figure: Figure, large: Axes) -> None:
    places = _places(figure)
    old = places[large].get_gridspec()
    heights, widths = np.array(old.get_height_ratios()), np.array(old.get_width_ratios())
    new = figure.add_gridspec(
        old.nrows + 1,
        old.ncols - 1,
        width_ratios=widths[:-1],
        height_ratios=[*heights, 0.8 * heights.sum()],
    )
    for axes, place in places.items():
        row, column = place.rowspan.start, place.colspan.start
        axes.set_subplotspec(new[-1, :] if axes is large else new[row, column])


def _transpose(figure: Figure, grid: GridSpecBase) -> None:
    turned = figure.add_gridspec(
        grid.ncols,
        grid.nrows,
        width_ratios=grid.get_height_ratios(),
        height_ratios=grid.get_width_ratios(),
    )
    panels = {
        (place.rowspan.start, place.colspan.start): axes for axes, place in _places(figure).items()
    }
    for (row, column), axes in panels.items():
        axes.set_subplotspec(turned[column, row])
        _label(axes, panels.get((row, 0)), panels.get((grid.nrows - 1, column)))


def _reflow(figure: Figure, grid: GridSpecBase, columns: int) -> None:
    panels = {place.num1: axes for axes, place in _places(figure).items()}
    flowed = figure.add_gridspec(-(-grid.nrows * grid.ncols // columns), columns)
    for number, axes in panels.items():
        row, column = divmod(number, grid.ncols)
        axes.set_subplotspec(flowed[number // columns, number % columns])
        first, last = row * grid.ncols, (grid.nrows - 1) * grid.ncols + column
        _label(axes, panels.get(first), panels.get(last))


def _label(axes: Axes, left: Axes | None, bottom: Axes | None) -> None:
    """Give a panel the labels that the first of its row and the last of its column had for it."""
    if left is not None and axes.get_shared_y_axes().joined(axes, left):
        axes.tick_params(axis="y", labelleft=True)
        axes.set_ylabel(axes.get_ylabel() or left.get_ylabel())
    if bottom is not None and axes.get_shared_x_axes().joined(axes, bottom):
        axes.tick_params(axis="x", labelbottom=True)
        axes.set_xlabel(axes.get_xlabel() or bottom.get_xlabel())

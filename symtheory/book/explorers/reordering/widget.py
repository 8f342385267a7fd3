"""The reordering explorer as a widget: live in Jupyter, and on a page without a kernel."""

from __future__ import annotations

from pathlib import Path

from symtheory.book.explorers.base import Choice, Explorer, Ranged, StillPicture, bundle, styles
from symtheory.book.explorers.reordering.picture import draw
from symtheory.book.explorers.reordering.state import Reordering

__all__ = ["ReorderingExplorer"]

_HERE = Path(__file__).parent


class ReorderingExplorer(Explorer):
    """Labels in turn are the highest frequency, by orbit the lowest; the error does not care.

    Attributes:
        order: Where the picture stands, from 0, the points in turn, to 1, by orbit.
        n: N, points on each circle, from 3 to 10.
        separation: Δ, distance between the circles in radii, from 0 to 2.
        inverse_length: L of the kernel exp(-L²d²), from 1.4 to 3, where ten
            digits are left of each number.
        ridge: Absolute, added to the diagonal of the kernel matrix, from 1e-6 to 1.
        playing: ``"order"`` while the points move by themselves, once there and back, or empty.

    Raises:
        ValueError: If a trait is set to a value out of its range.

    Examples:
        >>> numbers = ReorderingExplorer(n=6, separation=1.0).numbers
        >>> round(numbers["error_in_turn"], 9) == round(numbers["error_by_orbit"], 9)
        True
    """

    _esm = bundle(_HERE / "widget.mjs")
    _css = styles(_HERE)

    order = Ranged(0.0, 0.0, 1.0, "the way from in turn to by orbit")
    n = Ranged(6, 3, 10, "the points on each circle")
    separation = Ranged(0.5, 0.0, 2.0, "the distance between the circles")
    inverse_length = Ranged(1.4, 1.4, 3.0, "the parameter L of exp(-L²d²)")
    ridge = Ranged(1e-5, 1e-6, 1.0, "the absolute ridge")
    playing = Choice("", ("", "order"), "the trait that moves")

    @property
    def state(self) -> Reordering:
        """The present settings and their numbers."""
        return Reordering(self.n, self.separation, self.inverse_length, self.ridge, self.order)

    def picture(self) -> StillPicture:
        """What the explorer shows at its present settings, as a picture of both orders."""
        return draw(self.state)

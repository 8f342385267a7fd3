"""The border explorer as a widget: live in Jupyter, and on a page without a kernel."""

from __future__ import annotations

from pathlib import Path

from symtheory.book.explorers.base import Explorer, Ranged, StillPicture, bundle, styles
from symtheory.book.explorers.border.picture import draw
from symtheory.book.explorers.border.state import HIGHEST, Border

__all__ = ["BorderExplorer"]

_HERE = Path(__file__).parent


class BorderExplorer(Explorer):
    """For how many points, and how far apart, is a kernel machine right at the point it lacks?

    Attributes:
        n: N, points on each circle, from 3 to 24.
        separation: Δ, distance between the circles in radii, from 0 to 2.
        width: ℓ of the kernel exp(-d²/ℓ²), from 0.5 to 2 radii.
        ridge: Absolute, added to the diagonal of the kernel matrix, from 1e-10 to 1e-3.

    Raises:
        ValueError: If a trait is set to a value out of its range.

    Examples:
        >>> explorer = BorderExplorer(n=6, separation=0.5, width=0.7)
        >>> explorer.state.spectral_error < 1
        False
        >>> explorer.width = 1.4  # to a wider kernel, six points are dense
        >>> explorer.state.spectral_error < 1
        True
    """

    _esm = bundle(_HERE / "widget.mjs")
    _css = styles(_HERE)

    n = Ranged(6, 3, 24, "the points on each circle")
    separation = Ranged(0.5, 0.0, HIGHEST, "the distance between the circles")
    width = Ranged(0.7, 0.5, 2.0, "the width ℓ of exp(-d²/ℓ²)")
    ridge = Ranged(1e-5, 1e-10, 1e-3, "the absolute ridge")

    @property
    def state(self) -> Border:
        """The present settings and their numbers."""
        return Border(self.n, self.separation, self.width, self.ridge)

    def picture(self) -> StillPicture:
        """What the explorer shows at its present settings, as a picture."""
        return draw(self.state)

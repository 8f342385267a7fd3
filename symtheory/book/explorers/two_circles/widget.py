"""The two-circles explorer as a widget: live in Jupyter, and on a page without a kernel.

The same ES module, bundled from ``widget.mjs``, computes and draws in both. Python reads and sets
its traits, and has the same numbers.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from jaxtyping import Float

from symtheory.book.explorers.base import Choice, Explorer, Ranged, StillPicture, bundle, styles
from symtheory.book.explorers.two_circles.picture import draw
from symtheory.book.explorers.two_circles.state import TwoCircles

__all__ = ["TwoCirclesExplorer"]

_HERE = Path(__file__).parent


class TwoCirclesExplorer(Explorer):
    """Two circles of points, one class each: is a kernel machine right at the one point it lacks?

    Attributes:
        n: N, points on each circle, from 4 to 48.
        separation: Δ, distance between the circles in radii, from 0 to 3.
        inverse_length: L of the kernel exp(-L²d²), from 0.3 to 3.
        ridge: Absolute, added to the diagonal of the kernel matrix, from 1e-10 to 1.
        playing: Name of the trait that moves by itself (``"n"``, ``"separation"`` or
            ``"inverse_length"``) once to both its ends and back to where it was, or empty. Readers
            who ask their system for less motion get none until they press play. Python hears of the
            values when the motion ends.

    Raises:
        ValueError: If a trait is set to a value out of its range.

    Examples:
        >>> explorer = TwoCirclesExplorer(n=6, separation=1.0)
        >>> explorer.spectral_error < 1
        True
        >>> explorer.separation = 0.0
        >>> explorer.spectral_error < 1
        False
    """

    _esm = bundle(_HERE / "widget.mjs")
    _css = styles(_HERE)

    n = Ranged(6, 4, 48, "the points on each circle")
    separation = Ranged(1.0, 0.0, 3.0, "the distance between the circles")
    inverse_length = Ranged(1.0, 0.3, 3.0, "the parameter L of exp(-L²d²)")
    ridge = Ranged(1e-5, 1e-10, 1.0, "the absolute ridge")
    playing = Choice("", ("", "n", "inverse_length", "separation"), "the trait that moves")

    @property
    def state(self) -> TwoCircles:
        """The present settings and their numbers."""
        return TwoCircles(self.n, self.separation, self.inverse_length, self.ridge)

    @property
    def eigenvalues(self) -> Float[np.ndarray, " frequencies"]:
        """λ_0, …, λ_{2N-1} of the interleaved kernel matrix, ridge included."""
        return self.state.eigenvalues

    @property
    def last_eigenvalue(self) -> float:
        """λ_N, at the frequency of the labels; the signal. The picture shows its inverse."""
        return self.state.last_eigenvalue

    @property
    def mean_inverse(self) -> float:
        """⟨λ⁻¹⟩, one over the noise."""
        return self.state.mean_inverse

    @property
    def spectral_error(self) -> float:
        """ε_s = λ_N⁻¹ / ⟨λ⁻¹⟩, the error at the missing point; above 1 the prediction is wrong."""
        return self.state.spectral_error

    def picture(self) -> StillPicture:
        """What the explorer shows at its present settings, as a picture."""
        return draw(self.state)

"""The numbers that the border explorer shows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from scipy.optimize import brentq

from symtheory.book.explorers.two_circles import TwoCircles

__all__ = ["HIGHEST", "Border"]

HIGHEST = 2.0
"""The largest separation Δ on the plane. The border is below it for each N and width in range."""


@dataclass(frozen=True)
class Border:
    """A point in the plane of N and Δ, and a Gaussian kernel exp(-d²/ℓ²) on two circles.

    Attributes:
        n: N, points on each circle.
        separation: Δ, distance between the circles in radii.
        width: ℓ, the kernel's width in radii.
        ridge: Absolute, added to the diagonal of the kernel matrix.
    """

    n: int
    separation: float
    width: float
    ridge: float

    @cached_property
    def circles(self) -> TwoCircles:
        """The same as two circles and an inverse length."""
        return self._at(self.separation)

    @property
    def signal(self) -> float:
        """λ_N, at the frequency of the labels."""
        return self.circles.last_eigenvalue

    @property
    def noise(self) -> float:
        """1/⟨λ⁻¹⟩."""
        return 1 / self.circles.mean_inverse

    @property
    def spectral_error(self) -> float:
        """ε_s, noise over signal; above 1 the missing point is put on the other circle."""
        return self.circles.spectral_error

    @cached_property
    def border(self) -> float:
        """The separation at which the error is 1, for N points and this width.

        The error falls as Δ grows, and at Δ = 0 is at least 1, so that there is one at most.
        """
        return float(
            brentq(lambda d: math.log(self._at(d).spectral_error), 0.0, HIGHEST, xtol=1e-15)
        )

    @property
    def step(self) -> float:
        """The distance from the missing point to its neighbors on its circle, in units of ℓ."""
        return 2 * math.sin(math.pi / self.n) / self.width

    @property
    def numbers(self) -> dict[str, float]:
        """The numbers that the page computes, by the names that it gives them."""
        return {
            "error": self.spectral_error,
            "signal": self.signal,
            "noise": self.noise,
            "border": self.border,
            "step": self.step,
        }

    @property
    def alt(self) -> str:
        """The point, the border and the error in words."""
        side = "above" if self.spectral_error < 1 else "below"
        return (
            f"The plane of N, points on each of two circles, and Δ, their distance, for the kernel "
            f"exp(-d²/ℓ²) with ℓ = {self.width:g} radii. At N = {self.n} the error is 1 at "
            f"Δ = {self.border:.3g}: the border. Below it the missing point is put on the other "
            f"circle. The chosen point, Δ = {self.separation:g}, lies {side} it: noise "
            f"{self.noise:.3g} over signal {self.signal:.3g} is an error of "
            f"{self.spectral_error:.3g}. Neighbors on a circle are {self.step:.2f} widths apart."
        )

    def _at(self, separation: float) -> TwoCircles:
        return TwoCircles(self.n, separation, 1 / self.width, self.ridge)

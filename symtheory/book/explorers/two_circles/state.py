"""The numbers that the two-circles explorer shows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from jaxtyping import Float
from scipy.special import ive

__all__ = ["TwoCircles", "circle_eigenvalues"]

# Beyond 4N + 80 a harmonic of exp(-L²d²) on the unit circle is below 1e-40, for L up to 3.
_MORE_HARMONICS = 80


@dataclass(frozen=True)
class TwoCircles:
    """Two circles of points, one class each, and a Gaussian kernel.

    Attributes:
        n: N, points on each circle.
        separation: Δ, distance between the circles in radii.
        inverse_length: L of the kernel exp(-L²d²).
        ridge: Absolute, added to the diagonal of the kernel matrix.
    """

    n: int
    separation: float
    inverse_length: float
    ridge: float

    @cached_property
    def eigenvalues(self) -> Float[np.ndarray, " frequencies"]:
        """λ_0, …, λ_{2N-1} of the interleaved kernel matrix; see `circle_eigenvalues`."""
        return circle_eigenvalues(self.n, self.separation, self.inverse_length, self.ridge)

    @property
    def last_eigenvalue(self) -> float:
        """λ_N, at the frequency of the labels; the signal. The picture shows its inverse."""
        return float(self.eigenvalues[self.n])

    @property
    def mean_inverse(self) -> float:
        """⟨λ⁻¹⟩, one over the noise."""
        return float(np.mean(1 / self.eigenvalues))

    @property
    def spectral_error(self) -> float:
        """ε_s = λ_N⁻¹ / ⟨λ⁻¹⟩, the error at the missing point; above 1 the prediction is wrong."""
        return 1 / (self.last_eigenvalue * self.mean_inverse)

    @property
    def numbers(self) -> dict[str, float]:
        """The numbers that the page computes, by the names that it gives them."""
        return {
            "error": self.spectral_error,
            "last_eigenvalue": self.last_eigenvalue,
            "mean_inverse": self.mean_inverse,
        }

    @property
    def alt(self) -> str:
        """The circles, the spectrum and the error in words."""
        error = self.spectral_error
        side = "below 1: the missing point is put on its own circle, rightly"
        if error >= 1:
            side = "above 1: the missing point is put on the other circle, wrongly"
        return (
            f"Two circles of {self.n} points each, {self.separation:g} radii apart, and the kernel "
            f"exp(-L²d²) with L = {self.inverse_length:g}. At the frequency of the labels 1/λ is "
            f"{1 / self.last_eigenvalue:.3g}; its mean over all frequencies is "
            f"{self.mean_inverse:.3g}. The spectral error is {error:.3g}, {side}."
        )


def circle_eigenvalues(
    n: int, separation: float, inverse_length: float, ridge: float
) -> Float[np.ndarray, " frequencies"]:
    r"""Eigenvalues of the kernel matrix of two interleaved unit circles, to the last digit.

    `symtheory.spectral.spectrum` takes the Fourier transform of the kernel's values. Eigenvalues
    near the ridge are small differences of these and keep an absolute error of about 2N·10⁻¹⁶: ten
    digits of 10⁻⁵, or nine. For this one kernel all digits can be had. On a circle the Gaussian is
    a sum of harmonics with positive weights,

    .. math:: e^{-x (1 - \cos θ)} = \sum_{m ∈ ℤ} e^{-x} I_m(x) \cos mθ, \qquad x = 2L^2,

    harmonic m falls on frequency m modulo 2N, and the factor exp(-L²Δ²) at every other point moves
    a share (1 - exp(-L²Δ²))/2 of each frequency by N. Nothing is subtracted.

    Args:
        n: N, points on each circle.
        separation: Δ, distance between the circles.
        inverse_length: L of exp(-L²d²), up to 3.
        ridge: Absolute.

    Returns:
        λ_0, …, λ_{2N-1}, ridge included.

    Source: the Jacobi-Anger expansion (DLMF 10.35.2).
    """
    size = 2 * n
    harmonic = np.arange(4 * n + _MORE_HARMONICS)
    weight = ive(harmonic, 2 * inverse_length**2)
    fold = partial(np.bincount, minlength=size)
    own = fold(harmonic % size, weight) + fold(-harmonic[1:] % size, weight[1:])
    share = -math.expm1(-((inverse_length * separation) ** 2)) / 2
    return size * ((1 - share) * own + share * np.roll(own, -n)) + ridge

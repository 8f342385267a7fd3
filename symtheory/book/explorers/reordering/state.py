"""The numbers that the reordering explorer shows: one error, from two orders of the points."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Complex, Float

from symtheory.datasets import two_circles

__all__ = ["Reordering"]


@dataclass(frozen=True)
class Reordering:
    """Two circles of points whose kernel matrix is read in two orders.

    In turn, A0, B0, A1, B1, …, it is circulant of size 2N. By orbit, A0, A1, …, B0, B1, …, it has
    four circulant blocks of size N, and each character of the group gives a matrix of size 2.

    Attributes:
        n: N, points on each circle.
        separation: Δ, distance between the circles in radii.
        inverse_length: L of the kernel exp(-L²d²).
        ridge: Absolute, added to the diagonal of the kernel matrix.
        order: How far from in turn (0) to by orbit (1) the picture is; no number depends on it.
    """

    n: int
    separation: float
    inverse_length: float
    ridge: float
    order: float = 0.0

    @cached_property
    def eigenvalues(self) -> Float[np.ndarray, " frequencies"]:
        """λ_0, …, λ_{2N-1} of the matrix in turn, ridge included: Fourier transform of one row."""
        points = two_circles(self.n, self.separation).swapaxes(0, 1).reshape(2 * self.n, 3)
        row = self._kernel(points[0] - points)
        return np.asarray(np.fft.fft(row).real + self.ridge)

    @cached_property
    def blocks(self) -> Complex[np.ndarray, "characters 2 2"]:
        """Λ_χ for χ = 0, …, N-1, ridge included; the first is that of the trivial character."""
        orbits = two_circles(self.n, self.separation)
        rows = self._kernel(orbits[:, None, :1] - orbits[None])  # κ_ij(h)
        sums = np.conj(np.fft.fft(rows, axis=-1))
        return np.moveaxis(sums, -1, 0) + self.ridge * np.eye(2)

    @property
    def in_turn(self) -> tuple[float, float]:
        """λ_N⁻¹ and ⟨λ⁻¹⟩."""
        inverse = 1 / self.eigenvalues
        return float(inverse[self.n]), float(inverse.mean())

    @property
    def by_orbit(self) -> tuple[float, float]:
        """y_A (Λ_1⁻¹ y)_A and the mean over characters of (Λ_χ⁻¹)_AA."""
        inverse = np.linalg.inv(self.blocks)
        return float((inverse[0, 0] @ [1, -1]).real), float(inverse[:, 0, 0].real.mean())

    @property
    def numbers(self) -> dict[str, float]:
        """The numbers that the page computes, by the names that it gives them."""
        (labels, mean), (trivial, mean_of_blocks) = self.in_turn, self.by_orbit
        return {
            "labels_in_turn": labels,
            "mean_in_turn": mean,
            "error_in_turn": labels / mean,
            "labels_by_orbit": trivial,
            "mean_by_orbit": mean_of_blocks,
            "error_by_orbit": trivial / mean_of_blocks,
        }

    @property
    def alt(self) -> str:
        """The two orders, the two spectra and the one error in words."""
        numbers = self.numbers
        right = numbers["error_in_turn"] < 1
        return (
            f"Two circles of {self.n} points each, {self.separation:g} radii apart. In turn, the "
            f"labels + - + - … are the wave of frequency N = {self.n}: its inverse eigenvalue "
            f"{numbers['labels_in_turn']:.3g} over the mean {numbers['mean_in_turn']:.3g} is an "
            f"error of {numbers['error_in_turn']:.6f}. By orbit, the labels + … + - … - are "
            "constant, and belong to the trivial character: "
            f"{numbers['labels_by_orbit']:.3g} over {numbers['mean_by_orbit']:.3g} is "
            f"{numbers['error_by_orbit']:.6f}, the same. The missing point is put on "
            f"{'its own' if right else 'the other'} circle."
        )

    def _kernel(self, difference: Float[np.ndarray, "*n 3"]) -> Float[np.ndarray, "*n"]:
        return np.asarray(np.exp(-(self.inverse_length**2) * np.square(difference).sum(axis=-1)))

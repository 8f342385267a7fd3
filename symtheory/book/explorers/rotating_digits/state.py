"""The numbers that the explorer of rotating digits shows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Complex, Float

from symtheory.actions import orbit, rotation_action
from symtheory.datasets import normalize
from symtheory.experiments.shared.checks import require_float64
from symtheory.groups import cyclic_group
from symtheory.kernels import gram
from symtheory.ntk import MLPKernel
from symtheory.regression import relative_ridge
from symtheory.spectral import average_rows

__all__ = ["RELATIVE_RIDGE", "RotatingDigits"]

RELATIVE_RIDGE = 1e-10
_LABELS = (1, -1)


@dataclass(frozen=True)
class RotatingDigits:
    """One digit at N angles, labeled +1, and another at all of them but upright, labeled -1.

    Attributes:
        images: Two images, (2, side, side), the first seen in all poses.
        names: What each shows.
        n: N, rotations of each.
        depth: Hidden layers of the network, infinitely wide, that learns from them.
    """

    images: Float[np.ndarray, "2 side side"]
    names: tuple[str, str]
    n: int
    depth: int

    @cached_property
    def orbits(self) -> Float[np.ndarray, "2 n side side"]:
        """All poses, at zero mean and unit norm; the one at (1, 0) is missing."""
        return normalize(orbit(self.images, rotation_action(self.n, self.images.shape[1:])))

    @cached_property
    def gram(self) -> Float[np.ndarray, "points points"]:
        """The neural tangent kernel between all poses.

        Raises:
            ValueError: If JAX computes in single precision.
        """
        require_float64()
        return np.asarray(gram(MLPKernel(self.depth), self.orbits))

    @cached_property
    def ridge(self) -> float:
        """Absolute, a small share of the trace of the kernel matrix."""
        return float(relative_ridge(self.gram, RELATIVE_RIDGE))

    @cached_property
    def inverse_blocks(self) -> Complex[np.ndarray, "characters 2 2"]:
        """Λ_χ⁻¹ for each character, of the kernel averaged over the rotations, ridge included."""
        rows = np.asarray(average_rows(self.gram, cyclic_group(self.n)))  # κ_ij(h)
        blocks = np.moveaxis(np.conj(np.fft.fft(rows, axis=-1)), -1, 0)
        return np.linalg.inv(blocks + self.ridge * np.eye(2))

    @property
    def labels(self) -> float:
        """Y (Λ_1⁻¹ y) at the missing digit: small where the two orbits' means are far apart."""
        return float((self.inverse_blocks[0, 1] @ _LABELS).real * _LABELS[1])

    @property
    def mean(self) -> float:
        """The mean over characters of Λ_χ⁻¹ at the missing digit: large where poses are dense."""
        return float(self.inverse_blocks[:, 1, 1].real.mean())

    @property
    def error(self) -> float:
        """1 - yŷ at the missing pose by the general formula; above 1 the prediction is wrong."""
        return self.labels / self.mean

    @property
    def prediction(self) -> float:
        """ŷ at the missing pose, from +1, the first digit, to -1, its own."""
        return _LABELS[1] * (1 - self.error)

    @cached_property
    def nearest(self) -> tuple[tuple[int, float], tuple[int, float]]:
        """The most similar seen pose of each digit, and the kernel between it and the missing."""
        row = self.gram[self.n].reshape(2, self.n).copy()
        row[1, 0] = -np.inf
        first, second = ((int(values.argmax()), float(values.max())) for values in row)
        return first, second

    @property
    def numbers(self) -> dict[str, float]:
        """The numbers that the page computes, by the names that it gives them."""
        (first, first_kernel), (second, second_kernel) = self.nearest
        return {
            "error": self.error,
            "labels": self.labels,
            "mean": self.mean,
            "nearest_other": first,
            "nearest_other_kernel": first_kernel,
            "nearest_own": second,
            "nearest_own_kernel": second_kernel,
        }

    @property
    def alt(self) -> str:
        """Digits, neighbors, spectrum and prediction in words."""
        (first, first_kernel), (second, second_kernel) = self.nearest
        other, own = self.names
        step = 360 / self.n
        return (
            f"A {other} at {self.n} angles, a {own} at all of them but upright, and a network with "
            f"{self.depth} hidden layer{'s' if self.depth > 1 else ''}. Most similar to the "
            f"upright {own}: the {other} at {first * step:g}°, with a kernel of {first_kernel:.4f},"
            f" and the {own} at {second * step:g}°, with {second_kernel:.4f}. The inverse "
            f"eigenvalue of the labels is {self.labels:.3g}, the mean over frequencies "
            f"{self.mean:.3g}, their ratio, the error, {self.error:.3f}. The prediction is "
            f"{self.prediction:+.3f} where the truth is -1: "
            f"{'right' if self.error < 1 else 'wrong, a ' + other}."
        )

"""The numbers that the explorer of readouts shows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Complex, Float

__all__ = ["ACTIONS", "READOUTS", "SMALLEST", "Readouts"]

ACTIONS = ("shifts", "rotations")
READOUTS = ("dense", "pooled")
SMALLEST = -10
"""Exponent of the smallest ridge, relative to the trace."""
_LABELS = np.array([1, -1])


@dataclass(frozen=True)
class Readouts:
    """Two digits, moved in N ways, under a convolutional network; the second lacks one of them.

    Attributes:
        rows: κ_ij(h), the kernel between digit i and digit j moved by h, averaged over all moves.
        exact: 1 - yŷ of exact regression at the second digit, not moved and not seen.
        names: What the two digits are.
        action: Place in ``ACTIONS``.
        readout: Place in ``READOUTS``.
        exponent: Of the ridge, as a power of ten and a share of the trace.
    """

    rows: Float[np.ndarray, "2 2 n"]
    exact: float
    names: tuple[str, str]
    action: int
    readout: int
    exponent: int

    @property
    def n(self) -> int:
        """N, images of each digit."""
        return self.rows.shape[-1]

    @property
    def ridge(self) -> float:
        """Absolute, added to the diagonal of the kernel matrix."""
        return float(10.0**self.exponent * self.n * (self.rows[0, 0, 0] + self.rows[1, 1, 0]))

    @cached_property
    def blocks(self) -> Complex[np.ndarray, "n 2 2"]:
        """Λ_k at each frequency.

        At all but 0 a constant adds nothing, and is left out at once: where orbits collapse, it is
        all that there is, and its rounding would be taken for a spectrum.
        """
        transformed = np.conj(np.fft.fft(self.rows - self.rows[..., :1], axis=-1))
        transformed[..., 0] = self.rows.sum(axis=-1)
        blocks = np.moveaxis(transformed, -1, 0)
        hermitian = (blocks + np.conj(np.swapaxes(blocks, 1, 2))) / 2
        return hermitian + self.ridge * np.eye(2)

    @cached_property
    def inverse(self) -> Float[np.ndarray, " n"]:
        """(Λ_k⁻¹) at the second digit."""
        a, b = (self.blocks[:, i, i].real for i in (0, 1))
        return a / (a * b - np.abs(self.blocks[:, 0, 1]) ** 2)

    @property
    def labels(self) -> float:
        """Y(Λ_1⁻¹y) at the second digit: small where the means of the two orbits are far apart."""
        return float((np.linalg.inv(self.blocks[0].real) @ _LABELS)[1] * _LABELS[1])

    @property
    def mean(self) -> float:
        """The mean of (Λ_k⁻¹) at the second digit: large where its orbit is small or dense."""
        return float(self.inverse.mean())

    @property
    def error(self) -> float:
        """1 - yŷ at the missing image by the general formula; above 1 the prediction is wrong."""
        return self.labels / self.mean

    @property
    def radii(self) -> tuple[float, float]:
        """Root mean square distance of each orbit from its mean, in lengths of the second digit."""
        own = self.rows[[0, 1], [0, 1]]
        squared = np.maximum(0, (own[:, :1] - own).mean(axis=-1)) / self.rows[1, 1, 0]
        return float(np.sqrt(squared[0])), float(np.sqrt(squared[1]))

    @property
    def distance(self) -> float:
        """Between the means of the two orbits, in the same unit."""
        means = self.rows.mean(axis=-1)
        squared = means[0, 0] + means[1, 1] - 2 * means[0, 1]
        return float(np.sqrt(max(0, squared) / self.rows[1, 1, 0]))

    @property
    def numbers(self) -> dict[str, float]:
        """The numbers that the page computes, by the names that it gives them."""
        return {
            "error": self.error,
            "labels": self.labels,
            "mean": self.mean,
            "exact": self.exact,
            "radius_first": self.radii[0],
            "radius_second": self.radii[1],
            "distance": self.distance,
        }

    @property
    def alt(self) -> str:
        """Readout, orbits, spectrum and prediction in words."""
        other, own = self.names
        return (
            f"A {other} and a {own}, {self.n} {ACTIONS[self.action]} of each, and a convolutional "
            f"network with a {READOUTS[self.readout]} readout. In its kernel space the orbits have "
            f"radii of {self.radii[0]:.3g} and {self.radii[1]:.3g}, and their means are "
            f"{self.distance:.3g} apart. The {own} is missing where it was not moved: at a ridge "
            f"of 10^{self.exponent} of the trace, 1/λ of the labels, {self.labels:.3g}, over the "
            f"mean, {self.mean:.3g}, is an error of {self.error:.3g}; exact regression has "
            f"{self.exact:.3g}."
        )

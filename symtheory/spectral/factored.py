"""An invariant system, factorized once for everything that may be left out of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy.linalg import solve_triangular
from numpy.typing import NDArray

from symtheory._checks import inverse_factors, warn_if_ill_conditioned
from symtheory.groups import FiniteGroup
from symtheory.spectral.blocks import fourier_blocks, half_columns, trivial_weights

__all__ = ["Factored", "factorized"]


@dataclass(frozen=True, eq=False)
class Factored:
    """The factors of the Fourier blocks of K + rI.

    Attributes:
        inverses: L⁻¹ of the blocks of each size, of shape (..., k, m·d, m·d).
        shares: How much each block counts in a mean over the group, of shape (k,) for each size.
        matrices: ρ(g) for each size; see `symtheory.spectral.blocks.Blocks`.
    """

    inverses: Sequence[Array]
    shares: Sequence[NDArray[np.floating]]
    matrices: Sequence[Callable[[NDArray[np.integer]], NDArray]]

    def left_out(
        self, labels: Array, orbits: NDArray[np.integer], elements: NDArray[np.integer]
    ) -> tuple[Array, Array]:
        """ŷ and y (y - ŷ), which is 1 - yŷ for labels ±1, at points that are held out together.

        Args:
            labels: Of the orbits, of shape (m,) or (m, classes).
            orbits: The orbit of each point, of shape (|H|,).
            elements: The group element of each, of shape (|H|,).

        Returns:
            Two arrays of shape (..., |H|) or (..., |H|, classes).
        """
        scales = [np.sqrt(share) for share in self.shares]
        matrices = [of(elements) for of in self.matrices]
        return _left_out(self.inverses, scales, matrices, labels, orbits)


def factorized(rows: Array, group: FiniteGroup, ridge: Array) -> Factored:
    """Factorize the blocks of first rows.

    Args:
        rows: Of shape (..., m, m, |G|).
        group: The group.
        ridge: Absolute, of shape (...,).

    Raises:
        ValueError: If one is singular to its precision.

    Warns:
        IllConditionedWarning: If few digits are left.
    """
    parts = fourier_blocks(rows, group, ridge)
    inverses = inverse_factors([part.blocks for part in parts])
    warn_if_ill_conditioned([part.blocks for part in parts], inverses)
    shares = [part.weight / group.order for part in parts]
    return Factored(inverses, shares, [part.matrices for part in parts])


@jax.jit
def _left_out(
    inverses: Sequence[Array],
    scales: Sequence[Array],
    matrices: Sequence[Array],
    labels: Array,
    orbits: Array,
) -> tuple[Array, Array]:
    """ŷ and y (y - ŷ) at held-out points; arguments as `half_columns`, for all parts."""
    halves = [
        half_columns(inverse, scale, rho, len(labels), orbits)
        for inverse, scale, rho in zip(inverses, scales, matrices, strict=True)
    ]
    # [(A⁻¹)_HH]⁻¹ = (RᵀR)⁻¹, by QR of its factor: where H has copies of an item, its condition
    # number is that of A, and half the digits would be lost.
    factor = jnp.linalg.qr(jnp.concatenate(halves, axis=-2), mode="r")
    columns = labels[:, None] if labels.ndim == 1 else labels
    weights = trivial_weights(inverses[0], columns)[..., orbits, :]
    residual = solve_triangular(
        factor, solve_triangular(jnp.swapaxes(factor, -1, -2), weights, lower=True)
    )
    residual = residual[..., 0] if labels.ndim == 1 else residual
    return labels[orbits] - residual, labels[orbits] * residual

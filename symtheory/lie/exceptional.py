"""Invariants of the exceptional groups G2, F4 and E6, made of octonions.

(Baez 2002, "The Octonions", §§ 2.1, 3.4 and 4.)
"""

from __future__ import annotations

from functools import cache

import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float
from numpy.typing import ArrayLike

from symtheory._checks import as_real_array

__all__ = ["albert_determinant", "octonion_form"]


def octonion_form() -> Float[np.ndarray, "7 7 7"]:
    """The 3-form φ(x, y, z) = Re(x̄ (yz)) on imaginary octonions, whose symmetries are G2.

    Returns:
        φ(e_i, e_j, e_k), antisymmetric, of shape (7, 7, 7); 1 at (i, i+1, i+3), counted modulo 7.
    """
    return _products()[1:, 1:, 1:].copy()


def albert_determinant(x: ArrayLike | Array) -> Float[Array, "*batch"]:
    """The determinant of a Hermitian 3×3 matrix of octonions, whose symmetries are E6.

    Those that also preserve |x|² = tr X² are F4.

    Args:
        x: Of shape (..., 27): the three entries a of the diagonal, and √2 times the entries u, v, w
            off it, of 8 numbers each.

    Returns:
        a₁a₂a₃ − a₁|u|² − a₂|v|² − a₃|w|² + 2 Re(uvw), of shape (...).

    Raises:
        ValueError: If the last axis is not 27 long.
    """
    x = as_real_array(x, "coordinates")
    if x.ndim < 1 or x.shape[-1] != 27:
        raise ValueError(
            f"Expected coordinates of shape (..., 27). Got shape {x.shape}. "
            "Try three real numbers, then three octonions of eight."
        )
    diagonal = x[..., :3]
    octonions = x[..., 3:].reshape(*x.shape[:-1], 3, 8) / np.sqrt(2)
    u, v, w = jnp.moveaxis(octonions, -2, 0)
    real_part = jnp.einsum("abc,...a,...b,...c->...", _triple(), u, v, w)
    squares = (octonions**2).sum(axis=-1)
    return diagonal.prod(axis=-1) - (diagonal * squares).sum(axis=-1) + 2 * real_part


@cache
def _products() -> Float[np.ndarray, "8 8 8"]:
    """Coefficients of the product: e_a e_b = Σ_c products[a, b, c] e_c, with e_0 = 1."""
    products = np.zeros((8, 8, 8))
    for a in range(8):
        products[0, a, a] = products[a, 0, a] = 1
        products[a, a, 0] = 1 if a == 0 else -1
    for line in range(7):
        i, j, k = (1 + (line + step) % 7 for step in (0, 1, 3))
        for a, b, c in ((i, j, k), (j, k, i), (k, i, j)):
            products[a, b, c], products[b, a, c] = 1, -1
    return products


@cache
def _triple() -> Float[np.ndarray, "8 8 8"]:
    """Re((e_a e_b) e_c)."""
    return _products() * np.r_[1, -np.ones(7)]

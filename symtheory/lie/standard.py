"""Generators of the classical Lie algebras."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from jaxtyping import Complex, Float

from symtheory._checks import as_integer

__all__ = ["orthogonal_algebra", "unitary_algebra"]


def orthogonal_algebra(p: int, q: int = 0) -> Float[np.ndarray, "d n n"]:
    """Generators of so(p, q), which preserve x₁² + … + x_p² − … − x_n² with n = p + q.

    The Lorentz algebra is so(3, 1), with the time last, or so(1, 3), with the time first.

    Args:
        p: Squares with a plus sign.
        q: Squares with a minus sign.

    Returns:
        One for each pair of coordinates, in lexicographic order, of shape (n(n−1)/2, n, n).

    Raises:
        ValueError: If p or q is negative, or there are fewer than two coordinates.
    """
    p, q = as_integer(p, "p", minimum=0), as_integer(q, "q", minimum=0)
    n = as_integer(p + q, "p + q", minimum=2)
    signs = np.r_[np.ones(p), -np.ones(q)]
    generators = np.zeros((n * (n - 1) // 2, n, n))
    for G, (i, j) in zip(generators, combinations(range(n), 2), strict=True):
        G[i, j], G[j, i] = -signs[i], signs[j]
    return generators


def unitary_algebra(n: int, *, special: bool = False) -> Complex[np.ndarray, "d n n"]:
    """Generators of u(n), the antihermitian matrices, or of su(n), those without a trace.

    Args:
        n: The number of complex coordinates.
        special: su(n), which needs n of 2 or more.

    Returns:
        Of shape (n², n, n), or (n² − 1, n, n): for each pair of coordinates a rotation and a
        rotation with i, then the diagonal ones.

    Raises:
        ValueError: If n is too small.
    """
    n = as_integer(n, "n", minimum=2 if special else 1)
    pairs = list(combinations(range(n), 2))
    off = np.zeros((2 * len(pairs), n, n), complex)
    for k, (i, j) in enumerate(pairs):
        off[2 * k, i, j], off[2 * k, j, i] = -1, 1
        off[2 * k + 1, i, j] = off[2 * k + 1, j, i] = 1j
    diagonals = np.eye(n)[:-1] - np.eye(n)[1:] if special else np.eye(n)
    return np.concatenate([off, 1j * diagonals[:, :, None] * np.eye(n)])

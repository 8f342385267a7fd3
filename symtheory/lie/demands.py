"""What descents share: constraints as rows, whose products with a matrix are to vanish."""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float, Inexact
from numpy.typing import ArrayLike, NDArray

from symtheory._checks import as_complex_values
from symtheory.lie.checks import as_rows

__all__ = ["SQUARED_NORM", "as_constraints", "as_matrices", "demands"]

# What |G|² is to be: that of a rotation in a plane, whose entries are 1 and −1.
SQUARED_NORM = 2.0


def as_constraints(constraints: ArrayLike) -> Inexact[np.ndarray, "m n n"]:
    """Constraints on square matrices.

    Raises:
        ValueError: If they are not.
    """
    given = as_complex_values(constraints, "constraints")
    if given.ndim != 3 or given.shape[1] != given.shape[2] or not given.size:
        raise ValueError(
            f"Expected constraints of shape (m, n, n). Got shape {given.shape}. "
            "Try invariance_constraints(points, gradients)."
        )
    return given


def demands(constraints: NDArray[np.inexact]) -> Float[np.ndarray, "few entries"]:
    """Rows whose sum of squared products with a matrix is the mean over all constraints.

    They are scaled so that this is 1, in the mean, for a random matrix of norm 1.
    """
    largest = np.abs(constraints).max()
    rows = as_rows(np.conj(constraints) / (largest or 1.0))
    scale = np.linalg.norm(rows) / np.sqrt(rows.shape[1])
    if len(rows) > rows.shape[1]:
        # Far more constraints than entries say the same as a triangle of them.
        rows = np.asarray(np.linalg.qr(rows, mode="r"))
    return rows / (scale or 1.0)


def as_matrices(rows: Any, n: int, is_complex: bool) -> Any:
    """What `as_rows` has made rows of, in NumPy or in JAX: shape (..., n, n)."""
    if is_complex:
        rows = rows[..., : n * n] + 1j * rows[..., n * n :]
    return rows.reshape(*rows.shape[:-1], n, n)

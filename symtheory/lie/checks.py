"""What is taken for generators, and for the structure constants of an algebra."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Inexact
from numpy.typing import ArrayLike, NDArray

from symtheory._checks import as_complex_values, as_real_values

__all__ = ["as_constants", "as_generators", "as_rows"]

# Of the largest singular value: what is smaller counts as zero.
_DEPENDENT = 1e-10


def as_generators(generators: ArrayLike) -> Inexact[np.ndarray, "dimension n n"]:
    """Square matrices that are linearly independent over the reals.

    Raises:
        ValueError: If they are not.
    """
    matrices = as_complex_values(generators, "generators")
    if matrices.ndim != 3 or matrices.shape[1] != matrices.shape[2] or not matrices.size:
        raise ValueError(
            "Expected generators of shape (dimension, n, n). "
            f"Got shape {matrices.shape}. Try numpy.stack(matrices)."
        )
    rows = as_rows(matrices)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    # Each of norm 1: a small generator is as good as a large one.
    size = np.linalg.svd(rows / np.where(norms > 0, norms, 1), compute_uv=False)
    independent = np.count_nonzero(size > _DEPENDENT * size[0]) if size[0] else 0
    if independent < len(matrices):
        raise ValueError(
            f"Expected linearly independent generators. Got {len(matrices)}, "
            f"of which {independent} are. Try a basis of their span."
        )
    return matrices


def as_constants(constants: ArrayLike) -> Float[np.ndarray, "d d d"]:
    """Structure constants, antisymmetric in the first two indices.

    Raises:
        ValueError: If they are not.
    """
    f = as_real_values(constants, "structure constants")
    if f.ndim != 3 or len(set(f.shape)) != 1 or not f.size:
        raise ValueError(
            f"Expected structure constants of shape (d, d, d). Got shape {f.shape}. "
            "Try structure_constants(generators)."
        )
    if np.abs(f + f.swapaxes(0, 1)).max() > 1e-6 * max(np.abs(f).max(), 1e-300):
        raise ValueError(
            "Expected structure constants that change their sign with the first two indices. "
            "Got others. Try structure_constants(generators)."
        )
    return f


def as_rows(matrices: NDArray[np.inexact]) -> Float[np.ndarray, "m entries"]:
    """Each, along the first axis, as a row of real numbers: real parts first."""
    rows = matrices.reshape(len(matrices), -1)
    return np.hstack([rows.real, rows.imag]) if np.iscomplexobj(rows) else rows

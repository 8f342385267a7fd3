"""How alike two kernels are."""

from __future__ import annotations

import numpy as np
from jax import Array

__all__ = ["alignment"]


def alignment(one: np.ndarray | Array, other: np.ndarray | Array) -> np.ndarray:
    """The alignment of kernel matrices, ⟨K, K'⟩/(‖K‖‖K'‖), their cosine (Cristianini et al. 2001).

    Args:
        one: Matrices K, of shape (..., n, n).
        other: Matrices K', likewise.

    Returns:
        Shape (...): 1 where K' is K but for a factor.
    """
    between, first, second = (
        (x * y).sum(axis=(-2, -1)) for x, y in ((one, other), (one, one), (other, other))
    )
    return np.asarray(between / np.sqrt(np.asarray(first * second)))

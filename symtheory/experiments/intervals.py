"""How sure a median over random draws is."""

from __future__ import annotations

import numpy as np
from scipy.special import bdtrc


def median_interval(values: np.ndarray, *, level: float = 0.95) -> np.ndarray:
    """The bootstrap interval of the medians along the last axis, without resampling.

    Of n draws in order, x₁ ≤ … ≤ xₙ, the m-th of a resample is at most x_k if at least m of its n
    draws are among the first k, which has a binomial probability (Efron 1979, section 3). If n is
    even the median is between two of them: the lower one gives the lower end, the upper one the
    upper end.

    Args:
        values: of shape (..., draws).
        level: of confidence.

    Returns:
        Shape (..., 2): the lower and the upper ends. NaN where a value is.

    Raises:
        ValueError: if there is no draw, or the level is not between 0 and 1.
    """
    values = np.asarray(values)
    n = values.shape[-1] if values.ndim else 0
    if not n or not 0 < level < 1:
        raise ValueError(
            "Expected values of at least one draw, and a level between 0 and 1. "
            f"Got shape {values.shape} and {level}. Try level=0.95."
        )
    share = np.arange(1, n + 1) / n  # of the draws that are at most x_k
    tails = ((n + 1) // 2, (1 - level) / 2), (n // 2 + 1, (1 + level) / 2)
    chosen = [int(np.argmax(bdtrc(m - 1, n, share) >= tail)) for m, tail in tails]
    ends = np.sort(values, axis=-1)[..., chosen]
    return np.where(np.isnan(values).any(axis=-1, keepdims=True), np.nan, ends)

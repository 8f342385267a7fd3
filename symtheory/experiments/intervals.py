"""How sure a median over random draws is."""

from __future__ import annotations

import numpy as np

RESAMPLES = 1000


def median_interval(values: np.ndarray, *, level: float = 0.95, seed: int = 0) -> np.ndarray:
    """A bootstrap interval of the medians along the last axis (Efron 1979, percentile method).

    The same resamples serve all other axes: what is compared there was measured on the same draws.

    Args:
        values: of shape (..., draws).
        level: of confidence.
        seed: draws the resamples.

    Returns:
        Shape (..., 2): the lower and the upper ends. NaN where a value is.

    Raises:
        ValueError: if there is no draw, or the level is not between 0 and 1.
    """
    values = np.asarray(values)
    draws = values.shape[-1] if values.ndim else 0
    if not draws or not 0 < level < 1:
        raise ValueError(
            "Expected values of at least one draw, and a level between 0 and 1. "
            f"Got shape {values.shape} and {level}. Try level=0.95."
        )
    chosen = np.random.default_rng(seed).integers(draws, size=(RESAMPLES, draws))
    flat = values.reshape(-1, draws)
    medians = np.stack([np.median(row[chosen], axis=-1) for row in flat])
    ends = np.quantile(medians, [(1 - level) / 2, (1 + level) / 2], axis=-1)
    return np.moveaxis(ends, 0, -1).reshape(*values.shape[:-1], 2)

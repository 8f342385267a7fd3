"""What runs over pairs of images show: medians over the pairs, and how sure they are."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np

from symtheory.experiments.shared.statistics import median_interval

__all__ = ["MEDIANS", "summary"]

MEDIANS = (
    "exact_error",
    "orbit_mean_error",
    "spectral_error",
    "circulant_error",
    "symmetry_defect",
)


def summary(data: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What a run shows, over the pairs of each combination of settings.

    Args:
        data: by name, arrays whose last axis are pairs. NaN stands for a pair that was not
            computed.

    Returns:
        By name, arrays without that axis: the medians of `exact_error` (the mean of the two held
        out images, as in the paper), and where there are any of `orbit_mean_error`,
        `spectral_error`, `circulant_error` and `symmetry_defect`, with 95 % bootstrap intervals,
        for one more axis of length 2, `exact_error_interval` and so on; `general_gap` and
        `circulant_gap`, the medians of the relative differences of the two formulas from the orbit
        mean of the exact error; `fraction_correct`, a mean; and `pairs`, how many there are:
        where there is none, all else is NaN.
    """
    computed = np.isfinite(data["exact_error"])
    count = computed.sum(axis=-1)
    result: dict[str, np.ndarray] = {}
    for key in MEDIANS:
        if key in data:
            result[key] = _median(data[key])
            intervals = np.full((*count.shape, 2), np.nan)
            for place in zip(*np.nonzero(count), strict=True):
                intervals[place] = median_interval(data[key][place][computed[place]])
            result[f"{key}_interval"] = intervals
    exact = data.get("orbit_mean_error", data["exact_error"])  # the same for an exact action
    correct = np.where(computed, data["number_correct"], 0).sum(axis=-1)
    return result | {
        "general_gap": _median(data["general_gap"]),
        "circulant_gap": _median(np.abs(data["circulant_error"] / exact - 1)),
        "fraction_correct": correct / np.where(count, 2.0 * count, np.nan),
        "pairs": count,
    }


def _median(values: np.ndarray) -> np.ndarray:
    """Along the last axis, without NaN."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "All-NaN slice", RuntimeWarning)
        return np.asarray(np.nanmedian(values, axis=-1))

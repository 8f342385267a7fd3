"""Correlation, and how sure a number is that came of random draws: bootstrap, Student, Wilson."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
from scipy import stats
from scipy.special import bdtrc

from symtheory._intervals import share_interval

__all__ = [
    "RESAMPLES",
    "bootstrap_interval",
    "correlation",
    "mean_interval",
    "mean_square_interval",
    "median_interval",
    "median_ratio",
    "share_interval",
    "t_interval",
]

RESAMPLES = 1000


def correlation(x: np.ndarray, y: np.ndarray, *, axis: int | tuple[int, ...] = -1) -> np.ndarray:
    """Pearson's correlation along axes, of many samples at once.

    Args:
        x: Of a shape that broadcasts with that of y.
        y: Likewise.
        axis: One or several, over which together it is taken.

    Returns:
        An array without those axes: NaN where x or y is constant along them, or holds a NaN.
    """
    x, y = np.broadcast_arrays(np.asarray(x, float), np.asarray(y, float))
    varies = (np.ptp(x, axis=axis) > 0) & (np.ptp(y, axis=axis) > 0)
    x, y = (values - values.mean(axis=axis, keepdims=True) for values in (x, y))
    xx, xy, yy = ((a * b).mean(axis=axis) for a, b in ((x, x), (x, y), (y, y)))
    result = np.full(varies.shape, np.nan)
    return np.divide(xy, np.sqrt(xx * yy), out=result, where=varies)


def bootstrap_interval(
    statistic: Callable[..., np.ndarray], *samples: np.ndarray, level: float = 0.95
) -> np.ndarray:
    """The percentile interval of a statistic from resampling what was drawn (Efron 1979).

    Args:
        statistic: takes resamples, of shape (resamples, draws, ...) each, to (resamples, ...).
        samples: arrays with one first axis, the draws; drawn together.
        level: of confidence.

    Returns:
        Shape (..., 2): the lower and the upper ends. Resamples whose statistic is NaN, as a
        correlation of one draw with itself, are left out. NaN where all of them are, and for a
        single draw, which says nothing of how sure it is.

    Raises:
        ValueError: if there is no draw, or samples differ in their number.
    """
    samples = tuple(map(np.asarray, samples))
    draws = len(samples[0])
    if not draws or any(len(sample) != draws for sample in samples):
        raise ValueError(
            "Expected samples of the same draws, at least one. "
            f"Got {', '.join(str(len(sample)) for sample in samples)}. Try arrays of one length."
        )
    if draws == 1:
        return np.full((*statistic(*(sample[None] for sample in samples)).shape[1:], 2), np.nan)

    def of_chosen(chosen: np.ndarray, axis: int) -> np.ndarray:
        values = statistic(*(sample[np.atleast_2d(chosen)] for sample in samples))
        return np.moveaxis(values, 0, -1)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)  # NaN is left out below
        resampled = stats.bootstrap(
            (np.arange(draws),),
            of_chosen,
            n_resamples=RESAMPLES,
            vectorized=True,
            method="percentile",
            random_state=np.random.default_rng(0),
        ).bootstrap_distribution
        warnings.filterwarnings("ignore", "All-NaN slice", RuntimeWarning)
        ends = np.nanquantile(resampled, [(1 - level) / 2, (1 + level) / 2], axis=-1)
    return np.moveaxis(ends, 0, -1)


def mean_interval(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean along the last axis, without NaN, and its `bootstrap_interval`.

    It stays where the values are, as fractions within [0, 1], which half a width by Student's t
    does not.

    Args:
        values: of shape (..., draws).

    Returns:
        Shape (...), and (..., 2): the lower and the upper ends. Draws that are NaN anywhere are
        left out of all intervals. These are NaN where fewer than two draws remain, and where all
        values are NaN.
    """
    mean = t_interval(values)[0]
    interval = np.full((*mean.shape, 2), np.nan)
    measured = ~np.isnan(mean)
    draws = values[measured].T
    draws = draws[~np.isnan(draws).any(axis=1)]
    if len(draws) > 1:
        interval[measured] = bootstrap_interval(lambda x: np.asarray(x.mean(axis=1)), draws)
    return mean, interval


def median_interval(values: np.ndarray, *, level: float = 0.95) -> np.ndarray:
    """`bootstrap_interval` of medians along the last axis, exactly: without resampling.

    Of n draws in order, x₁ ≤ … ≤ xₙ, the m-th of a resample is at most x_k if at least m of its n
    draws are among the first k, which has a binomial probability (Efron 1979, section 3). If n is
    even the median is between two of them: the lower one gives the lower end, the upper one the
    upper end.

    Args:
        values: of shape (..., draws).
        level: of confidence.

    Returns:
        Shape (..., 2): the lower and the upper ends. NaN where a value is, and for a single draw.

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
    unknown = np.isnan(values).any(axis=-1, keepdims=True) | (n == 1)
    return np.where(unknown, np.nan, ends)


def median_ratio(pairs: np.ndarray, *, level: float = 0.95) -> tuple[float, float, float]:
    """How many times the first of each pair the second is: the median, and its interval.

    Args:
        pairs: Of shape (pairs, 2), such as seconds of two ways, taken in turn.
        level: Of confidence.

    Returns:
        The median over pairs, and order statistics that hold the true median in at least that share
        of all cases, whatever the distribution; NaN where there are too few pairs: at 95 %, five.
    """
    ratios = pairs[:, 1] / pairs[:, 0]
    interval = stats.quantile_test(ratios, q=np.median(ratios)).confidence_interval(level)
    return float(np.median(ratios)), float(interval.low), float(interval.high)


def t_interval(values: np.ndarray, *, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """The mean along the last axis, without NaN, and half of its interval by Student's t.

    Args:
        values: of shape (..., draws).
        level: of confidence.

    Returns:
        Two arrays without that axis. The half is NaN for a single draw, both are for none.
    """
    there = ~np.isnan(values)
    count = there.sum(axis=-1)
    mean = np.where(there, values, 0.0).sum(axis=-1) / np.maximum(count, 1)
    squares = np.where(there, np.square(values - mean[..., None]), 0.0).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(squares / (count - 1) / count)
        half = stats.t.ppf((1 + level) / 2, count - 1) * error
    return np.where(count > 0, mean, np.nan), half


def mean_square_interval(
    values: np.ndarray, *, level: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """The mean square of a mean curve, without what noise adds to it, and half of its interval.

    Of independent curves v₁, …, v_n with one mean v, the squared norm of their average is too large
    by its variance. The mean of ⟨v_i, v_j⟩ over i ≠ j is not: its expectation is ‖v‖² (Hoeffding
    1948), and it falls below 0 by chance where v is 0. The interval is Student's t of the
    jackknife's pseudo-values (Tukey 1958).

    Args:
        values: Of shape (..., curves, points), at least three curves.
        level: Of confidence.

    Returns:
        Two arrays of shape (...): the mean over points of v², and half of its interval.

    Raises:
        ValueError: If there are fewer than three curves.
    """
    values = np.asarray(values)
    n = values.shape[-2] if values.ndim > 1 else 0
    if n < 3:
        raise ValueError(
            f"Expected at least three curves, along the last axis but one. Got shape "
            f"{values.shape}. Try more starts."
        )
    products = values @ np.swapaxes(values, -1, -2) / values.shape[-1]
    own = np.diagonal(products, axis1=-2, axis2=-1)
    with_others = products.sum(axis=-1) - own
    total = with_others.sum(axis=-1, keepdims=True)
    estimate = total[..., 0] / (n * (n - 1))
    without = (total - 2 * with_others) / ((n - 1) * (n - 2))
    _, half = t_interval(n * estimate[..., None] - (n - 1) * without, level=level)
    return estimate, half

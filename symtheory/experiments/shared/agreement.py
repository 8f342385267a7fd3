"""How well predicted errors say what trained networks do, with intervals from resampling pairs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from symtheory.experiments.shared.statistics import (
    bootstrap_interval,
    correlation,
    share_interval,
)

__all__ = ["agreement", "by_order", "median_of_pairs"]


def agreement(trained: np.ndarray, predicted: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What trained networks get wrong, and how each prediction agrees with it.

    Slopes are of ordinary least squares of the trained network's error on the predicted one: the
    prediction is a number without noise, and the network, whose start is random, has all of it, so
    that no slope is diluted.

    Args:
        trained: errors 1 - y·f of networks, of shape (pairs, 2).
        predicted: by name, errors of that shape; NaN where a pair has none.

    Returns:
        By name, a number and the ends of its 95 % interval from resampling pairs (Efron 1979,
        percentile method), of shape (3,): `trained_correct`, the fraction of held-out images of
        which the network gets the sign right, and `trained_error`, its median error; for each
        prediction that a pair has `NAME_correct` and `NAME_error`, the same for it,
        `NAME_correlation` and `NAME_slope` of the network's error with it, and `NAME_bias`, the
        mean of the network's error less the predicted. One pair has no interval, but NaN. Where all
        images are right, or none, resampling finds no other pairs, and the interval of the fraction
        is Wilson's, of as many trials as there are pairs.
    """
    found = {
        "trained_correct": _share(trained < 1),
        "trained_error": median_of_pairs(trained),
    }
    for name, error in predicted.items():
        known = np.isfinite(error).all(axis=-1)
        if not known.any():
            continue
        x, y = error[known], trained[known]
        found[f"{name}_correct"] = _share(x < 1)
        found[f"{name}_error"] = median_of_pairs(x)
        found[f"{name}_correlation"] = _with_interval(correlation, x, y)
        found[f"{name}_slope"] = _with_interval(_slope, x, y)
        found[f"{name}_bias"] = _with_interval(_bias, x, y)
    return found


def median_of_pairs(values: np.ndarray) -> np.ndarray:
    """The median of values (pairs, 2), and the ends of its interval: shape (3,)."""
    return _with_interval(_median, values)


def by_order(rows: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Of what `agreement` says at each order, numbers (orders,) and `…_interval` (orders, 2)."""
    result: dict[str, np.ndarray] = {}
    for name in rows[0]:
        values = np.stack([row[name] for row in rows])
        result |= {name: values[:, 0], f"{name}_interval": values[:, 1:]}
    return result


def _with_interval(statistic: Callable[..., np.ndarray], *arrays: np.ndarray) -> np.ndarray:
    """A statistic of arrays (pairs, 2) and the ends of its interval: shape (3,)."""

    def flat(*resamples: np.ndarray) -> np.ndarray:
        return statistic(*(values.reshape(len(values), -1) for values in resamples))

    value = flat(*(array[None] for array in arrays))
    return np.concatenate([value, bootstrap_interval(flat, *arrays)])


def _share(right: np.ndarray) -> np.ndarray:
    """The fraction of images (pairs, 2) that are right, and the ends of its interval: (3,)."""
    found, pairs = _with_interval(_mean, right), np.array(float(len(right)))
    if pairs > 1 and found[0] in (0, 1):
        found[1:] = share_interval(found[0], pairs)
    return found


# Each of the following takes arrays of shape (samples, points) to shape (samples,).
def _mean(x: np.ndarray) -> np.ndarray:
    return np.asarray(np.mean(x, axis=-1))


def _median(x: np.ndarray) -> np.ndarray:
    return np.asarray(np.median(x, axis=-1))


def _bias(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return _mean(y - x)


def _slope(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    x, y = (values - values.mean(axis=-1, keepdims=True) for values in (x, y))
    with np.errstate(invalid="ignore"):  # predictions that are all the same have none
        return np.asarray(_mean(x * y) / _mean(x * x))

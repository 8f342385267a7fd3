"""Does convolution help with a missing rotation, and with which readout? The paper's figures 4, 5.

Two digits of different classes, each with all its N rotations but one left out, under the kernel of
one convolution (circular padding, no bias), read out place by place (*dense*) or after global
average pooling (*pooled*).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from symtheory.actions import orbit, rotation_action
from symtheory.datasets import Dataset, normalize, sample_pairs
from symtheory.experiments.architectures import Preparation, coarser, measure, unit_norm
from symtheory.experiments.checkpoints import Plan, Unit
from symtheory.experiments.checks import check_orders, require_float64
from symtheory.experiments.intervals import median_interval
from symtheory.groups import cyclic_group
from symtheory.ntk import CNNKernel
from symtheory.orbit_gram import orbit_gram

READOUTS = ("dense", "pooled")
PREPARATIONS: dict[str, Preparation] = {"zero-mean": normalize, "unit-norm": unit_norm}
# What is stored of each pair; where `measure` tells the two held-out images apart, their mean.
QUANTITIES = (
    "exact_error",
    "orbit_mean_error",
    "spectral_error",
    "circulant_error",
    "general_gap",
    "signal",
    "noise",
    "feature_spread",
    "symmetry_defect",
)
MEDIANS = (
    "exact_error",
    "orbit_mean_error",
    "spectral_error",
    "circulant_error",
    "symmetry_defect",
)
DENSE_PAIRS = 8  # in a unit of work, where the readout is dense
# What takes time, in seconds: a pair of places, each pixel of the filter there, and a measurement.
PLACE, TAP, MEASUREMENT = 3.5e-9, 0.5e-9, 0.015
WORKERS = 2


def cnn_kernel(readout: str, side: int) -> CNNKernel:
    """The kernel of one convolution with square filters.

    Raises:
        ValueError: for another readout, or a side that is not odd.
    """
    if readout not in READOUTS:
        raise ValueError(f"Expected a readout among {', '.join(READOUTS)}. Got {readout!r}.")
    return CNNKernel(filter_shape=(side, side), pooling="global" if readout == "pooled" else "none")


def separation_and_spread(points: np.ndarray) -> tuple[float, float]:
    """How far apart two orbits are among images, and how wide.

    Args:
        points: normalized, of shape (2, N, height, width).

    Returns:
        Δ², the squared distance between the means of the two orbits, and ρ, the mean distance of an
        image from the mean of its orbit.
    """
    mean = points.mean(axis=1, keepdims=True)
    distance = np.sqrt(np.square(points - mean).sum(axis=(-2, -1)))
    return float(np.square(mean[0] - mean[1]).sum()), float(distance.mean())


def summarized(measured: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What is stored of what `architectures.measure` returns: means over the two orbits.

    `general_gap` is the relative difference of the general formula from the orbit mean of the exact
    error, of which float32 would keep nothing where it is tiny.
    """
    gap = np.abs(measured["spectral_error"] / measured["orbit_mean_error"] - 1)
    values = {**measured, "general_gap": gap}
    means = {key: values[key] for key in QUANTITIES}
    return {key: value.mean(axis=-1) if value.ndim == 2 else value for key, value in means.items()}


def empty(shape: tuple[int, ...]) -> dict[str, np.ndarray]:
    """The arrays to fill with what `summarized` returns, and with the number correct."""
    arrays = {key: np.full(shape, np.nan, dtype=np.float32) for key in QUANTITIES}
    return arrays | {"number_correct": np.full(shape, -1, dtype=np.int8)}


def plan(dataset: Dataset, parameters: Mapping[str, Any]) -> Plan:
    """What a run computes.

    Args:
        dataset: images of at least two classes.
        parameters: `pairs` of images of different classes, and of these `pooled_pairs` with the
            pooled readout too, which takes far longer; `orders`, numbers of rotations that divide
            the largest; `filters`, their sides in pixels; `preparations` of the rotated images,
            zero-mean (and unit norm) or unit-norm alone; `ridge`, as a fraction of the trace of the
            Gram matrix; `seed`, which draws the pairs.

    Returns:
        A plan of arrays of shape (readouts, filters, preparations, orders, pairs), readouts in the
        order of `READOUTS`: what `summarized` returns, and `number_correct` of the two held-out
        images. Where the readout is pooled, pairs beyond `pooled_pairs` are NaN, and -1. Besides,
        of shape (1, 1, preparations, orders, pairs), `squared_separation` Δ² and `spread` ρ. The
        constants are `orders`, `filters` and `pairs`.

    Raises:
        ValueError: for orders, filters, preparations or numbers of pairs out of range.
    """
    orders, filters = _check(dataset, parameters)
    n_pairs, n_pooled = parameters["pairs"], parameters["pooled_pairs"]
    n_preparations = len(parameters["preparations"])
    pairs = sample_pairs(dataset.labels, n_pairs, seed=parameters["seed"])
    starts = range(n_pooled, n_pairs, DENSE_PAIRS)
    parts = [slice(start, min(start + DENSE_PAIRS, n_pairs)) for start in starts]
    dense, pooled = (_seconds(name, filters, orders, dataset.images[0].size) for name in READOUTS)
    costs = [dense * (part.stop - part.start) for part in parts] + n_pooled * [dense + pooled]
    parts += [slice(k, k + 1) for k in range(n_pooled)]
    shape = (len(filters), n_preparations, len(orders), n_pairs)
    arrays = empty((len(READOUTS), *shape))
    for key in ("squared_separation", "spread"):
        arrays[key] = np.full((1, 1, *shape[1:]), np.nan, dtype=np.float32)
    every = slice(None)
    return Plan(
        arrays=arrays,
        units=[(every, every, p, every, part) for part in parts for p in range(n_preparations)],
        costs=[cost for cost in costs for _ in range(n_preparations)],
        constants={
            "orders": np.array(orders),
            "filters": np.array(filters),
            "pairs": pairs.astype(np.int32),
        },
        workers=WORKERS,
    )


def compute(
    dataset: Dataset, parameters: Mapping[str, Any], unit: Unit
) -> Mapping[str, np.ndarray]:
    """Some pairs in one preparation, with all filters, at all orders."""
    require_float64()
    orders, filters = parameters["orders"], parameters["filters"]
    prepare = PREPARATIONS[parameters["preparations"][unit[2]]]
    pairs = sample_pairs(dataset.labels, parameters["pairs"], seed=parameters["seed"])
    part = unit[4]
    assert isinstance(part, slice)
    chosen = pairs[part]
    shape = (len(filters), len(orders), len(chosen))
    arrays = empty((len(READOUTS), *shape))
    distances = np.zeros((2, 1, 1, *shape[1:]))
    largest = max(orders)
    action = rotation_action(largest, dataset.images.shape[1:])
    readouts = READOUTS if part.start < parameters["pooled_pairs"] else READOUTS[:1]
    for column, pair in enumerate(chosen):
        points = prepare(orbit(dataset.images[pair], action))
        for row, order in enumerate(orders):
            steps = slice(None, None, largest // order)
            distances[:, 0, 0, row, column] = separation_and_spread(points[:, steps])
        for readout, name in enumerate(readouts):
            # Always as many matrices at a time as there are filters: one size to compile.
            matrices = np.stack(
                [np.asarray(orbit_gram(cnn_kernel(name, k), points, action)) for k in filters]
            )
            for row, order in enumerate(orders):
                found = measure(
                    coarser(matrices, largest, order),
                    cyclic_group(order),
                    ridge=parameters["ridge"],
                )
                for key, value in summarized(found).items():
                    arrays[key][readout, :, row, column] = value
                arrays["number_correct"][readout, :, row, column] = found["number_correct"]
    return arrays | {"squared_separation": distances[0], "spread": distances[1]}


def summary(data: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What a run shows, over the pairs of each combination of settings.

    Args:
        data: by name, arrays whose last axis are pairs, from a run of this experiment, of `shifts`
            or of `depth`. NaN stands for a pair that was not computed.

    Returns:
        By name, arrays without that axis: the medians of `exact_error` (the mean of the two held
        out images, as in the paper), and where there are any of `orbit_mean_error`,
        `spectral_error`, `circulant_error` and `symmetry_defect`, with 95 % bootstrap intervals,
        for one more axis of length 2, `exact_error_interval` and so on; `general_gap` and
        `circulant_gap`, the medians of the relative differences of the two formulas from the orbit
        mean of the exact error; `fraction_correct`, a mean; and `pairs`, how many there are.
    """
    computed = np.isfinite(data["exact_error"])
    result: dict[str, np.ndarray] = {}
    for key in MEDIANS:
        if key in data:
            result[key] = np.nanmedian(data[key], axis=-1)
            intervals = np.empty((*computed.shape[:-1], 2))
            for place in np.ndindex(computed.shape[:-1]):
                intervals[place] = median_interval(data[key][place][computed[place]])
            result[f"{key}_interval"] = intervals
    exact = data.get("orbit_mean_error", data["exact_error"])  # the same for an exact action
    correct = np.where(computed, data["number_correct"], 0).sum(axis=-1)
    return result | {
        "general_gap": np.nanmedian(data["general_gap"], axis=-1),
        "circulant_gap": np.nanmedian(np.abs(data["circulant_error"] / exact - 1), axis=-1),
        "fraction_correct": correct / (2 * computed.sum(axis=-1)),
        "pairs": computed.sum(axis=-1),
    }


def check_settings(
    dataset: Dataset, filters: Sequence[int], preparations: Sequence[str]
) -> list[int]:
    """The filters of a run, checked.

    Raises:
        ValueError: for filters that are not odd, larger than the images or repeated, or for other
            preparations than those there are.
    """
    largest = min(dataset.images.shape[1:])
    valid = filters and all(1 <= k <= largest and k % 2 for k in filters)
    if not valid or len(set(filters)) < len(filters):
        raise ValueError(
            f"Expected different odd sides of filters, up to {largest}. Got {list(filters)}. "
            "Try [3, 5]."
        )
    known = set(preparations) <= PREPARATIONS.keys()
    if not preparations or not known or len(set(preparations)) < len(preparations):
        raise ValueError(
            f"Expected different preparations among {', '.join(PREPARATIONS)}. "
            f"Got {list(preparations)}."
        )
    return [int(k) for k in filters]


def _check(dataset: Dataset, parameters: Mapping[str, Any]) -> tuple[list[int], list[int]]:
    orders = check_orders(parameters["orders"])
    if any(max(orders) % order for order in orders):
        raise ValueError(
            f"Expected numbers of rotations that divide the largest. Got {orders}. Try [2, 4, 8]."
        )
    filters = check_settings(dataset, parameters["filters"], parameters["preparations"])
    if not 0 <= parameters["pooled_pairs"] <= parameters["pairs"]:
        raise ValueError(
            f"Expected pooled_pairs between 0 and the number of pairs, {parameters['pairs']}. "
            f"Got {parameters['pooled_pairs']}."
        )
    return orders, filters


def _seconds(readout: str, filters: Sequence[int], orders: Sequence[int], places: int) -> float:
    """About what a pair takes. Symmetry leaves a bit more than N²/2 entries of the Gram matrix."""
    compared = max(orders) ** 2 / 1.6 * (places**2 if readout == "pooled" else places)
    each = sum(PLACE + TAP * k * k for k in filters)
    return compared * each + MEASUREMENT * len(filters) * len(orders)

"""One convolution and two readouts: what is asked, planned and stored of pairs of images.

Circular padding, no bias; read out place by place (*dense*) or after global average pooling
(*pooled*).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from symtheory.datasets import Dataset, normalize, sample_pairs
from symtheory.experiments.shared.architectures import Preparation, unit_norm
from symtheory.ntk import CNNKernel
from symtheory.runs import Plan

__all__ = [
    "OF_IMAGES",
    "PREPARATIONS",
    "QUANTITIES",
    "READOUTS",
    "Unit",
    "cnn_kernel",
    "empty",
    "plan_convolutions",
    "separation_and_spread",
    "summarized",
]

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
OF_IMAGES = ("squared_separation", "spread")


class Unit(NamedTuple):
    """Some pairs in one preparation, with all readouts and filters, at all orders."""

    readouts: slice
    filters: slice
    preparation: int
    orders: slice
    pairs: slice


def cnn_kernel(readout: str, side: int) -> CNNKernel:
    """The kernel of one convolution with square filters.

    Raises:
        ValueError: for another readout, or a side that is not odd.
    """
    if readout not in READOUTS:
        raise ValueError(
            f"Expected a readout among {', '.join(READOUTS)}. Got {readout!r}. Try {READOUTS[0]!r}."
        )
    return CNNKernel(filter_shape=(side, side), pooling="global" if readout == "pooled" else "none")


def separation_and_spread(points: np.ndarray) -> tuple[float, float]:
    """How far apart two orbits are among images, and how wide.

    Args:
        points: normalized, of shape (2, N, height, width).

    Returns:
        Δ², the squared distance between the means of the two orbits, and R, the mean distance of an
        image from the mean of its orbit.
    """
    mean = points.mean(axis=1, keepdims=True)
    distance = np.sqrt(np.square(points - mean).sum(axis=(-2, -1)))
    return float(np.square(mean[0] - mean[1]).sum()), float(distance.mean())


def summarized(measured: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What is stored of what `architectures.measure` returns: means over the two orbits.

    Of `exact_error` and `orbit_mean_error` the sizes |1 - yŷ| are meant, as in the paper. They are
    how far single errors are from 0, also where these have either sign, as those of a pooled
    network do under rotations by interpolation. `general_gap` is the relative difference of the
    general formula from the orbit mean, of which float32 would keep nothing where it is tiny.
    """
    sizes = {
        "exact_error": np.abs(measured["exact_error"]),
        "orbit_mean_error": measured["orbit_mean_size"],
    }
    gap = np.abs(measured["spectral_error"] / sizes["orbit_mean_error"] - 1)
    values = {**measured, **sizes, "general_gap": gap}
    means = {key: values[key] for key in QUANTITIES}
    return {key: value.mean(axis=-1) if value.ndim == 2 else value for key, value in means.items()}


def empty(shape: tuple[int, ...], quantities: Sequence[str] = QUANTITIES) -> dict[str, np.ndarray]:
    """The arrays to fill with what `summarized` returns, and with the number correct."""
    arrays = {key: np.full(shape, np.nan, dtype=np.float32) for key in quantities}
    return arrays | {"number_correct": np.full(shape, -1, dtype=np.int8)}


def plan_convolutions(
    dataset: Dataset,
    settings: Any,
    quantities: Sequence[str],
    parts: Mapping[tuple[int, int], float],
) -> Plan:
    """A plan with a unit of work for some pairs in each preparation.

    Args:
        dataset: images of at least two classes.
        settings: `pairs`, `orders`, `filters`, `preparations` and `seed`.
        quantities: what is stored of each pair.
        parts: from the first pair and the one after the last of each unit of work to its cost.

    Returns:
        Arrays of shape (readouts, filters, preparations, orders, pairs), readouts in the order of
        `READOUTS`: the quantities and `number_correct`. Of shape (1, 1, preparations, orders,
        pairs), `squared_separation` Δ² and `spread` R. As constants `orders`, `filters` and
        `pairs`.

    Raises:
        ValueError: for filters that are not odd or larger than the images, or as `sample_pairs`.
    """
    _check_filters(dataset, settings.filters)
    pairs = sample_pairs(dataset.labels, settings.pairs, seed=settings.seed)
    preparations = range(len(settings.preparations))
    of_images = (len(preparations), len(settings.orders), len(pairs))
    arrays = empty((len(READOUTS), len(settings.filters), *of_images), quantities)
    for key in OF_IMAGES:
        arrays[key] = np.full((1, 1, *of_images), np.nan, dtype=np.float32)
    every = slice(None)
    return Plan(
        arrays=arrays,
        units=[Unit(every, every, p, every, slice(*part)) for part in parts for p in preparations],
        costs=[cost for cost in parts.values() for _ in preparations],
        constants={
            "orders": np.array(settings.orders),
            "filters": np.array(settings.filters),
            "pairs": pairs.astype(np.int32),
        },
        workers=2,
    )


def _check_filters(dataset: Dataset, filters: Sequence[int]) -> None:
    largest = min(dataset.images.shape[1:])
    if not all(side <= largest and side % 2 for side in filters):
        raise ValueError(
            f"Expected odd sides of filters, up to {largest}. Got {list(filters)}. Try [3, 5]."
        )

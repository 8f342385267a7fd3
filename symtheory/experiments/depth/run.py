"""Does depth help with a missing rotation? The paper's figures 4 and 5, fully connected networks.

Two digits of different classes, each with all its N rotations but one left out, under the neural
tangent kernels of fully connected networks of several depths.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from symtheory.datasets import Dataset, sample_pairs
from symtheory.experiments.depth.settings import Depth
from symtheory.experiments.shared.rotated_pairs import measure_orders, pairs_at_a_time
from symtheory.experiments.shared.summaries import summary
from symtheory.runs import Plan

__all__ = ["Unit", "compute", "plan", "summary"]

# What is stored of each pair; where the two held-out images are told apart, their mean.
QUANTITIES = (
    "exact_error",
    "orbit_mean_error",
    "circulant_error",
    "last_eigenvalue",
    "general_gap",
)
OF_IMAGES = ("squared_separation", "spread")
WORKERS = 4


class Unit(NamedTuple):
    """Some pairs, with all networks, at all orders."""

    depths: slice
    orders: slice
    pairs: slice


def plan(dataset: Dataset, settings: Depth) -> Plan:
    """What a run computes.

    Args:
        dataset: images of at least two classes.
        settings: of this experiment.

    Returns:
        A plan of arrays of shape (depths, orders, pairs), named as in `rotated_pairs.measure`,
        means over the two orbits; and `general_gap`, the relative difference of the general formula
        from `orbit_mean_error`. The mean reciprocal eigenvalue ⟨λ⁻¹⟩ is
        1 / (`last_eigenvalue` · `circulant_error`). Of shape (1, orders, pairs): what does not
        depend on the network, `squared_separation` Δ² and `spread` R. The constants are `depths`,
        `orders` and `pairs`.

    Raises:
        ValueError: as `sample_pairs`.
    """
    orders, depths = settings.orders, settings.depths
    n_pairs = settings.pairs
    pairs = sample_pairs(dataset.labels, n_pairs, seed=settings.seed)
    shape = (len(depths), len(orders), n_pairs)
    arrays = {key: np.full(shape, np.nan, dtype=np.float32) for key in QUANTITIES}
    arrays["number_correct"] = np.full(shape, -1, dtype=np.int8)
    arrays |= {key: np.full((1, *shape[1:]), np.nan, dtype=np.float32) for key in OF_IMAGES}
    size = pairs_at_a_time(orders)
    parts = [slice(start, min(start + size, n_pairs)) for start in range(0, n_pairs, size)]
    return Plan(
        arrays=arrays,
        units=[Unit(slice(None), slice(None), part) for part in parts],
        costs=[float(part.stop - part.start) for part in parts],
        constants={
            "depths": np.array(depths),
            "orders": np.array(orders),
            "pairs": pairs.astype(np.int32),
        },
        workers=WORKERS,
    )


def compute(dataset: Dataset, settings: Depth, unit: Unit) -> Mapping[str, np.ndarray]:
    """Some pairs, with all networks, at all orders."""
    pairs = sample_pairs(dataset.labels, settings.pairs, seed=settings.seed)
    found = [
        measure_orders(
            dataset.images[pairs[unit.pairs]],
            settings.orders,
            depth=depth,
            ridge=settings.ridge,
        )
        for depth in settings.depths
    ]
    stored = [[_stored(measured) for measured in of_depth] for of_depth in found]
    result = {
        key: np.array([[values[key] for values in of_depth] for of_depth in stored])
        for key in (*QUANTITIES, "number_correct")
    }
    return result | {key: np.array([[measured[key] for measured in found[0]]]) for key in OF_IMAGES}


def _stored(measured: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What is kept of a measurement: arrays of shape (pairs,)."""
    gap = np.abs(measured["spectral_error"] / measured["orbit_mean_error"] - 1)
    values = {**measured, "general_gap": gap}
    means = {key: values[key] for key in QUANTITIES}
    means = {key: v.mean(axis=-1) if v.ndim == 2 else v for key, v in means.items()}
    return means | {"number_correct": measured["number_correct"]}

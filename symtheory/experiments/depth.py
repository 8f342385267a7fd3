"""Does depth help with a missing rotation? The paper's figures 4 and 5, fully connected networks.

Two digits of different classes, each with all its N rotations but one left out, under the neural
tangent kernels of fully connected networks of several depths.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from symtheory.datasets import Dataset, sample_pairs
from symtheory.experiments.checkpoints import Plan, Unit
from symtheory.experiments.checks import check_orders
from symtheory.experiments.convolution import summary
from symtheory.experiments.rotated_digits import UNIT_IMAGES, measure_orders
from symtheory.ntk import MLPKernel

__all__ = ["compute", "plan", "summary"]

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


def plan(dataset: Dataset, parameters: Mapping[str, Any]) -> Plan:
    """What a run computes.

    Args:
        dataset: images of at least two classes.
        parameters: `pairs` of images of different classes, the same for all networks; `orders`,
            numbers of rotations; `depths`, numbers of hidden layers; `ridge`, as a fraction of the
            trace of the Gram matrix; `seed`, which draws the pairs.

    Returns:
        A plan of arrays of shape (depths, orders, pairs), named as in `rotated_digits.measure`,
        means over the two orbits; and `general_gap`, the relative difference of the general formula
        from `orbit_mean_error`. The mean reciprocal eigenvalue ⟨λ⁻¹⟩ is
        1 / (`last_eigenvalue` · `circulant_error`). Of shape (1, orders, pairs): what does not
        depend on the network, `squared_separation` Δ² and `spread` ρ. The constants are `depths`,
        `orders` and `pairs`.

    Raises:
        ValueError: for orders, depths or a number of pairs out of range.
    """
    orders, depths = check_orders(parameters["orders"]), _check_depths(parameters["depths"])
    n_pairs = parameters["pairs"]
    pairs = sample_pairs(dataset.labels, n_pairs, seed=parameters["seed"])
    shape = (len(depths), len(orders), n_pairs)
    arrays = {key: np.full(shape, np.nan, dtype=np.float32) for key in QUANTITIES}
    arrays["number_correct"] = np.full(shape, -1, dtype=np.int8)
    arrays |= {key: np.full((1, *shape[1:]), np.nan, dtype=np.float32) for key in OF_IMAGES}
    size = _unit_size(orders)
    parts = [slice(start, min(start + size, n_pairs)) for start in range(0, n_pairs, size)]
    return Plan(
        arrays=arrays,
        units=[(slice(None), slice(None), part) for part in parts],
        costs=[float(part.stop - part.start) for part in parts],
        constants={
            "depths": np.array(depths),
            "orders": np.array(orders),
            "pairs": pairs.astype(np.int32),
        },
        workers=WORKERS,
    )


def compute(
    dataset: Dataset, parameters: Mapping[str, Any], unit: Unit
) -> Mapping[str, np.ndarray]:
    """Some pairs, with all networks, at all orders."""
    orders, part = parameters["orders"], unit[2]
    assert isinstance(part, slice)
    pairs = sample_pairs(dataset.labels, parameters["pairs"], seed=parameters["seed"])
    first = part.start // _unit_size(orders) * (len(orders) // 2) % len(orders)
    found = [
        measure_orders(
            dataset.images[pairs[part]],
            orders,
            kernel=MLPKernel(depth=depth),
            ridge=parameters["ridge"],
            first=first,
        )
        for depth in parameters["depths"]
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


def _unit_size(orders: Sequence[int]) -> int:
    """Pairs in one unit of work."""
    return max(1, UNIT_IMAGES // (2 * max(orders)))


def _check_depths(depths: Sequence[int]) -> list[int]:
    if not depths or min(depths) < 1 or len(set(depths)) < len(depths):
        raise ValueError(
            f"Expected different numbers of hidden layers from 1. Got {list(depths)}. "
            "Try [1, 2, 5, 10]."
        )
    return [int(depth) for depth in depths]

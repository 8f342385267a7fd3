"""Does the theory predict what a kernel learns about rotated digits? The paper's figure 4."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

import numpy as np

from symtheory.datasets import Dataset, sample_pairs
from symtheory.experiments.rotated_digits.settings import RotatedDigits
from symtheory.experiments.shared.rotated_pairs import measure_orders, pairs_at_a_time
from symtheory.runs import Plan

__all__ = ["OF_EACH_ORBIT", "OF_EACH_PAIR", "WORKERS", "Unit", "compute", "medians", "plan"]

OF_EACH_ORBIT = ("exact_error", "orbit_mean_error", "spectral_error")
OF_EACH_PAIR = (
    "circulant_error",
    "last_eigenvalue",
    "mean_inverse",
    "symmetry_defect",
    "squared_separation",
    "spread",
)
WORKERS = 4


class Unit(NamedTuple):
    """Some pairs, at all orders."""

    orders: slice
    pairs: slice


def plan(dataset: Dataset, settings: RotatedDigits) -> Plan:
    """What is computed: many pairs at several orders, with the NTK of a fully connected network.

    Args:
        dataset: images of at least two classes.
        settings: of this experiment.

    Returns:
        Arrays as `rotated_pairs.measure` returns them, with an axis for the orders before the
        others, and as constants `orders` and `pairs`, the same ones at each order.

    Raises:
        ValueError: as `sample_pairs`.
    """
    orders, n_pairs = settings.orders, settings.pairs
    pairs = sample_pairs(dataset.labels, n_pairs, seed=settings.seed)
    shape = (len(orders), n_pairs)
    arrays = {key: np.full((*shape, 2), np.nan) for key in OF_EACH_ORBIT}
    arrays |= {key: np.full(shape, np.nan) for key in OF_EACH_PAIR}
    arrays["number_correct"] = np.zeros(shape, dtype=np.int8)
    size = pairs_at_a_time(orders)
    starts = range(0, n_pairs, size)
    return Plan(
        arrays=arrays,
        units=[Unit(slice(None), slice(start, start + size)) for start in starts],
        costs=[float(min(size, n_pairs - start)) for start in starts],
        constants={"orders": np.array(orders), "pairs": pairs.astype(np.int32)},
        workers=WORKERS,
    )


def compute(dataset: Dataset, settings: RotatedDigits, unit: Unit) -> Mapping[str, np.ndarray]:
    """Some pairs, at all orders."""
    pairs = sample_pairs(dataset.labels, settings.pairs, seed=settings.seed)
    results = measure_orders(
        dataset.images[pairs[unit.pairs]],
        settings.orders,
        depth=settings.depth,
        ridge=settings.ridge,
    )
    return {key: np.stack([result[key] for result in results]) for key in results[0]}


def medians(data: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Medians over pairs, for each order, of what a run returns.

    Returns:
        By name, arrays of shape (orders,): `exact_error` (the mean of the two held-out images, as
        in the paper), `orbit_mean_error`, `spectral_error`, `circulant_error`, `symmetry_defect`;
        `general_gap` and `circulant_gap`, the medians of the relative differences of the two
        formulas from the orbit mean of the exact error; and `fraction_correct`, a mean.
    """
    exact = data["orbit_mean_error"]
    both = exact.mean(axis=-1)
    median = partial(np.median, axis=-1)
    return {
        "exact_error": median(data["exact_error"].mean(axis=-1)),
        "orbit_mean_error": median(both),
        "spectral_error": median(data["spectral_error"].mean(axis=-1)),
        "circulant_error": median(data["circulant_error"]),
        "general_gap": median(np.abs(data["spectral_error"] / exact - 1).mean(axis=-1)),
        "circulant_gap": median(np.abs(data["circulant_error"] / both - 1)),
        "fraction_correct": data["number_correct"].mean(axis=-1) / 2,
        "symmetry_defect": median(data["symmetry_defect"]),
    }

"""Does convolution help with a missing shift, and with which readout? The paper's figure 8.

Two digits of different classes, each at N places around its row but one, under the kernel of one
convolution, read out place by place (*dense*) or after global average pooling (*pooled*). Shifts by
whole pixels are an exact action, and the kernel is invariant: first rows determine each Gram
matrix.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import jax
import numpy as np
from jax import Array

from symtheory.actions import orbit, translation_action
from symtheory.datasets import Dataset, sample_pairs
from symtheory.experiments.shared.architectures import coarser, measure
from symtheory.experiments.shared.checks import require_float64
from symtheory.experiments.shared.convolutions import (
    PREPARATIONS,
    READOUTS,
    Unit,
    cnn_kernel,
    plan_convolutions,
    separation_and_spread,
    summarized,
)
from symtheory.experiments.shared.summaries import summary
from symtheory.experiments.shifts.settings import Shifts
from symtheory.groups import cyclic_group
from symtheory.kernels import Kernel, first_rows
from symtheory.ntk import CNNKernel
from symtheory.runs import Plan
from symtheory.spectral import expand_rows

__all__ = ["compute", "plan", "rows_of_shifts", "summary"]

# The general formula is the exact error here, up to `general_gap`, at every point of an orbit.
QUANTITIES = ("exact_error", "circulant_error", "general_gap")
UNIT_PAIRS = 32


def rows_of_shifts(images: np.ndarray, order: int, kernel: CNNKernel) -> np.ndarray:
    """The first rows κ_ij(h) of pairs of orbits of shifts.

    Args:
        images: pairs, prepared, of shape (pairs, 2, height, width).
        order: how many shifts, all by the same number of columns.
        kernel: of a convolutional network with circular padding, which is invariant under shifts.

    Returns:
        Shape (pairs, 2, 2, order).

    Raises:
        ValueError: if the order does not divide the width.
    """
    action = translation_action(order, images.shape[2:])
    orbits = np.stack([orbit(pair, action) for pair in images])
    if kernel.pooling == "none":
        return np.asarray(_rows(orbits, kernel))
    # Not compiled, so that equal patches are found: the images of an orbit have them all.
    return np.stack([np.asarray(first_rows(kernel, points)) for points in orbits])


@partial(jax.jit, static_argnames="kernel")
def _rows(orbits: Array, kernel: Kernel) -> Array:
    return jax.lax.map(partial(first_rows, kernel), orbits)


def plan(dataset: Dataset, settings: Shifts) -> Plan:
    """What a run computes.

    Args:
        dataset: images of at least two classes.
        settings: of this experiment.

    Returns:
        A plan as `plan_convolutions` makes it of `exact_error` (the mean of the two held-out
        images), `circulant_error` and `general_gap`, the relative difference of the general formula
        from the exact error.

    Raises:
        ValueError: for orders that do not divide the width of the images, or as
            `plan_convolutions`.
    """
    width = dataset.images.shape[2]
    if any(width % order for order in settings.orders):
        raise ValueError(
            f"Expected numbers of shifts that divide the width of the images, {width}. "
            f"Got {list(settings.orders)}. Try [2, 4, 7, 14, 28]."
        )
    parts = {}
    for start in range(0, settings.pairs, UNIT_PAIRS):
        stop = min(start + UNIT_PAIRS, settings.pairs)
        parts[start, stop] = float(stop - start)
    return plan_convolutions(dataset, settings, QUANTITIES, parts)


def compute(dataset: Dataset, settings: Shifts, unit: Unit) -> Mapping[str, np.ndarray]:
    """Some pairs in one preparation, with all filters, for all numbers of shifts."""
    require_float64()
    prepare = PREPARATIONS[settings.preparations[unit.preparation]]
    pairs = sample_pairs(dataset.labels, settings.pairs, seed=settings.seed)
    images = prepare(dataset.images[pairs[unit.pairs]], item_ndim=2)
    orders = settings.orders
    width = images.shape[-1]
    group = cyclic_group(width)
    found: dict[str, list[np.ndarray]] = {key: [] for key in (*QUANTITIES, "number_correct")}
    for readout in READOUTS:
        for side in settings.filters:
            rows = rows_of_shifts(images, width, cnn_kernel(readout, side))
            matrices = np.asarray(expand_rows(rows, group))
            for order in orders:
                measured = measure(
                    coarser(matrices, width, order), cyclic_group(order), ridge=settings.ridge
                )
                values = summarized(measured) | {"number_correct": measured["number_correct"]}
                for key, arrays in found.items():
                    arrays.append(values[key])
    shape = (len(READOUTS), len(settings.filters), len(orders), len(images))
    return {key: np.stack(arrays).reshape(shape) for key, arrays in found.items()} | _distances(
        images, orders
    )


def _distances(images: np.ndarray, orders: Sequence[int]) -> dict[str, np.ndarray]:
    """Δ² and R of prepared pairs, of shape (1, 1, orders, pairs)."""
    action = translation_action(images.shape[-1], images.shape[2:])
    values = np.empty((2, 1, 1, len(orders), len(images)))
    for column, pair in enumerate(images):
        points = orbit(pair, action)
        for row, order in enumerate(orders):
            chosen = points[:, :: images.shape[-1] // order]
            values[:, 0, 0, row, column] = separation_and_spread(chosen)
    return {"squared_separation": values[0], "spread": values[1]}

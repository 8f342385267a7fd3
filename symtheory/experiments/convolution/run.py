"""Does convolution help with a missing rotation, and with which readout? The paper's figures 4, 5.

Two digits of different classes, each with all its N rotations but one left out, under the kernel of
one convolution, read out place by place (*dense*) or after global average pooling (*pooled*).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import lcm

import numpy as np

from symtheory.actions import orbit, rotation_action
from symtheory.datasets import Dataset, sample_pairs
from symtheory.experiments.convolution.settings import Convolution
from symtheory.experiments.shared.architectures import coarser, measure
from symtheory.experiments.shared.checks import require_float64
from symtheory.experiments.shared.convolutions import (
    PREPARATIONS,
    QUANTITIES,
    READOUTS,
    Unit,
    cnn_kernel,
    empty,
    plan_convolutions,
    separation_and_spread,
    summarized,
)
from symtheory.experiments.shared.summaries import summary
from symtheory.groups import cyclic_group
from symtheory.orbit_gram import orbit_gram
from symtheory.runs import Plan

__all__ = ["compute", "plan", "summary"]

DENSE_PAIRS = 8  # in a unit of work, where the readout is dense
# What takes time, in seconds: a pair of places, each pixel of the filter there, and a measurement.
PLACE, TAP, MEASUREMENT = 3.5e-9, 0.5e-9, 0.015


def plan(dataset: Dataset, settings: Convolution) -> Plan:
    """What a run computes.

    Args:
        dataset: images of at least two classes.
        settings: of this experiment. The pooled readout takes far longer, so that it has pairs of
            its own, the first ones.

    Returns:
        A plan as `plan_convolutions` makes it of what `summarized` returns. Where the readout is
        pooled, pairs beyond `pooled_pairs`, and at more than 16 rotations those beyond
        `pooled_pairs_beyond_16`, are NaN, and -1.

    Raises:
        ValueError: for orders that do not divide the largest, more pooled pairs than pairs, or as
            `plan_convolutions`.
    """
    orders, filters, n_pooled = settings.orders, settings.filters, settings.pooled_pairs
    if any(max(orders) % order for order in orders):
        raise ValueError(
            f"Expected numbers of rotations that divide the largest. Got {list(orders)}. "
            "Try [2, 4, 8]."
        )
    if n_pooled > settings.pairs:
        raise ValueError(
            f"Expected pooled_pairs of at most the number of pairs, {settings.pairs}. "
            f"Got {n_pooled}. Try {settings.pairs}."
        )
    places = dataset.images[0].size
    dense = _seconds("dense", filters, orders, places)
    parts = {}
    for start in range(n_pooled, settings.pairs, DENSE_PAIRS):
        stop = min(start + DENSE_PAIRS, settings.pairs)
        parts[start, stop] = dense * (stop - start)
    # The first pairs have more rotations, and are the most expensive: those come last.
    for k in reversed(range(n_pooled)):
        pooled = _seconds("pooled", filters, _orders(settings, "pooled", k), places)
        parts[k, k + 1] = dense + pooled
    return plan_convolutions(dataset, settings, QUANTITIES, parts)


def compute(dataset: Dataset, settings: Convolution, unit: Unit) -> Mapping[str, np.ndarray]:
    """Some pairs in one preparation, with all filters, at all orders."""
    require_float64()
    prepare = PREPARATIONS[settings.preparations[unit.preparation]]
    pairs = sample_pairs(dataset.labels, settings.pairs, seed=settings.seed)
    orders, filters, chosen = settings.orders, settings.filters, pairs[unit.pairs]
    shape = (len(filters), len(orders), len(chosen))
    arrays = empty((len(READOUTS), *shape))
    distances = np.zeros((2, 1, 1, *shape[1:]))
    largest = max(orders)
    action = rotation_action(largest, dataset.images.shape[1:])
    for column, pair in enumerate(chosen):
        points = prepare(orbit(dataset.images[pair], action), item_ndim=2)
        for row, order in enumerate(orders):
            steps = slice(None, None, largest // order)
            distances[:, 0, 0, row, column] = separation_and_spread(points[:, steps])
        for readout, name in enumerate(READOUTS):
            asked = _orders(settings, name, unit.pairs.start + column)
            if not asked:
                continue
            most = lcm(*asked)
            some = points[:, :: largest // most]
            turns = rotation_action(most, dataset.images.shape[1:])
            # Always as many matrices at a time as there are filters: one size to compile.
            matrices = np.stack(
                [np.asarray(orbit_gram(cnn_kernel(name, k), some, turns)) for k in filters]
            )
            for order in asked:
                row = orders.index(order)
                found = measure(
                    coarser(matrices, most, order),
                    cyclic_group(order),
                    ridge=settings.ridge,
                )
                for key, value in summarized(found).items():
                    arrays[key][readout, :, row, column] = value
                arrays["number_correct"][readout, :, row, column] = found["number_correct"]
    return arrays | {"squared_separation": distances[0], "spread": distances[1]}


def _orders(settings: Convolution, readout: str, pair: int) -> tuple[int, ...]:
    """The orders at which a pair has this readout."""
    if readout == "dense":
        return settings.orders
    if pair >= settings.pooled_pairs:
        return ()
    beyond = pair < settings.pooled_pairs_beyond_16
    return tuple(order for order in settings.orders if beyond or order <= 16)


def _seconds(readout: str, filters: Sequence[int], orders: Sequence[int], places: int) -> float:
    """About what a pair takes. Symmetry leaves a bit more than N²/2 entries of the Gram matrix."""
    if not orders:
        return 0.0
    compared = max(orders) ** 2 / 1.6 * (places**2 if readout == "pooled" else places)
    each = sum(PLACE + TAP * k * k for k in filters)
    return compared * each + MEASUREMENT * len(filters) * len(orders)

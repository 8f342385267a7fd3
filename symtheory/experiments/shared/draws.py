"""Draws of classes and of seeds of each, measured one draw at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from symtheory.datasets import Dataset
from symtheory.runs import Plan

__all__ = ["Measure", "Unit", "compute_draw", "draw_seeds", "plan_draws", "seeds_of_draw"]

Measure = Callable[[np.ndarray, Sequence[int]], Sequence[Mapping[str, np.ndarray]]]


class Unit(NamedTuple):
    """A draw, at all orders."""

    orders: slice
    draw: int


def draw_seeds(
    labels: np.ndarray, n_classes: int, n_seeds: int, *, seed: int | Sequence[int]
) -> np.ndarray:
    """Draw classes, and different images of each.

    Args:
        labels: the label of each image, shape (n,).
        n_classes: how many classes.
        n_seeds: how many images of each.
        seed: the same seed, a number or several, gives the same images.

    Returns:
        Int64 indices of shape (n_classes, n_seeds). Classes are in random order if only some are
        taken, and in their own order if all are.

    Raises:
        ValueError: if there are not as many classes, or not as many images in one.
    """
    classes, counts = np.unique(labels, return_counts=True)
    if not 1 <= n_classes <= len(classes) or not 1 <= n_seeds <= counts.min():
        raise ValueError(
            f"Expected 1 to {len(classes)} classes and 1 to {counts.min()} images of each. "
            f"Got {n_classes} and {n_seeds}. Try a number in between."
        )
    generator = np.random.default_rng(seed)
    chosen = classes
    if n_classes < len(classes):
        chosen = generator.choice(classes, size=n_classes, replace=False)
    return np.stack(
        [generator.choice(np.flatnonzero(labels == c), n_seeds, replace=False) for c in chosen]
    )


def plan_draws(
    dataset: Dataset,
    settings: Any,
    quantities: Mapping[str, DTypeLike],
    *,
    n_classes: int,
    workers: int,
) -> Plan:
    """A plan with one unit of work for each draw, at all orders.

    Args:
        dataset: images of several classes.
        settings: `draws`, `seeds`, `orders` and `seed`.
        quantities: the names of what is kept of each image, and the types that it is kept as.
        n_classes: of each draw.
        workers: how many draws are measured at a time.

    Returns:
        Arrays of shape (orders, draws, classes, seeds) by name; as constants `orders`, and
        `seeds`, the numbers of the images, of shape (draws, classes, seeds).

    Raises:
        ValueError: as `draw_seeds`.
    """
    orders, n_draws = settings.orders, settings.draws
    drawn = np.stack([seeds_of_draw(dataset, settings, n_classes, draw) for draw in range(n_draws)])
    shape = (len(orders), *drawn.shape)
    return Plan(
        arrays={key: np.zeros(shape, dtype=kind) for key, kind in quantities.items()},
        units=[Unit(slice(None), draw) for draw in range(n_draws)],
        costs=[1.0] * n_draws,
        constants={"orders": np.array(orders), "seeds": drawn.astype(np.int32)},
        workers=workers,
    )


def compute_draw(
    dataset: Dataset,
    settings: Any,
    unit: Unit,
    measure: Measure,
    quantities: Mapping[str, DTypeLike],
    *,
    n_classes: int,
) -> dict[str, np.ndarray]:
    """Measure the draw of a unit of work at every order.

    Args:
        dataset: as `plan_draws`, and
        settings: likewise.
        unit: one of its units.
        measure: takes raw images of shape (classes, seeds, height, width), and the orders, to named
            arrays of shape (classes, seeds) for each order.
        quantities: as `plan_draws`, and
        n_classes: likewise.

    Returns:
        By name, arrays of shape (orders, classes, seeds).
    """
    images = dataset.images[seeds_of_draw(dataset, settings, n_classes, unit.draw)]
    results = measure(images, settings.orders)
    return {key: np.stack([result[key] for result in results]) for key in quantities}


def seeds_of_draw(dataset: Dataset, settings: Any, n_classes: int, draw: int) -> np.ndarray:
    """The numbers of the images of a draw, of shape (n_classes, seeds).

    Args:
        dataset: as `plan_draws`.
        settings: `seeds` and `seed`; experiments that share these share their draws.
        n_classes: of each draw.
        draw: its number.

    Raises:
        ValueError: as `draw_seeds`.
    """
    return draw_seeds(dataset.labels, n_classes, settings.seeds, seed=(settings.seed, draw))

"""Draws of classes and of seeds of each, measured one draw at a time."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from symtheory.datasets import Dataset
from symtheory.experiments.checkpoints import Progress, Unit, compute_units

ORDERS = (2, 4, 8, 16, 32, 64)
N_SEEDS = 13
SEED = 124
RELATIVE_RIDGE = 1e-10

Measure = Callable[[np.ndarray, Sequence[int]], Sequence[Mapping[str, np.ndarray]]]


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


def describe_draws(
    dataset: Dataset,
    *,
    n_classes: int,
    n_draws: int,
    n_seeds: int,
    orders: Sequence[int],
    depth: int,
    ridge: float,
    seed: int,
) -> dict[str, Any]:
    """The parameters of a run, as a record keeps them: JSON values."""
    return {
        "dataset": dataset.name,
        "dataset_hash": dataset.sha256,
        "classes": n_classes,
        "draws": n_draws,
        "seeds": n_seeds,
        "orders": [int(order) for order in orders],
        "depth": depth,
        "ridge": ridge,
        "seed": seed,
    }


def run_draws(
    dataset: Dataset,
    parameters: Mapping[str, Any],
    measure: Measure,
    quantities: Mapping[str, DTypeLike],
    *,
    name: str,
    checkpoint: Path | None = None,
    resume: bool = False,
    progress: Progress | None = None,
    workers: int = 1,
) -> tuple[dict[str, np.ndarray], float]:
    """Measure every draw at every order.

    Args:
        dataset: images of several classes.
        parameters: as `describe_draws`; the draws are made from them.
        measure: takes raw images of shape (classes, seeds, height, width), and the orders, to named
            arrays of shape (classes, seeds) for each order.
        quantities: the names that are kept, and the types that they are kept as.
        name: of the experiment.
        checkpoint: a file, ending in .npz, that keeps finished draws; it stays at the end.
        resume: continue from that file if it exists.
        progress: called with the number of finished draws and of all.
        workers: how many draws are measured at a time.

    Returns:
        Arrays of shape (orders, draws, classes, seeds) by name; `orders`, and `seeds`, the numbers
        of the images, of shape (draws, classes, seeds). And the seconds that it took.

    Raises:
        ValueError, RecordError: as `measure`, `draw_seeds` and `compute_units`, or if there are no
            draws, no orders, an order below 1, or one that comes twice.
    """
    orders, n_draws = parameters["orders"], parameters["draws"]
    if not orders or min(orders) < 1 or len(set(orders)) < len(orders):
        raise ValueError(f"Expected different orders from 1. Got {orders}. Try {list(ORDERS)}.")
    if n_draws < 1:
        raise ValueError(f"Expected at least 1 draw. Got {n_draws}. Try 4.")
    n_classes, n_seeds = parameters["classes"], parameters["seeds"]
    drawn = np.stack(
        [
            draw_seeds(dataset.labels, n_classes, n_seeds, seed=(parameters["seed"], draw))
            for draw in range(n_draws)
        ]
    )

    def compute(unit: Unit) -> Mapping[str, np.ndarray]:
        results = measure(dataset.images[drawn[unit[1]]], orders)
        return {key: np.stack([result[key] for result in results]) for key in quantities}

    shape = (len(orders), n_draws, n_classes, n_seeds)
    arrays: dict[str, np.ndarray] = {
        key: np.zeros(shape, dtype=kind) for key, kind in quantities.items()
    }
    seconds = compute_units(
        arrays,
        [(slice(None), draw) for draw in range(n_draws)],
        compute,
        name=name,
        parameters=parameters,
        path=checkpoint,
        resume=resume,
        progress=progress,
        workers=min(workers, os.cpu_count() or 1),
    )
    return {"orders": np.array(orders), "seeds": drawn.astype(np.int32)} | arrays, seconds

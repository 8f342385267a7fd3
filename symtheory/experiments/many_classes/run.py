"""Can ten classes share what they know of a symmetry? The paper's figure 7.

Ten classes with many seeds each; the unrotated images of one class are held out, each class in
turn, and one kernel regression for each class against the rest tells the classes apart. How many
of the held-out images are recognized, and how many does the theory say?
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from symtheory.datasets import Dataset
from symtheory.experiments.many_classes.settings import ManyClasses
from symtheory.experiments.shared.checks import require_float64
from symtheory.experiments.shared.draws import Unit, compute_draw, plan_draws
from symtheory.experiments.shared.missing_pose import (
    exact_prediction,
    nested_grams,
    pair_errors,
    predicted,
)
from symtheory.groups import cyclic_group
from symtheory.kernels import Kernel
from symtheory.ntk import MLPKernel
from symtheory.runs import Plan
from symtheory.spectral import average_rows

__all__ = ["QUANTITIES", "accuracies", "compute", "measure", "plan"]

# What is stored of each held-out image, and as what.
QUANTITIES = {
    "exact_class": np.int8,
    "general_class": np.int8,
    "nearest_class": np.int8,
    "pair_correct": np.bool_,
    "pair_general_correct": np.bool_,
    "exact_error": np.float64,
    "general_error": np.float64,
    "pair_error": np.float64,
}


def measure(
    images: np.ndarray,
    orders: Sequence[int],
    *,
    kernel: Kernel | None = None,
    ridge: float = 1e-10,
) -> list[dict[str, np.ndarray]]:
    """Recognize the images of a pose that a whole class lacks, for each class in turn.

    At the largest order the Gram matrix of all rotations of all seeds is held twice, (m N)² numbers
    each: 0.55 GB for ten classes, 13 seeds and 64 rotations.

    Args:
        images: seeds of each class, of shape (classes, seeds, height, width), not normalized.
        orders: numbers of rotations N. Those that divide the largest share its Gram matrix.
        kernel: `MLPKernel()` if not given.
        ridge: as a fraction of the trace of the Gram matrix of all orbits. That absolute ridge
            serves the exact predictions and all of the theory.

    Returns:
        For each order, by name, arrays of shape (classes, seeds), with a row for each incomplete
        class: `exact_class`, `general_class`, the class with the largest prediction against the
        rest, by kernel regression and by the general theorem; `nearest_class`, that of the nearest
        image that was seen; `pair_correct`, whether the paper's formula says that the image is
        recognized: its mean prediction 1 - ε_s is positive against every other class, each a mean
        over pairs; `pair_general_correct`, the same with the general formula for two orbits;
        `exact_error`, `general_error`, the size |1 - yŷ| of the error of the own class against the
        rest, as in the paper;
        `pair_error`, the mean of ε_s over all seeds of all other classes.

    Raises:
        ValueError: for images of another shape, a single class, without 64-bit floats, or if the
            Gram matrix is singular to precision.
    """
    require_float64()
    if np.ndim(images) != 4 or len(images) < 2:
        raise ValueError(
            "Expected images of shape (classes, seeds, height, width), of at least two classes. "
            f"Got shape {np.shape(images)}. "
            "Try dataset.images[draw_seeds(dataset.labels, 10, 4, seed=1)]."
        )
    grams = nested_grams(images, orders, kernel or MLPKernel())
    return [_measure(matrix, len(images), ridge) for matrix in grams]


def _measure(matrix: np.ndarray, n_classes: int, ridge: float) -> dict[str, np.ndarray]:
    """All results from a Gram matrix of shape (m, N, m, N)."""
    seeds = len(matrix) // n_classes
    labels = 2 * np.eye(n_classes) - 1
    absolute = ridge * float(np.einsum("igig->", matrix))
    exact = exact_prediction(matrix, labels, absolute, poses=1)[0]  # (classes, seeds, columns)
    m, order = matrix.shape[:2]
    flat = matrix.reshape(m * order, m * order)
    rows = np.asarray(average_rows(flat, cyclic_group(order)))
    general = predicted(rows, labels, absolute)
    pairs = [_by_class(errors, n_classes) for errors in pair_errors(rows, absolute)]
    other = ~np.eye(n_classes, dtype=bool)[:, None]
    own = np.arange(n_classes)
    return {
        "exact_class": exact.argmax(axis=-1),
        "general_class": general.argmax(axis=-1),
        "nearest_class": _nearest(matrix, n_classes),
        "pair_correct": np.all(pairs[0] < 1, axis=-1, where=other),
        "pair_general_correct": np.all(pairs[1] < 1, axis=-1, where=other),
        "exact_error": np.abs(1 - exact[own, :, own]),
        "general_error": np.abs(1 - general[own, :, own]),
        "pair_error": np.broadcast_to(pairs[0], (n_classes, seeds, n_classes)).mean(
            axis=-1, where=other
        ),
    }


def _by_class(errors: np.ndarray, n_classes: int) -> np.ndarray:
    """Means over pairs with each class, from errors (m, m): shape (classes, seeds, classes)."""
    return errors.reshape(n_classes, -1, n_classes, len(errors) // n_classes).mean(axis=-1)


def _nearest(matrix: np.ndarray, n_classes: int) -> np.ndarray:
    """The class of the nearest image that was seen. All images have the same norm."""
    m, order = matrix.shape[:2]
    seeds = m // n_classes
    similarity = matrix[:, 0].reshape(n_classes, seeds, n_classes, seeds, order).copy()
    for c in range(n_classes):
        similarity[c, :, c, :, 0] = -np.inf
    return similarity.max(axis=(-2, -1)).argmax(axis=-1)


def plan(dataset: Dataset, settings: ManyClasses) -> Plan:
    """What is computed: draws of seeds of all classes, with the NTK of a fully connected network.

    One draw after the other, because each takes much memory (see `measure`).

    Args:
        dataset: images of at least two classes.
        settings: of this experiment.

    Returns:
        Arrays as `measure` returns them, with axes for orders and draws before the others, and as
        constants `orders` and `seeds`, the images of each draw, of shape (draws, classes, seeds).

    Raises:
        ValueError: as `plan_draws`.
    """
    return plan_draws(
        dataset, settings, QUANTITIES, n_classes=len(np.unique(dataset.labels)), workers=1
    )


def compute(dataset: Dataset, settings: ManyClasses, unit: Unit) -> Mapping[str, np.ndarray]:
    """One draw."""
    kernel = MLPKernel(depth=settings.depth)
    return compute_draw(
        dataset,
        settings,
        unit,
        partial(measure, kernel=kernel, ridge=settings.ridge),
        QUANTITIES,
        n_classes=len(np.unique(dataset.labels)),
    )


def accuracies(data: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The fraction of held-out images that are recognized, for each incomplete class.

    Returns:
        By name, arrays of shape (orders, classes): `exact`, by kernel regression, and what is
        predicted by `general`, the general theorem, by `pair`, the paper's average over pairs, and
        by `pair_general`; `nearest`, that of the nearest neighbor.
    """
    classes = np.arange(data["exact_class"].shape[-2])[:, None]
    right = {name: data[f"{name}_class"] == classes for name in ("exact", "general", "nearest")} | {
        name: data[f"{name}_correct"] for name in ("pair", "pair_general")
    }
    return {name: value.mean(axis=(1, 3)) for name, value in right.items()}

"""Do more examples of each class help with a pose that is missing? The paper's figure 6.

Two classes with many seeds each, and the unrotated image of every seed of one class held out: the
exact error of kernel regression there, the paper's prediction, which averages over pairs of seeds,
and that of the general theorem, which takes all orbits and all held-out images together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from symtheory import spectral
from symtheory.datasets import Dataset
from symtheory.experiments.many_seeds.settings import ManySeeds
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

__all__ = ["LABELS", "QUANTITIES", "WORKERS", "compute", "measure", "plan", "summary"]

WORKERS = 2
LABELS = np.array([[1.0], [-1.0]])
# What is stored of each held-out image, and as what.
QUANTITIES = {
    "exact_margin": np.float64,
    "orbit_mean_margin": np.float64,
    "general_margin": np.float64,
    "pair_error": np.float32,
    "pair_general_error": np.float32,
    "against_all_error": np.float32,
    "alone_error": np.float32,
    "nearest_margin": np.int8,
}


def measure(
    images: np.ndarray,
    orders: Sequence[int],
    *,
    kernel: Kernel | None = None,
    ridge: float = 1e-10,
) -> list[dict[str, np.ndarray]]:
    """Measure and predict what is said about a pose that all seeds of a class lack.

    A margin is y·ŷ: positive if the prediction has the right sign, and |1 - margin| is the error.

    Args:
        images: two classes of seeds, of shape (2, seeds, height, width), not normalized.
        orders: numbers of rotations N. Those that divide the largest share its Gram matrix.
        kernel: `MLPKernel()` if not given.
        ridge: as a fraction of the trace of the Gram matrix of all orbits. That absolute ridge
            serves the exact error and all predictions.

    Returns:
        For each order, by name, arrays of shape (2, seeds), with a row for each incomplete class:
        `exact_margin`, at the unrotated images;
        `orbit_mean_margin`, the mean over the poses that might be missing instead;
        `general_margin`, by the general theorem;
        `pair_error`, the paper's ε_s = λ_N⁻¹ / ⟨λ⁻¹⟩ of this seed with one of the other class, the
        mean over these;
        `pair_general_error`, the same with the general formula for two orbits;
        `against_all_error`, of this seed against all of the other class, without its own class;
        `alone_error`, with all seeds, where this one alone lacks the pose, both as sizes |1 - yŷ|;
        `nearest_margin`, +1 or -1: whether the nearest image that was seen is of its class.

    Raises:
        ValueError: for images of another shape, without 64-bit floats, or if the Gram matrix is
            singular to precision.
    """
    require_float64()
    if np.ndim(images) != 4 or len(images) != 2:
        raise ValueError(
            f"Expected images of shape (2, seeds, height, width). Got shape {np.shape(images)}. "
            "Try dataset.images[draw_seeds(dataset.labels, 2, 4, seed=1)]."
        )
    grams = nested_grams(images, orders, kernel or MLPKernel())
    return [_measure(matrix, ridge) for matrix in grams]


def _measure(matrix: np.ndarray, ridge: float) -> dict[str, np.ndarray]:
    """All results from a Gram matrix of shape (2·seeds, N, 2·seeds, N)."""
    m, order = matrix.shape[:2]
    seeds = m // 2
    absolute = ridge * float(np.einsum("igig->", matrix))
    exact = exact_prediction(matrix, LABELS, absolute)[..., 0] * LABELS
    group = cyclic_group(order)
    rows = np.asarray(spectral.average_rows(matrix.reshape(m * order, m * order), group))
    circulant, general = pair_errors(rows, absolute)
    one_against_all = [[i, *range(seeds, m)] for i in range(seeds)]
    one_against_all += [[i, *range(seeds)] for i in range(seeds, m)]
    chosen = np.array(one_against_all)
    against_all = spectral.spectral_error(
        spectral.FirstRows(rows[chosen[:, :, None], chosen[:, None, :]]),
        group,
        ridge=absolute,
        labels=np.array([1.0] + seeds * [-1.0]),
    )
    alone = spectral.spectral_error(
        spectral.FirstRows(rows),
        group,
        ridge=absolute,
        labels=np.repeat(LABELS[:, 0], seeds),
    )
    return {
        "exact_margin": exact[0],
        "orbit_mean_margin": exact.mean(axis=0),
        "general_margin": predicted(rows, LABELS, absolute)[..., 0] * LABELS,
        "pair_error": _with_the_other_class(circulant),
        "pair_general_error": _with_the_other_class(general),
        "against_all_error": np.abs(against_all)[:, 0].reshape(2, seeds),
        "alone_error": np.abs(alone).reshape(2, seeds),
        "nearest_margin": _nearest(matrix),
    }


def _with_the_other_class(errors: np.ndarray) -> np.ndarray:
    """Means over pairs with the other class, from errors (m, m): shape (2, seeds)."""
    blocks = errors.reshape(2, len(errors) // 2, 2, -1)
    return np.stack([blocks[0, :, 1].mean(axis=-1), blocks[1, :, 0].mean(axis=-1)])


def _nearest(matrix: np.ndarray) -> np.ndarray:
    """Whether the nearest seen image is of the same class. All images have the same norm."""
    m, order = matrix.shape[:2]
    similarity = matrix[:, 0].reshape(2, m // 2, 2, m // 2, order).copy()
    for c in (0, 1):
        similarity[c, :, c, :, 0] = -np.inf
    best = similarity.max(axis=(-2, -1))  # (incomplete class, seed, class)
    own = np.stack([best[0, :, 0] - best[0, :, 1], best[1, :, 1] - best[1, :, 0]])
    return np.where(own > 0, 1.0, -1.0)


def plan(dataset: Dataset, settings: ManySeeds) -> Plan:
    """What is computed: draws of two classes, with the NTK of a fully connected network.

    Args:
        dataset: images of at least two classes.
        settings: of this experiment.

    Returns:
        Arrays as `measure` returns them, with axes for orders and draws before the others, and as
        constants `orders` and `seeds`, the images of each draw, of shape (draws, 2, seeds).

    Raises:
        ValueError: as `plan_draws`.
    """
    return plan_draws(dataset, settings, QUANTITIES, n_classes=2, workers=WORKERS)


def compute(dataset: Dataset, settings: ManySeeds, unit: Unit) -> Mapping[str, np.ndarray]:
    """One draw."""
    kernel = MLPKernel(depth=settings.depth)
    return compute_draw(
        dataset,
        settings,
        unit,
        partial(measure, kernel=kernel, ridge=settings.ridge),
        QUANTITIES,
        n_classes=2,
    )


def summary(data: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What a run shows at each order.

    A draw is summed up as in the paper: means over both choices of the incomplete class, and over
    the seeds, of the size |1 - yŷ| of the error, in which overshoots do not make up for mistakes.

    Returns:
        By name, arrays of shape (orders,): the medians over draws of `exact_error`,
        `orbit_mean_error` (of the mean prediction over poses), `general_error` and `pair_error`;
        `general_gap` and `pair_gap`, the medians of their relative differences from the exact
        error; `correct`, the fraction of images that the exact prediction classifies correctly,
        and `general_correct`, `pair_correct`, `nearest_correct`, the fractions predicted to be (a
        pair average says yes below 1), or of which the nearest seen image is of their class.
    """
    error = {
        "exact_error": np.abs(1 - data["exact_margin"]),
        "orbit_mean_error": np.abs(1 - data["orbit_mean_margin"]),
        "general_error": np.abs(1 - data["general_margin"]),
        "pair_error": data["pair_error"],
    }
    of_draw = {name: value.mean(axis=(-2, -1)) for name, value in error.items()}
    gap = {
        name: np.median(np.abs(of_draw[f"{name}_error"] / of_draw["exact_error"] - 1), axis=-1)
        for name in ("general", "pair")
    }
    every = (-3, -2, -1)
    return {name: np.median(value, axis=-1) for name, value in of_draw.items()} | {
        "general_gap": gap["general"],
        "pair_gap": gap["pair"],
        "correct": (data["exact_margin"] > 0).mean(axis=every),
        "general_correct": (data["general_margin"] > 0).mean(axis=every),
        "pair_correct": (data["pair_error"] < 1).mean(axis=every),
        "nearest_correct": (data["nearest_margin"] > 0).mean(axis=every),
    }

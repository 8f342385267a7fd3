"""Does feature learning rescue it? Recursive feature machines at a pose that one class lacks.

A metric is learned from all other images, by the gradients of a kernel regression. Is a pose that
a class never showed recognized with it, and what has the metric kept?
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from symtheory.datasets import Dataset, normalize
from symtheory.experiments.features.settings import Features
from symtheory.experiments.shared.draws import seeds_of_draw
from symtheory.experiments.shared.nine_digits import NORM, nine_digits, turned
from symtheory.learning.features import MetricLaplace, learn_metrics, regress
from symtheory.runs import Plan

__all__ = [
    "CONTRAST",
    "SHUFFLED",
    "Unit",
    "compute",
    "invariant_share",
    "plan",
    "reversed_contrast",
    "tasks",
]

SHUFFLED = "shuffled labels"
CONTRAST = "contrast"


class Unit(NamedTuple):
    """A task, a draw of the seeds, and the class that lacks a pose."""

    task: int
    draw: int
    missing: int


def tasks(settings: Features) -> dict[str, int]:
    """What is asked, by name, and how many poses it has: rotations first, then the controls."""
    rotations = {f"{order} rotations": order for order in settings.orders}
    return rotations | {SHUFFLED: settings.orders[0], CONTRAST: 2}


def reversed_contrast(images: np.ndarray) -> np.ndarray:
    """Images as they are and with their contrast reversed, (m, 2, pixels), as `turned` has them."""
    points = NORM * normalize(images.reshape(-1, *images.shape[-2:])).reshape(-1, images[0, 0].size)
    return np.stack([points, -points], axis=1)


def invariant_share(kernel: MetricLaplace, orbits: np.ndarray) -> float:
    """How much of the points' squared norm in a metric is that of the means of their orbits.

    Args:
        kernel: With the metric.
        orbits: Of shape (m, N, d).

    Returns:
        1 where the metric keeps nothing but what the group leaves alone, so that orbits collapse.
    """
    means = orbits.mean(axis=1)
    kept = np.einsum("md,de,me->", means, kernel.metric, means)
    points = orbits.reshape(-1, orbits.shape[-1])
    every = np.einsum("nd,nd->", points @ kernel.metric, points)
    return float(kept / (every / orbits.shape[1]))


def plan(dataset: Dataset, settings: Features) -> Plan:
    """What is computed: each task, for each draw of the seeds and each class that lacks a pose.

    Returns:
        Arrays of shape (tasks, draws, classes, …): `right`, for each seed and metric, whether the
        missing image is recognized; `bandwidth`, for each seed and length, the same without a
        metric; `share`, for each metric, `invariant_share`. As constants the names of the tasks,
        `lengths`, and `seeds`, the numbers of the images, of shape (draws, classes, seeds).

    Raises:
        ValueError: as `draw_seeds`.
    """
    poses = tasks(settings)
    digits = nine_digits(dataset)
    drawn = np.stack([seeds_of_draw(digits, settings, draw) for draw in range(settings.draws)])
    draws, classes, seeds = drawn.shape
    metrics, lengths = settings.iterations + 1, len(settings.lengths)
    shape = (len(poses), draws, classes)
    units = [Unit(*place) for place in np.ndindex(*shape)]
    units.sort(key=lambda unit: list(poses.values())[unit.task])
    return Plan(
        arrays={
            "right": np.zeros((*shape, seeds, metrics), dtype=np.bool_),
            "bandwidth": np.zeros((*shape, seeds, lengths), dtype=np.bool_),
            "share": np.zeros((*shape, metrics)),
        },
        units=units,
        costs=[float(list(poses.values())[unit.task] ** 2) for unit in units],
        constants={
            "tasks": np.array(list(poses)),
            "lengths": np.array(settings.lengths),
            "seeds": drawn.astype(np.int32),
        },
        workers=2,
    )


def compute(dataset: Dataset, settings: Features, unit: Unit) -> Mapping[str, np.ndarray]:
    """One task with one class that lacks a pose."""
    name, order = list(tasks(settings).items())[unit.task]
    digits = nine_digits(dataset)
    images = digits.images[seeds_of_draw(digits, settings, unit.draw)]
    orbits = reversed_contrast(images) if name == CONTRAST else turned(images, order)
    classes, seeds = images.shape[:2]
    own = np.repeat(np.arange(classes), seeds)
    seen = np.ones(orbits.shape[:2], dtype=bool)
    seen[own == unit.missing, 0] = False
    truth = 2 * np.eye(classes)[np.repeat(own[:, None], order, axis=1)[seen]] - 1
    labels = truth
    if name == SHUFFLED:
        labels = np.random.default_rng((settings.seed, unit.draw)).permutation(truth)
    enough = -(-settings.points // (classes * order))
    used = np.tile(np.arange(seeds) < enough, classes)
    kernels = learn_metrics(
        orbits[seen],
        labels,
        iterations=settings.iterations,
        length=settings.lengths[0],
        ridge=settings.ridge,
        at=np.flatnonzero(np.repeat(used[:, None], order, axis=1)[seen]),
    )
    asked = orbits[own == unit.missing, 0]

    def right(kernel: MetricLaplace) -> np.ndarray:
        weights = regress(kernel, orbits[seen], truth, settings.ridge)
        return (kernel(asked, orbits[seen]) @ weights).argmax(axis=-1) == unit.missing

    unit_length = kernels[0].length / settings.lengths[0]
    others = [MetricLaplace(kernels[0].metric, unit_length * one) for one in settings.lengths]
    return {
        "right": np.stack([right(kernel) for kernel in kernels], axis=-1),
        "bandwidth": np.stack([right(kernel) for kernel in others], axis=-1),
        "share": np.array([invariant_share(kernel, orbits) for kernel in kernels]),
    }

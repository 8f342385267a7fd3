"""What the experiment on learned features depends on."""

from __future__ import annotations

from dataclasses import dataclass

from symtheory.experiments.experiment import Experiment
from symtheory.experiments.settings import Settings, setting
from symtheory.experiments.shared import settings as shared

__all__ = ["FEATURES", "Features"]


@dataclass(frozen=True, kw_only=True)
class Features(Settings):
    """What the experiment on learned features depends on."""

    draws: int = shared.draws(1, 5, 5)
    seeds: int = shared.seeds(5, 10, 10)
    orders: tuple[int, ...] = shared.orders((4,), (4, 8, 16), (4, 8, 16))
    iterations: int = setting("Metrics that are learned, one after another.", 6, 8, 8, minimum=1)
    lengths: tuple[float, ...] = setting(
        "Lengths of the kernel without a metric, in units of the median distance; the first is "
        "also that of the machines.",
        (1.0, 0.1, 10.0),
        (1.0, 0.1, 0.3, 3.0, 10.0),
        (1.0, 0.1, 0.3, 3.0, 10.0),
        above=0,
    )
    points: int = setting(
        "Points that gradients are averaged over, at most: all poses of as many seeds as that is.",
        360,
        360,
        360,
        minimum=1,
    )
    ridge: float = shared.ridge()
    seed: int = shared.seed("Draws the seeds.")


FEATURES = Experiment(
    name="features",
    figure=None,
    about="what would learn the symmetry",
    summary="Whether features that are learned help at a pose that one class lacks.",
    details="Takes seeds of nine digits in all rotations but the unrotated images of one class, "
    "each class in turn, and learns a metric for the Laplace kernel from the gradients of the "
    "regression that it gives, again and again. Counts after each metric how many of the missing "
    "images are recognized, and how much of the metric is left on what no rotation changes. Beside "
    "it: other bandwidths without a metric, labels that are shuffled among the images, and images "
    "whose contrast is reversed, a symmetry that leaves no pixel alone.",
    settings=Features,
    notes=("The paper learns no features.",),
)

"""What figure 7 depends on: all classes, one against the rest."""

from __future__ import annotations

from dataclasses import dataclass

from symtheory.experiments.experiment import Experiment
from symtheory.experiments.settings import Settings
from symtheory.experiments.shared import settings as shared

__all__ = ["MANY_CLASSES", "ManyClasses"]


@dataclass(frozen=True, kw_only=True)
class ManyClasses(Settings):
    """What figure 7 depends on: all classes, one against the rest."""

    draws: int = shared.draws(1, 2, 5)
    seeds: int = shared.seeds(4, 13, 13)
    orders: tuple[int, ...] = shared.orders()
    depth: int = shared.depth()
    ridge: float = shared.ridge()
    seed: int = shared.seed("Draws the seeds.")


MANY_CLASSES = Experiment(
    name="many-classes",
    figure="7",
    summary="All classes, one against the rest, and a pose that one class lacks.",
    details="Takes several seeds of each class in all rotations, and holds out the unrotated "
    "images of one class, each class in turn. Counts how many of them an infinitely wide network "
    "recognizes, and how many the general theorem and the paper's average over pairs of seeds say. "
    "At the paper's scale it takes about 2.1 GB of memory, most of it at 64 rotations.",
    settings=ManyClasses,
    notes=(shared.ONE_RIDGE,),
)

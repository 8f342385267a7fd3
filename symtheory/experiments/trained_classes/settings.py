"""What the trained networks of figure 7 depend on."""

from __future__ import annotations

from dataclasses import dataclass

from symtheory.experiments.experiment import Experiment
from symtheory.experiments.settings import Settings, setting
from symtheory.experiments.shared import settings as shared

__all__ = ["TRAINED_CLASSES", "TrainedClasses"]


@dataclass(frozen=True, kw_only=True)
class TrainedClasses(Settings):
    """What the trained networks of figure 7 depend on."""

    draws: int = shared.draws(1, 3, 5)
    seeds: int = shared.seeds(4, 13, 13)
    orders: tuple[int, ...] = shared.orders((2, 4), minimum=2)
    epochs: int = setting(
        "Times that a training goes through all images.", 2000, 2000, 2000, minimum=1
    )
    batch: int = setting("Images in a training step, at most.", 512, 512, 512, minimum=1)
    steps: int = setting(
        "Steps after which a training ends, even if its epochs are not over.",
        100,
        2000,
        34000,
        minimum=2,
    )
    whole: tuple[int, ...] = setting(
        "Numbers N of rotations at which the first draw goes through all epochs all the same.",
        (2,),
        (8,),
        shared.ORDERS,
        minimum=2,
        beyond=True,
    )
    seed: int = shared.seed("Draws the seeds, the networks and the batches.")


TRAINED_CLASSES = Experiment(
    name="trained-classes",
    figure="7, trained networks",
    summary="Trained networks of all classes, and a pose that one class lacks.",
    details="Takes the draws of many-classes, and trains a fully connected network with dropout on "
    "all rotations but the unrotated images of one class, each class in turn. Asks it for these, "
    "half way and at the end, and counts how many images of its training it recognizes.",
    settings=TrainedClasses,
)

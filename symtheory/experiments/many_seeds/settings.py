"""What figure 6 depends on: two classes with many seeds each."""

from __future__ import annotations

from dataclasses import dataclass

from symtheory.experiments.experiment import Experiment
from symtheory.experiments.settings import Settings
from symtheory.experiments.shared import settings as shared

__all__ = ["MANY_SEEDS", "ManySeeds"]


@dataclass(frozen=True, kw_only=True)
class ManySeeds(Settings):
    """What figure 6 depends on: two classes with many seeds each."""

    draws: int = shared.draws(4, 20, 50, what="Draws of two classes and of their seeds.")
    seeds: int = shared.seeds(4, 13, 13)
    orders: tuple[int, ...] = shared.orders()
    depth: int = shared.depth()
    ridge: float = shared.ridge()
    seed: int = shared.seed("Draws classes and seeds.")


MANY_SEEDS = Experiment(
    name="many-seeds",
    figure="6",
    summary="Many seeds of each class, and a pose that one class lacks.",
    details="Takes two classes with several seeds each, in all rotations, and holds out the "
    "unrotated image of every seed of one class. Compares the error of an infinitely wide network "
    "there with the general theorem, and with the paper's average over pairs of seeds.",
    settings=ManySeeds,
    notes=(shared.ONE_RIDGE,),
)

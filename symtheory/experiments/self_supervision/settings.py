"""What the experiment on self-supervision depends on."""

from __future__ import annotations

from dataclasses import dataclass

from symtheory.experiments.experiment import Experiment
from symtheory.experiments.settings import Settings, setting
from symtheory.experiments.shared import settings as shared

__all__ = ["SELF_SUPERVISION", "SelfSupervision"]


@dataclass(frozen=True, kw_only=True)
class SelfSupervision(Settings):
    """What the experiment on self-supervision depends on."""

    draws: int = shared.draws(1, 2, 5, what="Draws of the seeds of nine classes.", beyond=True)
    seeds: int = shared.seeds(10, 10, 10, what="Labeled seeds of each class.", beyond=True)
    orders: tuple[int, ...] = shared.orders((4,), (4, 8), (4, 8, 16), beyond=True)
    dimensions: tuple[int, ...] = setting(
        "Dimensions of the embedding, most of them below the number of labeled orbits.",
        (5, 20, 90),
        (5, 10, 20, 40, 80, 90),
        (5, 10, 20, 40, 80, 90),
        minimum=1,
        beyond=True,
    )
    further: tuple[int, ...] = setting(
        "Further seeds of each complete class, whose orbits are paired and have no labels.",
        (0, 2),
        (0, 1, 2, 4, 8),
        (0, 1, 2, 4, 8),
        minimum=0,
        beyond=True,
    )
    depth: int = shared.depth()
    ridge: float = shared.ridge()
    seed: int = shared.seed("Draws the seeds.")


SELF_SUPERVISION = Experiment(
    name="self-supervision",
    figure=None,
    about="learning from pairs",
    summary="Pairs of images without labels, and a pose that one class lacks.",
    details="Takes several seeds of nine digits in all rotations and no label in the upright pose "
    "of one class, each class in turn. Embeds images by what a wide network learns from pairs of "
    "rotations of one seed, trains a linear probe and a nearest neighbor on the labels, and counts "
    "how many of the upright images are recognized: with that pose among the pairs, without it, "
    "without all of that class, and with every image paired with itself alone; for embeddings of "
    "several dimensions, and with further orbits of the other classes, or as many images that are "
    "paired at random.",
    settings=SelfSupervision,
    notes=("The paper trains on labels only.",),
)

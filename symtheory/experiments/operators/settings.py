"""What the experiment on learned turns depends on."""

from __future__ import annotations

from dataclasses import dataclass

from symtheory.experiments.experiment import Experiment
from symtheory.experiments.settings import Settings, setting
from symtheory.experiments.shared import settings as shared

__all__ = ["OPERATORS", "Operators"]


@dataclass(frozen=True, kw_only=True)
class Operators(Settings):
    """What the experiment on learned turns depends on."""

    draws: int = shared.draws(2, 5, 5, beyond=True)
    seeds: tuple[int, ...] = setting(
        "Numbers of seeds of each class; smaller ones are parts of the largest.",
        (1, 2, 3, 5),
        (1, 2, 3, 5, 10, 20),
        (1, 2, 3, 5, 10, 20),
        minimum=1,
        beyond=True,
    )
    orders: tuple[int, ...] = shared.orders((4,), (4, 8, 16), (4, 8, 16), minimum=2, beyond=True)
    images: int = setting(
        "Images of a class at most, seeds times rotations; what has more is left out.",
        80,
        80,
        80,
        minimum=2,
        beyond=True,
    )
    operator_ridge: float = setting(
        "Ridge of the operator, as a fraction of the summed squares of what it is learned from.",
        1e-6,
        1e-6,
        1e-6,
        minimum=0,
        beyond=True,
    )
    depth: int = shared.depth()
    ridge: float = shared.ridge()
    seed: int = shared.seed("Draws the seeds.")


OPERATORS = Experiment(
    name="operators",
    figure=None,
    about="learning a turn from pairs",
    summary="A turn that is learned from pairs of images of other classes.",
    details="Takes several seeds of each of nine digits in all rotations, and holds out the "
    "unrotated images of one class, each class in turn. Learns one linear map from pairs of images "
    "that are one rotation apart, of the other classes, of all that was seen, and of wrong "
    "partners; applies its powers to the held-out images, and counts how many are recognized by "
    "the nearest training image or by the average of what an infinitely wide network says, beside "
    "both without the map and, for images of which no pose was seen, beside true rotations.",
    settings=Operators,
    notes=("The paper learns no transformation.",),
)

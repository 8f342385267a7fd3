"""What the comparison of depths depends on."""

from __future__ import annotations

from dataclasses import dataclass

from symtheory.experiments.experiment import Experiment
from symtheory.experiments.settings import Settings, setting
from symtheory.experiments.shared import settings as shared

__all__ = ["DEPTH", "Depth"]


@dataclass(frozen=True, kw_only=True)
class Depth(Settings):
    """What the comparison of depths depends on."""

    pairs: int = shared.pairs(16, 512, 512)
    orders: tuple[int, ...] = shared.orders()
    depths: tuple[int, ...] = setting(
        "Numbers of hidden layers.", (1, 5), (1, 2, 5, 10), (1, 2, 5, 10), minimum=1
    )
    ridge: float = shared.ridge()
    seed: int = shared.seed("Draws the pairs.")


DEPTH = Experiment(
    name="depth",
    figure="4 and 5, deeper networks",
    summary="Deeper networks, and a rotation that is missing.",
    details="Takes pairs of digits of different classes, each with its N rotations but one "
    "missing, and compares the errors of infinitely wide fully connected networks of several "
    "depths at the missing image, on the same pairs, with what theory predicts.",
    settings=Depth,
    notes=(shared.ONE_RIDGE,),
)

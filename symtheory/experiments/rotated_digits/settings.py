"""What figure 4 depends on: kernel regression on pairs of rotated digits."""

from __future__ import annotations

from dataclasses import dataclass

from symtheory.experiments.experiment import Experiment
from symtheory.experiments.settings import Settings
from symtheory.experiments.shared import settings as shared

__all__ = ["ROTATED_DIGITS", "RotatedDigits"]


@dataclass(frozen=True, kw_only=True)
class RotatedDigits(Settings):
    """What figure 4 depends on: kernel regression on pairs of rotated digits."""

    pairs: int = shared.pairs(32, 128, 512)
    orders: tuple[int, ...] = shared.orders()
    depth: int = shared.depth()
    ridge: float = shared.ridge()
    seed: int = shared.seed("Draws the pairs.")


ROTATED_DIGITS = Experiment(
    name="rotated-digits",
    figure="4",
    summary="The theory against kernel regression on rotated digits.",
    details="Takes pairs of digits of different classes, each with its N rotations but one "
    "missing, and compares the error of an infinitely wide network at the missing image with what "
    "the spectrum of its kernel predicts. Prints the medians over pairs; the file keeps every "
    "number.",
    settings=RotatedDigits,
    notes=(shared.ONE_RIDGE,),
)

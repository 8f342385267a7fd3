"""What figure 8 depends on: readouts under shifts."""

from __future__ import annotations

from dataclasses import dataclass

from symtheory.experiments.experiment import Experiment
from symtheory.experiments.settings import Settings, setting
from symtheory.experiments.shared import settings as shared

__all__ = ["SHIFTS", "Shifts"]


@dataclass(frozen=True, kw_only=True)
class Shifts(Settings):
    """What figure 8 depends on: readouts under shifts."""

    pairs: int = shared.pairs(16, 512, 512)
    orders: tuple[int, ...] = setting(
        "Numbers N of shifts around the row, by whole pixels: divisors of the width.",
        (2, 7, 28),
        (2, 4, 7, 14, 28),
        (2, 4, 7, 14, 28),
        minimum=1,
    )
    filters: tuple[int, ...] = shared.filters()
    preparations: tuple[str, ...] = shared.preparations("images")
    ridge: float = shared.ridge()
    seed: int = shared.seed("Draws the pairs.")


SHIFTS = Experiment(
    name="shifts",
    figure="8",
    summary="Convolution, two readouts, and a shift that is missing.",
    details="Takes pairs of digits of different classes, each at N places around its row but one, "
    "and compares the errors of infinitely wide convolutional networks at the missing place with "
    "what theory predicts: one convolution, with a dense readout and with global average pooling, "
    "filters of several sizes, images brought to zero mean and unit norm or to unit norm alone.",
    settings=Shifts,
    notes=(shared.ONE_RIDGE,),
)

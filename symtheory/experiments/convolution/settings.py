"""What the comparison of readouts under rotations depends on."""

from __future__ import annotations

from dataclasses import dataclass

from symtheory.experiments.experiment import Experiment
from symtheory.experiments.settings import Settings, setting
from symtheory.experiments.shared import settings as shared

__all__ = ["CONVOLUTION", "Convolution"]


@dataclass(frozen=True, kw_only=True)
class Convolution(Settings):
    """What the comparison of readouts under rotations depends on."""

    pairs: int = shared.pairs(8, 256, 512)
    pooled_pairs: int = setting(
        "Of these, pairs for the pooled readout too.", 2, 64, 512, minimum=0
    )
    pooled_pairs_beyond_16: int = setting(
        "Of these, pairs at more than 16 rotations, the first ones.", 2, 32, 512, minimum=0
    )
    orders: tuple[int, ...] = shared.orders()
    filters: tuple[int, ...] = shared.filters()
    preparations: tuple[str, ...] = shared.preparations("rotated images")
    ridge: float = shared.ridge()
    seed: int = shared.seed("Draws the pairs.")


CONVOLUTION = Experiment(
    name="convolution",
    figure="4 and 5, convolutional networks",
    summary="Convolution, two readouts, and a rotation that is missing.",
    details="Takes pairs of digits of different classes, each with its N rotations but one "
    "missing, and compares the errors of infinitely wide convolutional networks at the missing "
    "image with what theory predicts: one convolution, with a dense readout and with global "
    "average pooling, filters of several sizes, images brought to zero mean and unit norm or to "
    "unit norm alone. The pooled kernel compares all pairs of places: a pair of digits takes about "
    "75 seconds of a core at 64 rotations, where the dense one takes less than one.",
    settings=Convolution,
    notes=(shared.ONE_RIDGE,),
)

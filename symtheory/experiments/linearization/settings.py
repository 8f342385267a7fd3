"""What the comparison of networks with their linearizations depends on."""

from __future__ import annotations

from dataclasses import dataclass

from symtheory.experiments.experiment import Experiment
from symtheory.experiments.settings import Settings, setting
from symtheory.experiments.shared import settings as shared

__all__ = ["LINEARIZATION", "Linearization"]


@dataclass(frozen=True, kw_only=True)
class Linearization(Settings):
    """What the comparison of networks with their linearizations depends on."""

    widths: tuple[int, ...] = shared.widths((16, 64), (64, 256, 1024), (64, 256, 1024, 4096))
    labels: tuple[float, ...] = setting(
        "Sizes of the labels, for networks whose start is subtracted.",
        (1.0,),
        (1.0, 0.25),
        (1.0, 0.25, 0.0625),
        above=0,
        beyond=True,
    )
    starts: int = setting(
        "Starts of the widest networks, a multiple of 16; a quarter of the width, twice as many.",
        16,
        64,
        64,
        minimum=16,
        beyond=True,
    )
    steps: int = setting("Steps of gradient descent.", 500, 2000, 2000, minimum=1, beyond=True)
    seed: int = shared.seed("Draws the networks.")


LINEARIZATION = Experiment(
    name="linearization",
    figure=None,
    about="how fast the infinite width is reached",
    summary="Trained networks beside their linearizations and the infinitely wide one.",
    details="Takes seven labeled points on a circle, trains many networks of one hidden layer and "
    "several widths on them by plain gradient descent, and compares what they say around the "
    "circle, on average over starts, with their linearizations around their own starts and with "
    "the infinitely wide network after as many steps: with ReLU, for labels of several sizes, and "
    "with a ReLU whose kink is rounded off.",
    settings=Linearization,
    notes=("The paper compares no network with its linearization.",),
    datasets=("seven-points",),
)

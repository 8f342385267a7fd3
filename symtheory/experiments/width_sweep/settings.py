"""What the sweep over widths depends on."""

from __future__ import annotations

from dataclasses import dataclass

from symtheory.experiments.experiment import Experiment
from symtheory.experiments.settings import Settings, setting
from symtheory.experiments.shared import settings as shared

__all__ = ["WIDTH_SWEEP", "WidthSweep"]


@dataclass(frozen=True, kw_only=True)
class WidthSweep(Settings):
    """What the sweep over widths depends on."""

    pairs: int = shared.pairs(2, 16, 32, beyond=True)
    orders: tuple[int, ...] = shared.orders((8,), (8,), (8,), beyond=True)
    norms: tuple[float, ...] = shared.norms()
    epochs: tuple[int, ...] = setting(
        "Steps of gradient descent, for each of the norms; multiples of 4.",
        (1000,),
        (8000, 1000),
        (8000, 1000),
        minimum=4,
        distinct=False,
        beyond=True,
    )
    widths: tuple[int, ...] = shared.widths(
        (64, 256, 1024), tuple(2**k for k in range(6, 13)), tuple(2**k for k in range(6, 15))
    )
    networks: int = shared.networks(2, 2, 4, minimum=1)
    seed: int = shared.seed("Draws the pairs and the networks.")


WIDTH_SWEEP = Experiment(
    name="width-sweep",
    figure="4, trained networks, and beyond",
    summary="Networks of growing width against the infinitely wide one.",
    details="Takes pairs of digits of different classes, each with its N rotations, holds out one "
    "image, and trains networks of one hidden layer in the NTK parametrization by plain gradient "
    "descent. Compares them at the held-out image with the gradient flow of the infinitely wide "
    "network at the same time of training, and with kernel regression, for images of unit norm, as "
    "in the paper, and with pixels of order one.",
    settings=WidthSweep,
    notes=("The paper has no width sweep; its networks are 512 wide.",),
)

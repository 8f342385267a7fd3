"""What other networks on pairs of rotated digits depend on."""

from __future__ import annotations

from dataclasses import dataclass

from symtheory.experiments.experiment import Experiment
from symtheory.experiments.settings import Settings, setting
from symtheory.experiments.shared import settings as shared

__all__ = ["NETWORKS", "TRAINED_PAIRS", "TrainedPairs"]

NETWORKS = ("cnn", "vit")


@dataclass(frozen=True, kw_only=True)
class TrainedPairs(Settings):
    """What other networks on pairs of rotated digits depend on."""

    networks: tuple[str, ...] = setting(
        "Networks, cnn or vit.", NETWORKS, NETWORKS, NETWORKS, choices=NETWORKS, beyond=True
    )
    pairs: int = shared.pairs(3, 32, 128, beyond=True)
    orders: tuple[int, ...] = shared.orders((4,), (2, 4, 8, 16), (2, 4, 8, 16, 32), beyond=True)
    epochs: int = setting(
        "Epochs of Adam, of one step each.", 200, 500, 500, minimum=1, beyond=True
    )
    seed: int = shared.seed("Draws the pairs and the networks.")


TRAINED_PAIRS = Experiment(
    name="trained-pairs",
    figure="4, other networks",
    summary="A CNN and a transformer trained on rotated digits, beside kernels.",
    details="Takes pairs of digits of different classes, each with its N rotations but one "
    "missing, and trains a small convolutional network and a small vision transformer on them, "
    "which it compares at the missing image with regression with each one's own tangent kernel "
    "before and after training, and with closed forms.",
    settings=TrainedPairs,
)

"""What the trained networks of figure 4 depend on."""

from __future__ import annotations

from dataclasses import dataclass

from symtheory.experiments.experiment import Experiment
from symtheory.experiments.settings import Settings, setting
from symtheory.experiments.shared import settings as shared

__all__ = ["TRAINED_MLP", "TrainedMLP"]


@dataclass(frozen=True, kw_only=True)
class TrainedMLP(Settings):
    """What the trained networks of figure 4 depend on."""

    pairs: int = shared.pairs(4, 512, 512)
    pairs_beyond_16: int = setting(
        "Of these, pairs at more than 16 rotations, the first ones.", 4, 64, 512, minimum=1
    )
    orders: tuple[int, ...] = shared.orders()
    width: int = setting("Units of the hidden layer.", 512, 512, 512, minimum=1)
    epochs: int = setting(
        "Epochs of Adam, of one step each; plain gradient descent takes three times as many.",
        1000,
        2000,
        2000,
        minimum=1,
    )
    descent_pairs: int = setting(
        "Pairs that plain gradient descent is trained on too, the first ones.",
        1,
        8,
        64,
        minimum=0,
        beyond=True,
    )
    seed: int = shared.seed("Draws the pairs and the networks.")


TRAINED_MLP = Experiment(
    name="trained-mlp",
    figure="4, trained networks",
    summary="The theory against trained networks on rotated digits.",
    details="Takes pairs of digits of different classes, each with its N rotations but one "
    "missing, and trains a network of one hidden layer on them with Adam, which it compares at the "
    "missing image with the theory, with regression with its own tangent kernel before and after "
    "training, and with plain gradient descent.",
    settings=TrainedMLP,
)

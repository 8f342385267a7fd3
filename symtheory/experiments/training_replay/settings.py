"""What the replay of training depends on."""

from __future__ import annotations

from dataclasses import dataclass

from symtheory.experiments.experiment import Experiment
from symtheory.experiments.settings import Settings, setting
from symtheory.experiments.shared import settings as shared

__all__ = ["TRAINING_REPLAY", "TrainingReplay"]


@dataclass(frozen=True, kw_only=True)
class TrainingReplay(Settings):
    """What the replay of training depends on."""

    ranked: int = setting(
        "Pairs of images of different classes that the theory puts in order.",
        16,
        64,
        64,
        minimum=1,
        beyond=True,
    )
    pairs: int = setting(
        "How many of these networks are trained on, evenly spaced from the easiest to the hardest.",
        2,
        5,
        5,
        minimum=1,
        beyond=True,
    )
    order: int = setting(
        "Number N of rotations, by multiples of 360°/N.", 4, 4, 4, minimum=2, beyond=True
    )
    norms: tuple[float, ...] = shared.norms()
    epochs: int = setting("Steps of gradient descent.", 512, 16384, 16384, minimum=1, beyond=True)
    widths: tuple[int, ...] = shared.widths((8, 128), (8, 64, 512), (8, 64, 512, 4096))
    networks: int = shared.networks(8, 64, 64, minimum=2)
    seed: int = shared.seed("Draws the pairs and the networks.")


TRAINING_REPLAY = Experiment(
    name="training-replay",
    figure=None,
    about="training, epoch by epoch",
    summary="Trained networks beside the infinitely wide one, epoch by epoch.",
    details="Takes pairs of digits from the easiest to the hardest for the theory, each with its "
    "N rotations, holds out one image, and trains many networks of one hidden layer in the NTK "
    "parametrization by plain gradient descent, each from its own start. Keeps what each says "
    "of the missing image at epochs spaced evenly on a logarithmic scale, and what the gradient "
    "flow of infinitely wide networks predicts at the same times: their mean, and how far single "
    "ones scatter.",
    settings=TrainingReplay,
    notes=("The paper shows networks at the end of training only.",),
)

"""What the test for grokking depends on."""

from __future__ import annotations

from dataclasses import dataclass

from symtheory.experiments.experiment import Experiment
from symtheory.experiments.settings import Settings, setting
from symtheory.experiments.shared import settings as shared

__all__ = ["LONGER_TRAINING", "VARIANTS", "LongerTraining"]

VARIANTS = ("plain", "decay", "small-turns", "all-turns")


@dataclass(frozen=True, kw_only=True)
class LongerTraining(Settings):
    """What the test for grokking depends on."""

    variants: tuple[str, ...] = setting(
        "Ways of training, among plain, decay, small-turns and all-turns.",
        ("plain", "all-turns"),
        VARIANTS,
        ("plain",),
        choices=VARIANTS,
        beyond=True,
    )
    orders: tuple[int, ...] = shared.orders((4,), (4, 8), (4,), minimum=2)
    digits: tuple[int, ...] = setting(
        "Digits that lack the unrotated pose, in turn.",
        (7,),
        tuple(range(10)),
        tuple(range(10)),
        minimum=0,
        maximum=9,
        beyond=True,
    )
    images: int = setting("Images of each class, at most.", 20, 40, 7000, minimum=2)
    held_back: float = setting(
        "The fraction of them that is held back.", 0.5, 0.5, 0.1, minimum=0, maximum=1
    )
    batch: int = setting("Images in a training step, at most.", 16, 16, 2048, minimum=2)
    epochs: int = setting("Times that training goes through all images.", 64, 352, 10, minimum=1)
    decay: float = setting(
        "Weight decay, where there is some: what AdamW multiplies with the learning rate.",
        1.0,
        1.0,
        1.0,
        minimum=0,
        beyond=True,
    )
    angle: float = setting(
        "Small turns are by at most so many degrees each way.",
        10.0,
        10.0,
        10.0,
        minimum=0,
        maximum=180,
        beyond=True,
    )
    seed: int = shared.seed("Draws images, networks and batches.")


LONGER_TRAINING = Experiment(
    name="longer-training",
    figure=None,
    about="the authors' test for grokking",
    summary="Whether an unseen pose comes with more training.",
    details="Trains the convolutional network of figure 1 on its task many times longer than "
    "there, in four ways: plain; with decoupled weight decay; with training images turned at "
    "random by small angles; and turned by any angle, which shows the missing pose. Measures "
    "accuracies at epochs spaced evenly on a logarithmic scale.",
    settings=LongerTraining,
    notes=(
        "Rotations by cubic splines (the authors' script: nearest pixels).",
        "What is held back are images with all their poses (the authors' script: single poses).",
        "Adam with β = (0.7, 0.9), as in figure 1 (the authors' script: β = (0.9, 0.999)).",
    ),
)

"""What figure 1 depends on: trained networks, and a digit that is never seen upright."""

from __future__ import annotations

from dataclasses import dataclass

from symtheory.experiments.experiment import Experiment
from symtheory.experiments.settings import Settings, setting
from symtheory.experiments.shared import settings as shared

__all__ = ["NETWORKS", "UNSEEN_POSE", "UnseenPose"]

NETWORKS = ("mlp", "cnn", "vit")


@dataclass(frozen=True, kw_only=True)
class UnseenPose(Settings):
    """What figure 1 depends on: trained networks, and a digit that is never seen upright."""

    networks: tuple[str, ...] = setting(
        "Networks, among mlp, cnn and vit.", ("mlp", "cnn"), NETWORKS, NETWORKS, choices=NETWORKS
    )
    orders: tuple[int, ...] = shared.orders(live=(2, 8), reduced=(2, 4, 8, 16), minimum=2)
    digits: tuple[int, ...] = setting(
        "Digits that lack the unrotated pose, in turn.",
        (7,),
        tuple(range(10)),
        tuple(range(10)),
        minimum=0,
        maximum=9,
    )
    vit_digits: tuple[int, ...] = setting(
        "Of these, digits for the vision transformer too.",
        (7,),
        tuple(range(10)),
        tuple(range(10)),
        minimum=0,
        maximum=9,
    )
    images: int = setting(
        "Images of each class, at most; a tenth of them is held back.", 20, 64, 7000, minimum=2
    )
    batch: int = setting("Images in a training step, at most.", 16, 32, 2048, minimum=2)
    epochs: int = setting("Times that training goes through all images.", 22, 22, 22, minimum=1)
    vit_width: int = setting(
        "Width of the vision transformer's tokens and layers.", 128, 128, 256, minimum=1
    )
    vit_patch: int = setting(
        "Side of the vision transformer's patches in pixels.", 7, 7, 4, minimum=1
    )
    seed: int = shared.seed("Draws images, networks and batches.")


UNSEEN_POSE = Experiment(
    name="unseen-pose",
    figure="1",
    summary="Trained networks, and a digit that they have never seen upright.",
    details="Trains a fully connected network, a convolutional one and a vision transformer on "
    "images of ten classes in N rotations, one class without its unrotated pose, each class in "
    "turn. Measures after every epoch how many images they recognize: of training, of images held "
    "back, and of the missing pose; and at the end, as what they take it. At the paper's scale "
    "with 64 rotations the images alone take 12 GB, and all networks days of a GPU.",
    settings=UnseenPose,
    notes=(
        "Rotations by cubic splines (the authors' script: nearest pixels).",
        "What is held back are images with all their poses (the authors' script: single poses, "
        "whose other poses are seen in training).",
        "The vision transformer learns its positions (the authors' script: fixed waves).",
    ),
)

"""What the table of verdicts by group depends on."""

from __future__ import annotations

from dataclasses import dataclass

from symtheory.experiments.experiment import Experiment
from symtheory.experiments.settings import Settings, setting
from symtheory.experiments.shared import settings as shared

__all__ = ["ARCHITECTURES", "GROUPS", "VERDICTS_BY_GROUP", "VerdictsByGroup"]

GROUPS = ("rotations", "square", "shifts", "permutations")
ARCHITECTURES = ("mlp-1", "mlp-3", "cnn-dense", "cnn-pooled", "cnn-p4", "attention")


@dataclass(frozen=True, kw_only=True)
class VerdictsByGroup(Settings):
    """What the table of verdicts by group depends on."""

    groups: tuple[str, ...] = setting(
        "Groups, among rotations (C_8), square (D_4), shifts (C_8) and permutations (S_4).",
        ("square", "permutations"),
        GROUPS,
        GROUPS,
        choices=GROUPS,
        beyond=True,
    )
    architectures: tuple[str, ...] = setting(
        f"Architectures, among {', '.join(ARCHITECTURES)}.",
        ("mlp-1",),
        ARCHITECTURES,
        ARCHITECTURES,
        choices=ARCHITECTURES,
        beyond=True,
    )
    seeds: int = shared.seeds(4, 10, 20, beyond=True)
    starts: int = setting(
        "Networks that are trained for each class, from different starts.",
        1,
        1,
        3,
        minimum=1,
        beyond=True,
    )
    steps: int = setting(
        "Training steps, about, in whole epochs.", 100, 400, 800, minimum=1, beyond=True
    )
    batch: int = setting("Items in a training step.", 50, 50, 50, minimum=2, beyond=True)
    ridge: float = shared.ridge()
    seed: int = shared.seed("Draws items, networks and batches.")


VERDICTS_BY_GROUP = Experiment(
    name="verdicts-by-group",
    figure=None,
    summary="Verdicts and trained networks: groups, architectures and data sets, each with each.",
    details="Takes seeds of five classes, digits 0 to 4 and the five tetrominoes, in all poses of "
    "a group: rotations, the symmetries of a square, shifts, and for tetrominoes as lists of four "
    "points permutations. Diagnoses architectures by closed forms: fully connected with one "
    "hidden layer and with three, convolutional with a dense readout, with pooling, and with "
    "filters in four orientations, and attention. Then trains a small network of each without one "
    "pose of a class, each class in turn, and asks.",
    settings=VerdictsByGroup,
    about="which architecture knows a missing pose, of which group",
    notes=(
        "The paper has no such table, and compares no forecast with trained networks of these "
        "kinds.",
        "Images are small, 8×8 pixels, as scikit-learn's digits are before they are enlarged, so "
        "that kernels with pooling take seconds.",
        "The digits are 0 to 4, of which no turn or mirror makes another.",
        "The kernel of attention is that of a cousin: the network has residual connections, "
        "normalizations, and queries apart from keys. The convolutional networks normalize the "
        "features that they read out, without which those with pooling train slowly.",
    ),
)

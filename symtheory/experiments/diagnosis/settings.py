"""What the comparison of forecasts with trained networks depends on."""

from __future__ import annotations

from dataclasses import dataclass

from symtheory.experiments.experiment import Experiment
from symtheory.experiments.settings import Settings, setting
from symtheory.experiments.shared import settings as shared

__all__ = ["DIAGNOSIS", "NETWORKS", "DiagnosisRun"]

NETWORKS = ("mlp", "cnn", "vit", "torch")


@dataclass(frozen=True, kw_only=True)
class DiagnosisRun(Settings):
    """What the comparison of forecasts with trained networks depends on."""

    networks: tuple[str, ...] = setting(
        "Networks, among mlp, cnn, vit and torch, which needs PyTorch.",
        ("mlp",),
        NETWORKS,
        NETWORKS,
        choices=NETWORKS,
        beyond=True,
    )
    orders: tuple[int, ...] = shared.orders((4,), (4, 8, 16), (4, 8, 16), minimum=2, beyond=True)
    other_orders: tuple[int, ...] = setting(
        "Of these, numbers of rotations for networks that are not fully connected.",
        (4,),
        (4, 8, 16),
        (4, 8, 16),
        minimum=2,
        beyond=True,
    )
    seeds: int = shared.seeds(5, 20, 20, beyond=True)
    starts: int = setting(
        "Networks that are trained for each class, from different starts.",
        1,
        3,
        3,
        minimum=1,
        beyond=True,
    )
    steps: int = setting(
        "Training steps, about, in whole epochs; of transformers twice as many.",
        200,
        600,
        600,
        minimum=1,
        beyond=True,
    )
    batch: int = setting("Images in a training step.", 32, 32, 32, minimum=2, beyond=True)
    ridge: float = shared.ridge()
    seed: int = shared.seed("Draws images, networks and batches.")


DIAGNOSIS = Experiment(
    name="diagnosis",
    figure=None,
    about="what a diagnosis is worth",
    summary="What a diagnosis forecasts without training, beside networks that were trained.",
    details="Takes seeds of ten classes in N rotations, and networks: fully connected, "
    "convolutional with max pooling, a vision transformer, and a convolutional one of PyTorch, "
    "where that is installed. Diagnoses each by its own tangent kernel at its start, and by a "
    "closed form where there is one: is the upright pose recognized if one class lacks it? Then "
    "trains it without that pose of a class, each class in turn, and asks.",
    settings=DiagnosisRun,
    notes=(
        "The paper compares no forecast with trained networks of these kinds.",
        "The networks are small, so that all of them train in minutes: fully connected 784-128-10; "
        "two 5×5 convolutions with 4 and 8 channels, max pooling, 32 units; one block of "
        "attention on four patches, 32 wide.",
        "The tangent kernel of a network is the mean over its ten outputs: at infinite width all "
        "have the same.",
        "The closed form beside the convolutional networks is of convolutions without pooling: "
        "max pooling has none.",
    ),
)

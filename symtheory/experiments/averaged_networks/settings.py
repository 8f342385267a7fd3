"""What the averaged networks depend on."""

from __future__ import annotations

from dataclasses import dataclass

from symtheory.experiments.experiment import Experiment
from symtheory.experiments.settings import Settings, setting
from symtheory.experiments.shared import settings as shared

__all__ = ["AVERAGED_NETWORKS", "AveragedNetworks"]


@dataclass(frozen=True, kw_only=True)
class AveragedNetworks(Settings):
    """What the averaged networks depend on."""

    draws: int = shared.draws(
        1, 3, 3, what="Draws of seeds, each with every class in turn.", beyond=True
    )
    seeds: int = shared.seeds(4, 10, 10, beyond=True)
    width: int = setting("Units of the hidden layer.", 128, 128, 128, minimum=1, beyond=True)
    epochs: int = setting("Epochs of Adam.", 30, 30, 30, minimum=1, beyond=True)
    seed: int = shared.seed("Draws the images and the networks.")


AVERAGED_NETWORKS = Experiment(
    name="averaged-networks",
    figure=None,
    about="an average that the evidence learns",
    summary="Networks averaged over quarter turns as the evidence says.",
    details="Learns from the images that are seen, by their evidence, how to average over quarter "
    "turns, and trains networks of one hidden layer whose outputs are averaged so, on nine digits "
    "of which one lacks the upright pose, each in turn; beside plain networks, networks averaged "
    "as labels of the pose ask for, and networks averaged over powers of a random permutation of "
    "the pixels.",
    settings=AveragedNetworks,
    notes=("The paper learns no average.",),
)

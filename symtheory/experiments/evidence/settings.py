"""What learning an average by its evidence depends on."""

from __future__ import annotations

from dataclasses import dataclass

from symtheory.experiments.experiment import Experiment
from symtheory.experiments.settings import Settings, setting
from symtheory.experiments.shared import settings as shared

__all__ = ["EVIDENCE", "Evidence"]


@dataclass(frozen=True, kw_only=True)
class Evidence(Settings):
    """What learning an average by its evidence depends on."""

    draws: int = shared.draws(1, 2, 5, beyond=True)
    seeds: int = shared.seeds(3, 10, 10, beyond=True)
    fresh: int = shared.seeds(
        3, 10, 10, what="Further images of each class, for tests.", beyond=True
    )
    orders: tuple[int, ...] = shared.orders((4, 8), (4, 8), (4, 8, 16), minimum=4, beyond=True)
    starts: int = setting("Starts of each search for the weights.", 2, 3, 3, minimum=1, beyond=True)
    ridge: float = shared.ridge()
    seed: int = shared.seed("Draws the seeds.")


EVIDENCE = Experiment(
    name="evidence",
    figure=None,
    about="an average that is learned by its marginal likelihood",
    summary="Weights of an average over transformations, learned by their marginal likelihood.",
    details="Takes nine digits in all rotations, each class in turn without its upright pose. From "
    "the complete orbits of the other classes alone it learns, by marginal likelihood, how to "
    "average the kernel of an infinitely wide network over the rotations, and counts how many of "
    "the missing images are recognized before and after. Beside it stand labels with other "
    "symmetries, mirror images, transformations that are none of the data, labels of a single "
    "pose, and sixes that are turned into nines.",
    settings=Evidence,
    notes=("The paper averages no kernel by evidence.",),
)

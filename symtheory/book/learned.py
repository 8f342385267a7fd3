"""What each way of learning a symmetry is worth at a missing pose, beside its control."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from symtheory.experiments.averaged_networks.run import NETWORKS
from symtheory.experiments.operators.recognition import SOURCES
from symtheory.experiments.self_supervision.run import ARMS
from symtheory.experiments.shared.statistics import share_interval
from symtheory.records import Record

__all__ = ["Rate", "Way", "ways"]

ORDER = 4  # quarter turns, which are exact


@dataclass(frozen=True)
class Rate:
    """A share of missing images that are recognized.

    Attributes:
        share: From 0 to 1.
        interval: Wilson's, of 95 %, for as many trials as there are problems: the images of one
            class in one draw are not independent.
        problems: Draws, times the classes that lack the pose in turn.
        images: That are asked about in all.
    """

    share: float
    interval: np.ndarray
    problems: int
    images: int

    def __str__(self) -> str:
        """In percent, with its interval."""
        low, high = 100 * self.interval
        return f"{100 * self.share:.0f} ({low:.0f} to {high:.0f})"


@dataclass(frozen=True)
class Way:
    """A way to learn a symmetry.

    Attributes:
        name: What it is called.
        chapter: Where it is told.
        given: What it must be given, besides the images and labels that are seen.
        right: What it is worth.
        against: What its control is.
        control: And worth.
        record: Where the numbers are from.
    """

    name: str
    chapter: str
    given: str
    right: Rate
    against: str
    control: Rate
    record: str


def ways(records: Mapping[str, Record]) -> list[Way]:
    """All of them, at quarter turns of nine digits of MNIST, equally many of each.

    Args:
        records: By the name of their experiment, as `symtheory.book.results.book_records` has them.
    """
    data = {name: record.data for name, record in records.items()}
    evidence, pairs = data["evidence"], data["self-supervision"]
    four = list(evidence["orders"]).index(ORDER)
    seeds = int(evidence["images"])  # of each class
    of_sign = evidence["control_right"][:, 0]
    networks, trained = data["averaged-networks"], records["averaged-networks"].parameters["seeds"]
    linear = pairs["linear"][list(pairs["orders"]).index(ORDER), :, :, -1]  # (draws, arms, classes)
    paired = records["self-supervision"].parameters["seeds"]
    turns = data["operators"]
    as_many = list(turns["seeds_per_class"]).index(seeds)
    nearest = turns["recognized"][list(turns["orders"]).index(ORDER), :, as_many]
    metrics = data["features"]
    tasks = metrics["tasks"].tolist()
    last = metrics["right"][..., -1].mean(axis=-1)  # (tasks, draws, classes)
    each = metrics["right"].shape[-2]
    identity = _rate(linear[:, ARMS.index("identity")] / paired, paired)
    return [
        Way(
            "an average that the evidence chooses",
            "evidence",
            "the candidate transformations; complete orbits of other classes",
            _rate(evidence["right"][:, four, :, 1] / seeds, seeds),
            "averaging over all of them where labels change sign",
            _rate(of_sign[..., -1] / seeds, seeds),
            "evidence",
        ),
        Way(
            "trained networks with that average",
            "evidence",
            "the same",
            _rate(networks["right"][..., NETWORKS.index("learned")], trained),
            "powers of a permutation of pixels",
            _rate(networks["right"][..., NETWORKS.index("permuted")], trained),
            "averaged-networks",
        ),
        Way(
            "self-supervision, the missing pose paired",
            "self_supervision",
            "pairs of poses of one image, with the missing pose among them, unlabeled",
            _rate(linear[:, ARMS.index("paired")] / paired, paired),
            "each image paired with itself",
            identity,
            "self-supervision",
        ),
        Way(
            "self-supervision, the missing pose in no pair",
            "self_supervision",
            "pairs of poses of one image",
            _rate(linear[:, ARMS.index("unseen")] / paired, paired),
            "each image paired with itself",
            identity,
            "self-supervision",
        ),
        Way(
            "a turn learned from other classes",
            "operators",
            "pairs that are one and the same turn apart",
            _rate(nearest[..., SOURCES.index("others")], seeds),
            "shuffled pairs",
            _rate(nearest[..., SOURCES.index("shuffled")], seeds),
            "operators",
        ),
        Way(
            "a learned metric",
            "features",
            "nothing; the group must leave something linear alone",
            _rate(last[tasks.index(f"{ORDER} rotations")], each),
            "labels shuffled among the images",
            _rate(last[tasks.index("shuffled labels")], each),
            "features",
        ),
    ]


def _rate(shares: np.ndarray, images: int) -> Rate:
    """Of shares of the images of one class in one draw."""
    values = np.asarray(shares, dtype=float)
    share = values.mean()
    return Rate(
        float(share),
        share_interval(share, np.array(values.size)),
        values.size,
        values.size * images,
    )

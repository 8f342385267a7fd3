"""Does the marginal likelihood see the symmetry of the labels, and does what it finds help?

Nine digits, turned; each class in turn lacks its upright pose. The weights of an average over the
rotations are learned from the complete orbits of the other classes alone. The seen poses of the
incomplete class enter with the regression: by the averaged kernel, on all images that were seen.
That a transform of a pose is another pose of the orbit is exact for quarter turns; for others it
leaves out that an image which is turned twice is interpolated twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from symtheory.datasets import Dataset
from symtheory.experiments.evidence.averages import (
    at_start,
    averaged,
    coarser,
    gram_of,
    learned,
    one_hot,
    said,
)
from symtheory.experiments.evidence.controls import (
    EIGHTHS,
    PERMUTATIONS,
    QUARTERS,
    candidates,
    half_turned,
    half_turned_images,
    handed,
    handed_images,
    other_labels,
    upright_alone,
)
from symtheory.experiments.evidence.settings import Evidence
from symtheory.experiments.shared.checks import require_float64
from symtheory.experiments.shared.draws import seeds_of_draw
from symtheory.experiments.shared.nine_digits import nine_digits, turned
from symtheory.groups import cyclic_group
from symtheory.runs import Plan

__all__ = ["Unit", "compute", "plan"]


class Unit(NamedTuple):
    """A draw, and all that is measured on it."""

    draw: int


def plan(dataset: Dataset, settings: Evidence) -> Plan:
    """What is computed: draws of seeds of nine classes, and of two for mirrors and half turns.

    Args:
        dataset: images of ten digits.
        settings: of this experiment.

    Returns:
        Arrays whose first axis is that of draws; weights are zero beyond the order of the group.

        - Class labels: `weights`, (draws, orders, classes, N), with a row for each incomplete
          class; of as many images, `right`, (draws, orders, classes, 2), the missing ones that are
          recognized by the kernel as it is and as it is averaged; `fresh`, (draws, orders, classes,
          3), images of the incomplete class in that pose whose digits were not seen in any: by the
          kernel as it is, averaged, and as it is with nothing missing.
        - Quarter turns with other labels: `control_weights`, (draws, 2, classes, 4), of labels that
          change sign with each turn and of labels that are the pose; `control_right`, (draws, 2,
          classes, 3): as it is, by the learned average, by the uniform one.
        - Twos and fives and their mirror images, labeled by handedness: `handed_weights` (draws, 2,
          8) and `handed_right` (draws, 2, 3).
        - `candidate_weights`, (draws, 8): four rotations, four random permutations of pixels.
        - Upright images alone: `upright_weights`, (draws, 8), of eight rotations from the heaviest
          on, and `upright_right`, (draws, 2), the fraction of images recognized that are turned.
        - Sixes and nines: `half_turn_weights`, (draws, 2, 8), from complete orbits and from upright
          images, from the heaviest on; `half_turn_right`, (draws, 3), the fraction of fresh upright
          ones that are told apart: by the kernel as it is from upright images, as it is from
          complete orbits, averaged with the weights of those.

        As constants `orders`, `images`, of each class in `right`, and `fresh_images`.

    Raises:
        ValueError: without 64-bit floats, if an order does not divide the largest, or as
            `draw_seeds`.
    """
    require_float64()
    largest = max(settings.orders)
    if any(largest % order for order in (*settings.orders, QUARTERS, EIGHTHS)):
        raise ValueError(
            f"Expected orders that divide the largest, a multiple of 8. Got {settings.orders}. "
            "Try orders=(4, 8, 16)."
        )
    nine = nine_digits(dataset)
    n, classes = settings.draws, len(np.unique(nine.labels))
    # Too few images for any of the parts are found before there is work to lose.
    seeds_of_draw(nine, settings, 0, n_seeds=settings.seeds + settings.fresh)
    for draws_of in (handed_images, half_turned_images):
        draws_of(dataset, settings, 0)
    shapes = {
        "weights": (len(settings.orders), classes, largest),
        "control_weights": (2, classes, QUARTERS),
        "handed_weights": (2, 2 * QUARTERS),
        "candidate_weights": (QUARTERS + PERMUTATIONS,),
        "upright_weights": (EIGHTHS,),
        "upright_right": (2,),
        "half_turn_weights": (2, EIGHTHS),
        "half_turn_right": (3,),
    }
    counts = {
        "right": (len(settings.orders), classes, 2),
        "fresh": (len(settings.orders), classes, 3),
        "control_right": (2, classes, 3),
        "handed_right": (2, 3),
    }
    return Plan(
        arrays={name: np.zeros((n, *shape)) for name, shape in shapes.items()}
        | {name: np.zeros((n, *shape), np.int16) for name, shape in counts.items()},
        units=[Unit(draw) for draw in range(n)],
        costs=[1.0] * n,
        constants={
            "orders": np.array(settings.orders),
            "images": np.array(settings.seeds),
            "fresh_images": np.array(settings.fresh),
        },
        workers=1,
    )


def compute(dataset: Dataset, settings: Evidence, unit: Unit) -> Mapping[str, np.ndarray]:
    """All that is measured on one draw."""
    nine = nine_digits(dataset)
    classes = len(np.unique(nine.labels))
    each = settings.seeds + settings.fresh
    drawn = seeds_of_draw(nine, settings, unit.draw, n_seeds=each)
    poses = turned(nine.images[drawn], max(settings.orders))  # (classes · each, N, pixels)
    gram = gram_of(poses)
    new = np.arange(len(poses)) % each >= settings.seeds
    return (
        _rotations(gram, new, classes, settings)
        | other_labels(coarser(gram, QUARTERS)[~new][:, :, ~new], classes, settings)
        | handed(dataset, settings, unit.draw)
        | candidates(coarser(poses, QUARTERS)[~new], classes, settings, unit.draw)
        | upright_alone(coarser(gram, EIGHTHS), classes, settings)
        | half_turned(dataset, settings, unit.draw)
    )


def _rotations(
    gram: np.ndarray, new: np.ndarray, classes: int, settings: Evidence
) -> dict[str, np.ndarray]:
    """Class labels, at each order."""
    found: dict[str, list[np.ndarray]] = {"weights": [], "right": [], "fresh": []}
    of = np.repeat(np.arange(classes), settings.seeds)
    for order in settings.orders:
        part = coarser(gram, order)
        own, across = part[~new][:, :, ~new], part[new][:, :, ~new]
        labels = np.repeat(one_hot(of)[:, None], order, axis=1)
        ridge = settings.ridge * float(np.einsum("igig->", own))
        group = cyclic_group(order)
        asked = np.repeat(np.arange(classes), settings.fresh)
        everything = np.ones((len(of), order), bool)
        complete = said(own, labels, everything, ridge, across[:, 0]).argmax(axis=1) == asked
        weights, right, fresh = [], [], []
        for c in range(classes):
            mine = of == c
            a = learned(own[~mine][:, :, ~mine], group, labels[~mine], settings)
            seen = ~at_start(mine, order)
            correct = []
            for k, x in ((own, across), (averaged(own, group, a), averaged(across, group, a))):
                both = np.concatenate([k[mine, 0], x[asked == c, 0]])
                correct.append(said(k, labels, seen, ridge, both).argmax(axis=1) == c)
            weights.append(np.pad(a, (0, max(settings.orders) - order)))
            right.append([np.sum(each[: settings.seeds]) for each in correct])
            fresh.append([np.sum(each[settings.seeds :]) for each in correct])
            fresh[-1].append(np.sum(complete[asked == c]))
        for name, values in (("weights", weights), ("right", right), ("fresh", fresh)):
            found[name].append(np.array(values))
    return {name: np.stack(values) for name, values in found.items()}

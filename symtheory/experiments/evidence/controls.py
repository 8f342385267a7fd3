"""What stands beside class labels and rotations: other labels, transformations and data."""

from __future__ import annotations

import numpy as np

from symtheory.actions import dihedral_action, orbit
from symtheory.datasets import Dataset, normalize
from symtheory.experiments.evidence.averages import (
    at_start,
    averaged,
    blocks_of,
    gram_of,
    learned,
    one_hot,
    said,
    with_each,
)
from symtheory.experiments.evidence.candidates import learn_among
from symtheory.experiments.evidence.settings import Evidence
from symtheory.experiments.shared.draws import draw_seeds
from symtheory.experiments.shared.nine_digits import NORM, turned
from symtheory.groups import FiniteGroup, cyclic_group

__all__ = [
    "EIGHTHS",
    "PERMUTATIONS",
    "QUARTERS",
    "candidates",
    "half_turned",
    "half_turned_images",
    "handed",
    "handed_images",
    "other_labels",
    "upright_alone",
]

QUARTERS = 4
EIGHTHS = 8
PERMUTATIONS = 4
HANDED = (2, 5)
HALF_TURNED = (6, 9)


def other_labels(gram: np.ndarray, classes: int, settings: Evidence) -> dict[str, np.ndarray]:
    """Quarter turns: labels that change sign with each, and labels that are the pose."""
    of, group = np.repeat(np.arange(classes), settings.seeds), cyclic_group(QUARTERS)
    signs = (-1.0) ** np.arange(QUARTERS)
    kinds = {
        "sign": one_hot(of)[:, None] * signs[:, None],
        "pose": np.broadcast_to(one_hot(np.arange(QUARTERS)), (len(of), QUARTERS, QUARTERS)),
    }
    weights, right = [], []
    for name, labels in kinds.items():
        for c in range(classes):
            mine = of == c
            a = learned(gram[~mine][:, :, ~mine], group, labels[~mine], settings)
            answers = with_each(gram, group, a, labels, mine, settings.ridge)
            weights.append(a)
            right.append([np.sum(y.argmax(1) == (c if name == "sign" else 0)) for y in answers])
    shape = (len(kinds), classes)
    return {
        "control_weights": np.reshape(weights, (*shape, -1)),
        "control_right": np.reshape(right, (*shape, -1)),
    }


def handed_images(dataset: Dataset, settings: Evidence, draw: int) -> np.ndarray:
    """Twos and fives, of shape (2 · seeds, height, width)."""
    return _of_digits(dataset, HANDED, settings.seeds, (settings.seed, draw, 1))


def half_turned_images(dataset: Dataset, settings: Evidence, draw: int) -> np.ndarray:
    """Sixes and nines, half of them for tests: of shape (8 · seeds, height, width)."""
    return _of_digits(dataset, HALF_TURNED, 4 * settings.seeds, (settings.seed, draw, 3))


def handed(dataset: Dataset, settings: Evidence, draw: int) -> dict[str, np.ndarray]:
    """Twos and fives and their mirror images, labeled by handedness."""
    images = handed_images(dataset, settings, draw)
    action = dihedral_action(QUARTERS, images.shape[-2:])
    group = action.group
    gram = gram_of(NORM * normalize(orbit(images, action)).reshape(len(images), group.order, -1))
    mirrored = _reflections(group)
    of = np.repeat([0, 1], settings.seeds)
    labels = (np.where(of, -1.0, 1.0)[:, None] * np.where(mirrored, -1.0, 1.0))[..., None]
    weights, right = [], []
    for c in range(2):
        mine = of == c
        a = learned(gram[~mine][:, :, ~mine], group, labels[~mine], settings)
        answers = with_each(gram, group, a, labels, mine, settings.ridge)
        weights.append(a)
        right.append([np.sum(y[:, 0] * labels[mine][0, 0] > 0) for y in answers])
    return {"handed_weights": np.array(weights), "handed_right": np.array(right)}


def candidates(
    poses: np.ndarray, classes: int, settings: Evidence, draw: int
) -> dict[str, np.ndarray]:
    """Quarter turns and random permutations of pixels, of half of the seeds in all poses."""
    generator = np.random.default_rng((settings.seed, draw, 2))
    some = np.arange(len(poses)) % settings.seeds < (settings.seeds + 1) // 2
    points, of = poses[some], np.repeat(np.arange(classes), settings.seeds)[some]
    m, order, size = points.shape
    turns = np.stack([np.roll(points, -g, axis=1) for g in range(order)], axis=2)
    flat = points.reshape(m * order, size)
    shuffled = [flat[:, generator.permutation(size)] for _ in range(PERMUTATIONS)]
    every = np.concatenate([turns.reshape(m * order, order, size), np.stack(shuffled, 1)], axis=1)
    labels = np.repeat(one_hot(of), order, axis=0)
    found = learn_among(blocks_of(gram_of(every)), labels, starts=settings.starts, seed=draw)
    return {"candidate_weights": found.weights}


def upright_alone(gram: np.ndarray, classes: int, settings: Evidence) -> dict[str, np.ndarray]:
    """Class labels of upright images alone, and the turned ones to be recognized."""
    order, group = gram.shape[1], cyclic_group(gram.shape[1])
    of = np.repeat(np.arange(classes), settings.seeds + settings.fresh)
    found = learn_among(blocks_of(gram), one_hot(of), starts=settings.starts, seed=0)
    seen = at_start(np.ones(len(of), bool), order)
    labels = np.repeat(one_hot(of)[:, None], order, axis=1)
    right = []
    for a in (np.eye(order)[0], found.weights):
        kernel = averaged(gram, group, a)
        ridge = settings.ridge * float(np.einsum("igig->", gram))
        answers = said(kernel, labels, seen, ridge, kernel[~seen]).argmax(axis=1)
        right.append(np.mean(answers == np.repeat(of, order - 1)))
    return {"upright_weights": _from_heaviest(found.weights), "upright_right": np.array(right)}


def half_turned(dataset: Dataset, settings: Evidence, draw: int) -> dict[str, np.ndarray]:
    """Sixes and nines: what complete orbits say, and what upright images say."""
    n, order = 2 * settings.seeds, EIGHTHS
    images = half_turned_images(dataset, settings, draw)
    gram, group = gram_of(turned(images, order)), cyclic_group(order)
    new = np.arange(len(images)) % (2 * n) >= n
    own, across = gram[~new][:, :, ~new], gram[new][:, :, ~new]
    signs = np.where(np.arange(len(images)) < 2 * n, 1.0, -1.0)
    labels = np.repeat(signs[~new, None, None], order, axis=1)
    whole = learned(own, group, labels, settings)
    upright = learn_among(blocks_of(own), labels[:, 0], starts=settings.starts, seed=draw).weights
    ridge = settings.ridge * float(np.einsum("igig->", own))
    every = np.ones(labels.shape[:2], bool)
    kernel, asked = averaged(own, group, whole), averaged(across, group, whole)
    answers = (
        said(own, labels, at_start(every[:, 0], order), ridge, across[:, 0]),
        said(own, labels, every, ridge, across[:, 0]),
        said(kernel, labels, every, ridge, asked[:, 0]),
    )
    return {
        "half_turn_weights": np.stack([_from_heaviest(a) for a in (whole, upright)]),
        "half_turn_right": np.array([np.mean(y[:, 0] * signs[new] > 0) for y in answers]),
    }


def _from_heaviest(weights: np.ndarray) -> np.ndarray:
    """Translates have one evidence on exact orbits; of all that are alike, one is shown."""
    return np.roll(weights, -int(weights.argmax()))


def _of_digits(
    dataset: Dataset, digits: tuple[int, int], n: int, seed: tuple[int, ...]
) -> np.ndarray:
    kept = np.isin(dataset.labels, digits)
    images, labels = dataset.images[kept], dataset.labels[kept]
    return images[draw_seeds(labels, 2, n, seed=seed)].reshape(-1, *images.shape[1:])


def _reflections(group: FiniteGroup) -> np.ndarray:
    """Which elements of a dihedral group of even degree are mirror images."""
    return np.array(["s" in label for label in group.labels])

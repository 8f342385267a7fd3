"""The problems: five classes of a data set, in all poses of a group.

Three data sets: the digits 0 to 4 of the one that is given and of scikit-learn's, and tetrominoes,
which are sets of four points, with noise. Rotations, the symmetries of a square and shifts act on
images, in which the points of a tetromino are spots; permutations act on lists of its points.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from symtheory.actions import (
    Action,
    dihedral_action,
    orbit,
    permutation_action,
    rotation_action,
    translation_action,
)
from symtheory.datasets import Dataset, load_digits
from symtheory.experiments.shared.architectures import unit_norm
from symtheory.experiments.shared.draws import draw_seeds
from symtheory.groups import symmetric_group

__all__ = [
    "CLASSES",
    "SIDE",
    "TETROMINOES",
    "Problem",
    "acts",
    "as_image",
    "data_sets",
    "make_problem",
    "tetrominoes",
]

CLASSES = 5
SIDE = 8
BLOCK = 3  # pixels of the source to a side of one
# The five of them up to turns and mirrors: (row, column) of each square.
TETROMINOES = {
    "I": ((0, 0), (0, 1), (0, 2), (0, 3)),
    "L": ((0, 0), (0, 1), (0, 2), (1, 2)),
    "O": ((0, 0), (0, 1), (1, 0), (1, 1)),
    "S": ((0, 1), (0, 2), (1, 0), (1, 1)),
    "T": ((0, 0), (0, 1), (0, 2), (1, 1)),
}
NOISE = 0.25  # of each coordinate, in sides of a square
PITCH = 1.5  # pixels to a side of a square
SPOT = 0.6  # standard deviation of a spot, in pixels

_ACTIONS = {
    "rotations": lambda shape: rotation_action(8, shape),
    "square": lambda shape: dihedral_action(4, shape),
    "shifts": lambda shape: translation_action(8, shape),
    "permutations": lambda shape: permutation_action(symmetric_group(shape[0]), shape),
}


class Problem(NamedTuple):
    """Seeds in all poses, and what they are.

    Attributes:
        orbits: Images (m, |G|, side, side) of pixels of order one, or lists of points
            (m, |G|, 4, 1, 2), one below the other, with two channels.
        labels: 0 to 4, of shape (m,).
        action: What made the orbits.
    """

    orbits: np.ndarray
    labels: np.ndarray
    action: Action


def data_sets(dataset: Dataset) -> tuple[str, ...]:
    """The names of the data sets: the given one, and those that come with it."""
    return tuple(dict.fromkeys((dataset.name, "digits", "tetrominoes")))


def acts(group: str, data: str) -> bool:
    """Whether a group acts on a data set: permutations on lists of points alone."""
    return group != "permutations" or data == "tetrominoes"


def make_problem(dataset: Dataset, data: str, group: str, *, seeds: int, seed: int) -> Problem:
    """Draw seeds of each class and transform them.

    Args:
        dataset: The one that is given.
        data: One of `data_sets`, and
        group: a group that acts on it.
        seeds: Of each class.
        seed: Draws.

    Raises:
        ValueError: As `draw_seeds`.
    """
    labels = np.repeat(np.arange(CLASSES), seeds)
    if data == "tetrominoes":
        points = tetrominoes(seeds, seed=seed)
        if group == "permutations":
            lists = points[:, :, None, :]
            action = _ACTIONS[group](lists.shape[1:])
            return Problem(orbit(lists, action), labels, action)
        images = as_image(points)
    else:
        of = dataset if data == dataset.name else load_digits()
        images = _digits(of, seeds, seed)
    action = _ACTIONS[group]((SIDE, SIDE))
    # What only moves pixels comes last: equal patches stay so to the last bit, and are merged.
    if action.exact:
        return Problem(orbit(_pixels_of_order_one(images), action), labels, action)
    return Problem(_pixels_of_order_one(orbit(images, action)), labels, action)


def tetrominoes(seeds: int, *, seed: int) -> np.ndarray:
    """The five tetrominoes around their means, each coordinate with noise.

    Args:
        seeds: Of each.
        seed: Draws the noise.

    Returns:
        Shape (5 · seeds, 4, 2), in the order of `TETROMINOES`.
    """
    shapes = np.array(list(TETROMINOES.values()), dtype=np.float64)
    shapes -= shapes.mean(axis=1, keepdims=True)
    noise = np.random.default_rng(seed).normal(size=(CLASSES * seeds, 4, 2))
    return np.repeat(shapes, seeds, axis=0) + NOISE * noise


def as_image(points: np.ndarray) -> np.ndarray:
    """A spot for each point of (m, points, 2): images of shape (m, side, side)."""
    pixels = np.arange(SIDE) - (SIDE - 1) / 2
    squares = np.square(pixels - PITCH * points[..., None])  # (m, points, 2, side)
    profiles = np.exp(-squares / (2 * SPOT**2))
    spots: np.ndarray = np.einsum("mpi,mpj->mij", profiles[:, :, 0], profiles[:, :, 1])
    return spots


def _digits(dataset: Dataset, seeds: int, seed: int) -> np.ndarray:
    """Digits 0 to 4, their central 24×24 pixels in means of 3×3."""
    few = np.flatnonzero(dataset.labels < CLASSES)
    chosen = few[draw_seeds(dataset.labels[few], CLASSES, seeds, seed=seed).ravel()]
    inner = slice((28 - BLOCK * SIDE) // 2, (28 + BLOCK * SIDE) // 2)
    blocks = dataset.images[chosen][:, inner, inner].reshape(-1, SIDE, BLOCK, SIDE, BLOCK)
    means: np.ndarray = blocks.mean(axis=(2, 4))
    return means


def _pixels_of_order_one(images: np.ndarray) -> np.ndarray:
    return SIDE * unit_norm(images, item_ndim=2)

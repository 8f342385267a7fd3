"""A class of digits that lacks a pose: what networks see in training, and what they are asked.

All classes are shown in N rotations but for one, whose unrotated images are missing.
"""

from __future__ import annotations

from functools import cache, partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from symtheory.actions import orbit, rotation_action
from symtheory.datasets import Dataset

__all__ = [
    "ACCURACIES",
    "CHUNK",
    "CLASSES",
    "HELD_BACK",
    "SAMPLE",
    "Images",
    "Task",
    "missing_pose_task",
    "predicted_classes",
    "rotated",
    "watch",
]

CLASSES = 10
HELD_BACK = 0.1  # of the images of each class
# Accuracies are measured on at most so many images, after every epoch.
SAMPLE = 1000
# Images that are evaluated, or rotated, at a time.
CHUNK = 250
ACCURACIES = ("train", "held_back", "seen_poses", "unseen_pose", "unseen_pose_held_back")


class Images(NamedTuple):
    """Images and what they show.

    Attributes:
        images: float32 of shape (n, height, width).
        labels: int32 of shape (n,).
    """

    images: np.ndarray
    labels: np.ndarray


class Task(NamedTuple):
    """What is seen in training and what is asked afterwards.

    Attributes:
        train: all poses of the training images but the missing ones, in random order.
        held_back: images of which no pose is in `train`, in all poses but the missing ones, in
            random order.
        seen_poses: of these, the missing class alone, in the poses that it was seen in.
        unseen_pose: the missing class unrotated, of the training images: their other poses are in
            `train`.
        unseen_pose_held_back: the same of images that are held back.
    """

    train: Images
    held_back: Images
    seen_poses: Images
    unseen_pose: Images
    unseen_pose_held_back: Images


def rotated(images: np.ndarray, order: int) -> np.ndarray:
    """All rotations of some images, each brought to unit norm.

    Args:
        images: of shape (m, side, side).
        order: the number N of rotations.

    Returns:
        Float32 of shape (m, N, side, side).
    """
    action = rotation_action(order, images.shape[1:])
    result = np.empty((len(images), order, *images.shape[1:]), dtype=np.float32)
    for start in range(0, len(images), CHUNK):
        poses = orbit(images[start : start + CHUNK], action)
        norm = np.sqrt(np.einsum("mnij,mnij->mn", poses, poses))[..., None, None]
        result[start : start + CHUNK] = poses / norm
    return result


def missing_pose_task(
    dataset: Dataset,
    *,
    images: int,
    order: int,
    digit: int,
    seed: int,
    held_back: float = HELD_BACK,
) -> Task:
    """Draw images, rotate them, and leave out one class unrotated.

    The images and which of them are held back depend on the seed alone; so do their order in
    training and all samples, with the class and the number of rotations.

    Args:
        dataset: images of ten classes.
        images: how many images of each class are drawn; all, where there are fewer.
        order: the number N of rotations.
        digit: the class that lacks the unrotated pose.
        seed: draws.
        held_back: the fraction of each class's images of which no pose is trained on; at least one
            image, and not all.

    Raises:
        ValueError: if a class has too few images, or an argument is out of range.
    """
    classes, counts = np.unique(dataset.labels, return_counts=True)
    if not np.array_equal(classes, np.arange(CLASSES)):
        raise ValueError(
            f"Expected images of classes 0 to 9. Got classes {classes.tolist()}. "
            "Try symtheory.datasets.load_digits()."
        )
    if images < 2 or counts.min() < 2:
        raise ValueError(
            "Expected at least 2 images of each class: one to train on and one to hold back. "
            f"Got images={images} and {counts.min()} in the smallest class. "
            "Try images=2 on symtheory.datasets.load_digits()."
        )
    if not 0 <= held_back <= 1:
        raise ValueError(f"Expected a fraction held_back from 0 to 1. Got {held_back}. Try 0.1.")
    if order < 1 or digit not in range(CLASSES):
        raise ValueError(
            f"Expected order ≥ 1 and a digit 0 to 9. Got {order} and {digit}. Try order=4, digit=5."
        )
    generator = np.random.default_rng((seed, 0))
    kept, held = [], []
    for one in range(CLASSES):
        own = generator.permutation(np.flatnonzero(dataset.labels == one))[:images]
        out = min(max(1, round(held_back * len(own))), len(own) - 1)
        held.append(own[:out])
        kept.append(own[out:])
    generator = np.random.default_rng((seed, 1, order, digit))
    trained, unseen = _poses(dataset, np.concatenate(kept), order, digit, generator)
    asked, unseen_held = _poses(dataset, np.concatenate(held), order, digit, generator)
    own = asked.labels == digit
    seen_poses = Images(asked.images[own], asked.labels[own])
    return Task(trained, asked, seen_poses, unseen, unseen_held)


def _poses(
    dataset: Dataset, chosen: np.ndarray, order: int, digit: int, generator: np.random.Generator
) -> tuple[Images, Images]:
    """All poses that are not missing, shuffled, and those that are."""
    poses = rotated(dataset.images[chosen], order).reshape(-1, *dataset.images.shape[1:])
    labels = np.repeat(dataset.labels[chosen], order).astype(np.int32)
    missing = (labels == digit) & (np.arange(len(labels)) % order == 0)
    there = generator.permutation(np.flatnonzero(~missing))
    return Images(poses[there], labels[there]), Images(poses[missing], labels[missing])


def predicted_classes(model: Any, images: Array) -> Array:
    """The class that a network takes each image for, of shape (n,)."""
    return jax.lax.map(lambda x: jnp.argmax(model(x)), images, batch_size=CHUNK)


def _accuracies(
    ends: tuple[int, ...], images: Array, labels: Array, model: Any, _epoch: Array
) -> dict[str, Array]:
    """The fractions of images that are classified correctly, in sets that end at ``ends``."""
    correct = (predicted_classes(model, images) == labels).astype(jnp.float32)
    parts = jnp.split(correct, ends[:-1])
    return {name: jnp.mean(part) for name, part in zip(ACCURACIES, parts, strict=True)}


def watch(task: Task) -> Any:
    """What `train` calls to measure accuracies: large sets are measured on a random sample."""
    sample = [Images(of.images[:SAMPLE], of.labels[:SAMPLE]) for of in task]
    ends = tuple(np.cumsum([len(of.labels) for of in sample]).tolist())
    images, labels = (jnp.concatenate(arrays) for arrays in zip(*sample, strict=True))
    # Partial keeps its arrays out of what is compiled, and partial its numbers in there.
    return jax.tree_util.Partial(_of_sets(ends), images, labels)


@cache
def _of_sets(ends: tuple[int, ...]) -> Any:
    """One function for one division into sets, so that `train` compiles it once."""
    return partial(_accuracies, ends)

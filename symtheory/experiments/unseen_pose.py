"""A class of digits that is never seen upright: do trained networks know it? The paper's figure 1.

All classes are shown in N rotations but for one, whose unrotated images are missing. A network is
trained on the rest and then asked about these. It can do well everywhere else and fail there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import Array

from symtheory.actions import orbit, rotation_action
from symtheory.datasets import Dataset
from symtheory.experiments.checkpoints import Plan, Unit
from symtheory.experiments.checks import check_orders
from symtheory.networks import CNN, MLP, ViT, train
from symtheory.networks.training import cross_entropy

NETWORKS = ("mlp", "cnn", "vit")
CLASSES = 10
HELD_BACK = 0.1  # of the images of each class
DROPOUT = 0.5
OPTIMIZER = optax.adam(1e-3, b1=0.7, b2=0.9)
# Accuracies are measured on at most so many images, after every epoch.
SAMPLE = 1000
# Images that are evaluated, or rotated, at a time.
CHUNK = 250
# Work for an image in a training step, measured on 2 cores in microseconds.
COSTS = {"mlp": 40, "cnn": 110, "vit": 1100}
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
        raise ValueError(f"Expected images of classes 0 to 9. Got classes {classes.tolist()}.")
    if images < 2 or counts.min() < 2:
        raise ValueError(
            "Expected at least 2 images of each class: one to train on and one to hold back. "
            f"Got images={images} and {counts.min()} in the smallest class."
        )
    check_held_back(held_back)
    if order < 1 or digit not in range(CLASSES):
        raise ValueError(f"Expected order ≥ 1 and a digit 0 to 9. Got {order} and {digit}.")
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


def build(network: str, key: Array, *, width: int = 256, patch: int = 4) -> Any:
    """A network of figure 1.

    Args:
        network: "mlp" (784-512-128-10 with dropout), "cnn" or "vit".
        key: from `jax.random.key`.
        width: of the vision transformer's tokens and hidden layers, and
        patch: the side of its patches in pixels.

    Raises:
        ValueError: for another name.
    """
    if network == "mlp":
        return MLP(784, 512, 128, CLASSES, dropout=DROPOUT, key=key)
    if network == "cnn":
        return CNN(key=key)
    if network == "vit":
        return ViT(patch=patch, width=width, hidden=width, key=key)
    raise ValueError(f"Expected a network among {', '.join(NETWORKS)}. Got {network!r}.")


def _build(network: str, parameters: Mapping[str, Any], key: Array) -> Any:
    width, patch = parameters["vit_width"], parameters["vit_patch"]
    return build(network, key, width=width, patch=patch)


def classify(model: Any, images: np.ndarray) -> np.ndarray:
    """The class that a network takes each image for: shape (n,), for images (n, height, width)."""
    return np.asarray(_compiled(model, jnp.asarray(images)))


def _predicted(model: Any, images: Array) -> Array:
    return jax.lax.map(lambda x: jnp.argmax(model(x)), images, batch_size=CHUNK)


_compiled = eqx.filter_jit(_predicted)


def _accuracies(
    ends: tuple[int, ...], images: Array, labels: Array, model: Any, _epoch: Array
) -> dict[str, Array]:
    """The fractions of images that are classified correctly, in sets that end at ``ends``."""
    correct = (_predicted(model, images) == labels).astype(jnp.float32)
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


def plan(dataset: Dataset, parameters: Mapping[str, Any]) -> Plan:
    """What is to be computed: each network at each number of rotations with each digit missing.

    Raises:
        ValueError: for bad parameters.
    """
    networks, orders = list(parameters["networks"]), list(parameters["orders"])
    digits, vit_digits = list(parameters["digits"]), list(parameters["vit_digits"])
    check_choices("networks", networks, NETWORKS)
    check_choices("digits", digits, range(CLASSES))
    check_choices("vit_digits", vit_digits, digits)
    check_orders(orders, least=2)
    if min(parameters["images"], parameters["batch"]) < 2 or parameters["epochs"] < 1:
        raise ValueError(
            "Expected images ≥ 2, batch ≥ 2 and epochs ≥ 1. "
            f"Got {parameters['images']}, {parameters['batch']} and {parameters['epochs']}."
        )
    for network in networks:  # sizes that do not fit are found before any work
        jax.eval_shape(partial(_build, network, parameters), jax.random.key(0))
    shape = (len(networks), len(orders), len(digits))
    epochs = parameters["epochs"]
    arrays = {name: np.full((*shape, 1 + epochs), np.nan, dtype=np.float32) for name in ACCURACIES}
    arrays["loss"] = np.full((*shape, epochs), np.nan, dtype=np.float32)
    arrays["taken_as"] = np.zeros((*shape, CLASSES), dtype=np.int32)
    units: dict[Unit, float] = {
        (i, j, k): float(order * COSTS[network])
        for i, network in enumerate(networks)
        for j, order in enumerate(orders)
        for k, digit in enumerate(digits)
        if network != "vit" or digit in vit_digits
    }
    in_order = sorted(units, key=lambda unit: units[unit])
    return Plan(
        arrays,
        in_order,
        [units[unit] for unit in in_order],
        {
            "networks": np.array(networks),
            "orders": np.array(orders, dtype=np.int32),
            "digits": np.array(digits, dtype=np.int32),
        },
        workers=2,
    )


def check_held_back(fraction: float) -> None:
    """Raise a ValueError unless this is a fraction."""
    if not 0 <= fraction <= 1:
        raise ValueError(f"Expected a fraction held_back from 0 to 1. Got {fraction}.")


def check_choices(name: str, values: Sequence[Any], allowed: Sequence[Any]) -> None:
    """Raise a ValueError unless the values are different ones of those allowed."""
    if not values or len(set(values)) < len(values) or not set(values) <= set(allowed):
        raise ValueError(
            f"Expected different {name} among {', '.join(map(str, allowed))}. "
            f"Got {', '.join(map(str, values)) or 'none'}."
        )


def compute(
    dataset: Dataset, parameters: Mapping[str, Any], unit: Unit
) -> Mapping[str, np.ndarray]:
    """Train one network with one digit missing, and measure its accuracies after each epoch.

    Returns:
        `train`, `held_back`, `seen_poses`, `unseen_pose` and `unseen_pose_held_back`: accuracies
        on the sets of `Task`, of shape (1 + epochs,), the first before training; `loss`, of shape
        (epochs,); `taken_as`, how many of the unseen images, held back or not, are taken for each
        class at the end, of shape (10,).
    """
    i, j, k = unit
    network, order = parameters["networks"][i], parameters["orders"][j]
    digit, seed = parameters["digits"][k], parameters["seed"]
    task = missing_pose_task(
        dataset, images=parameters["images"], order=order, digit=digit, seed=seed
    )
    # Keys depend on what is trained, not on what else is: a part of a run repeats that part.
    key = jax.random.key(seed)
    for number in (NETWORKS.index(network), order, digit):
        key = jax.random.fold_in(key, number)
    of_start, of_training = jax.random.split(key)
    trained = train(
        _build(network, parameters, of_start),
        *task.train,
        loss=cross_entropy,
        optimizer=OPTIMIZER,
        epochs=parameters["epochs"],
        batch_size=parameters["batch"],
        key=of_training,
        measure=watch(task),
    )
    unseen = np.concatenate([task.unseen_pose.images, task.unseen_pose_held_back.images])
    taken_as = np.bincount(classify(trained.model, unseen), minlength=CLASSES)
    measured = {name: np.asarray(value) for name, value in trained.measured.items()}
    return measured | {"loss": np.asarray(trained.losses), "taken_as": taken_as}


def summary(data: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Final accuracies by network and order: means and 95 % intervals over the missing digit.

    Returns:
        By name, arrays of shape (orders,): for each network and each accuracy that `compute`
        returns, such as `cnn_unseen_pose`, the mean, and `cnn_unseen_pose_half`, half the width of
        its 95 % confidence interval (Student's t; NaN for a single digit); and `cnn_gap`, the mean
        of `held_back` minus `unseen_pose_held_back`.
    """
    result = {}
    for i, network in enumerate(data["networks"].tolist()):
        last = {name: data[name][i, :, :, -1].astype(float) for name in ACCURACIES}
        for name, values in last.items():
            key = f"{network}_{name}"
            result[key], result[f"{key}_half"] = mean_and_half(values)
        gap = last["held_back"] - last["unseen_pose_held_back"]
        result[f"{network}_gap"] = mean_and_half(gap)[0]
    return result


def mean_and_half(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean over the last axis, without NaN, and half of its 95 % confidence interval."""
    from scipy.stats import t

    there = ~np.isnan(values)
    count = there.sum(axis=-1)
    mean = np.where(there, values, 0.0).sum(axis=-1) / np.maximum(count, 1)
    squares = np.where(there, np.square(values - mean[..., None]), 0.0).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(squares / (count - 1) / count)
        half = t.ppf(0.975, count - 1) * error
    return np.where(count > 0, mean, np.nan), half

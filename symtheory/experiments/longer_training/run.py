"""Does an unseen pose come with more training? The test for grokking of the authors' code, longer.

The convolutional network of figure 1 and its task, trained many times longer than there, plainly,
with weight decay, and with training images that are turned at random: by small angles, or by any.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import Array

from symtheory.datasets import Dataset
from symtheory.experiments.longer_training.settings import LongerTraining
from symtheory.experiments.shared.keys import folded_key
from symtheory.experiments.shared.pose_task import ACCURACIES, Task, missing_pose_task, watch
from symtheory.experiments.shared.statistics import mean_interval
from symtheory.networks import CNN, cross_entropy, train
from symtheory.runs import Plan

__all__ = [
    "BY_HEART",
    "COSTS",
    "QUANTITIES",
    "Unit",
    "compute",
    "measured_epochs",
    "plan",
    "summary",
    "turned",
    "turning_loss",
]

QUANTITIES = (*ACCURACIES, "unseen_loss", "weight_norm")
# The fraction of its training set from which on a network is said to know it by heart.
BY_HEART = 0.98
# Work for an image in a training step, relative.
COSTS = {"plain": 1.0, "decay": 1.0, "small-turns": 1.3, "all-turns": 1.3}


class Unit(NamedTuple):
    """A way of training at one number of rotations, with one digit missing."""

    variant: int
    order: int
    digit: int


def turned(image: Array, angle: Array) -> Array:
    """An image turned about its center, by linear interpolation, with unit norm.

    Args:
        image: of shape (side, side).
        angle: in radians, counterclockwise.
    """
    center = (len(image) - 1) / 2
    places = jnp.mgrid[: image.shape[0], : image.shape[1]].astype(image.dtype) - center
    rows, columns = places
    cosine, sine = jnp.cos(angle), jnp.sin(angle)
    source = [cosine * rows + sine * columns + center, -sine * rows + cosine * columns + center]
    result = jax.scipy.ndimage.map_coordinates(image, source, order=1)
    return result / jnp.linalg.norm(result)


def turning_loss(largest: float, model: Any, inputs: Array, targets: Array, key: Array) -> Array:
    """Cross-entropy on images that are turned at random by up to ``largest`` degrees each way."""
    of_angles, of_loss = jax.random.split(key)
    limit = np.deg2rad(largest)
    angles = jax.random.uniform(of_angles, (len(inputs),), inputs.dtype, -limit, limit)
    return cross_entropy(model, jax.vmap(turned)(inputs, angles), targets, of_loss)


def measured_epochs(epochs: int) -> np.ndarray:
    """The epochs after which accuracies are measured: about four in each doubling, and the ends."""
    powers = 2 ** np.arange(0, np.log2(epochs) + 0.25, 0.25)
    return np.unique([0, *np.round(powers[powers <= epochs]).astype(int), epochs])


def plan(dataset: Dataset, settings: LongerTraining) -> Plan:
    """What is to be computed: each way of training at each order with each digit missing."""
    variants, orders, digits = settings.variants, settings.orders, settings.digits
    points = measured_epochs(settings.epochs)
    shape = (len(variants), len(orders), len(digits), len(points))
    units: dict[Unit, float] = {
        Unit(i, j, k): order * COSTS[variant]
        for i, variant in enumerate(variants)
        for j, order in enumerate(orders)
        for k in range(len(digits))
    }
    in_order = sorted(units, key=units.__getitem__)
    return Plan(
        {name: np.full(shape, np.nan, dtype=np.float32) for name in QUANTITIES},
        in_order,
        [units[unit] for unit in in_order],
        {
            "variants": np.array(variants),
            "orders": np.array(orders, dtype=np.int32),
            "digits": np.array(digits, dtype=np.int32),
            "epochs": points.astype(np.int32),
        },
        workers=2,
    )


def compute(dataset: Dataset, settings: LongerTraining, unit: Unit) -> Mapping[str, np.ndarray]:
    """Train one network for long, and look at it at the epochs of `measured_epochs`.

    Networks and batches depend on the order and the digit, not on the way of training: the four
    ways start from the same network.

    Returns:
        By name, of shape (measured epochs,): accuracies on the sets of `pose_task.Task`;
        `unseen_loss`, the cross-entropy at the unseen pose of images that are held back, in nats;
        `weight_norm`, of all parameters.
    """
    variant, order = settings.variants[unit.variant], settings.orders[unit.order]
    digit, seed, epochs = settings.digits[unit.digit], settings.seed, settings.epochs
    task = missing_pose_task(
        dataset,
        images=settings.images,
        order=order,
        digit=digit,
        seed=seed,
        held_back=settings.held_back,
    )
    key = folded_key(seed, order, digit)
    of_start, of_training = jax.random.split(key)
    trained = train(
        CNN(key=of_start),
        *task.train,
        loss=_loss(variant, settings.angle),
        optimizer=_optimizer(settings.decay if variant == "decay" else 0.0),
        epochs=epochs,
        batch_size=settings.batch,
        key=of_training,
        measure=_watch_at_times(task, epochs),
    )
    points = measured_epochs(epochs)
    return {name: np.asarray(value)[points] for name, value in trained.measured.items()}


# Made once for each setting: `train` compiles anew for each loss or optimizer that it has not met.
@cache
def _loss(variant: str, angle: float) -> Any:
    if variant == "small-turns":
        return partial(turning_loss, angle)
    if variant == "all-turns":
        return partial(turning_loss, 180.0)
    return cross_entropy


@cache
def _optimizer(decay: float) -> optax.GradientTransformation:
    """That of figure 1, with decoupled weight decay."""
    return optax.adamw(1e-3, b1=0.7, b2=0.9, weight_decay=decay)


def _watch_at_times(task: Task, epochs: int) -> Any:
    """What `train` calls after every epoch: it looks at the network only in some of them."""
    due = np.isin(np.arange(epochs + 1), measured_epochs(epochs))
    asked = task.unseen_pose_held_back
    images, labels = jnp.asarray(asked.images), jnp.asarray(asked.labels)
    return jax.tree_util.Partial(_look_if_due, jnp.asarray(due), watch(task), images, labels)


def _look_if_due(
    due: Array, accuracies: Any, images: Array, labels: Array, model: Any, epoch: Array
) -> dict[str, Array]:
    def look() -> dict[str, Array]:
        loss = cross_entropy(model, images, labels, jax.random.key(0))
        norm = optax.tree.norm(model)
        return accuracies(model, epoch) | {"unseen_loss": loss, "weight_norm": norm}

    nothing = jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), jax.eval_shape(look))
    return jax.lax.cond(due[epoch], look, lambda: nothing)


def summary(data: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Each way of training at its end, and what waiting brought: means over the missing digit.

    Returns:
        By name, arrays of shape (orders,): for each way of training and each quantity that
        `compute` returns, such as `small-turns_unseen_pose`, its mean at the end; `known_epoch`,
        the first that was measured after which the first way recognizes `BY_HEART` of its training
        images, in the mean; and for each way `…_known`, the mean accuracy at the unseen pose at
        that epoch, `…_late`, what comes between it and the end, and `…_short`, how far that falls
        short of half of what the unseen pose then lacked beside images that are held back. NaN
        where that epoch never comes. Under `…_interval`, of shape (orders, 2), the 95 % intervals
        of means from resampling digits (NaN for a single one).
    """
    by_heart = data["train"][0].mean(axis=1) >= BY_HEART  # orders, epochs
    known = by_heart.argmax(axis=-1)
    comes = by_heart.any(axis=-1)
    result = {"known_epoch": np.where(comes, data["epochs"][known], np.nan)}
    for i, variant in enumerate(data["variants"].tolist()):
        watched = np.stack([data[name][i] for name in ("unseen_pose", "held_back")]).astype(float)
        of_epoch = np.take_along_axis(watched, known[None, :, None, None], axis=-1)[..., 0]
        then, held_back = np.where(comes[:, None], of_epoch, np.nan)  # orders, digits
        at_end = {name: data[name][i, ..., -1].astype(float) for name in QUANTITIES}
        late = at_end["unseen_pose"] - then
        short = (held_back - then) / 2 - late
        found = at_end | {"known": then, "late": late, "short": short}
        for name, values in found.items():
            key = f"{variant}_{name}"
            result[key], result[f"{key}_interval"] = mean_interval(values)
    return result

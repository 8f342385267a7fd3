"""Do trained networks recognize what the theory says? The paper's figure 7, its trained networks.

The draws of `many_classes`: ten classes with many seeds each, in all rotations but for the
unrotated images of one class, each class in turn. A network of two hidden layers with dropout is
trained on them, by Adam on the cross-entropy, and asked for the images that it has not seen.

A training goes through all images a number of times, as the paper's does. At many rotations that
takes long, so that there it may be ended after a number of steps. Two controls say whether that
matters: what the same network had answered half way, and, in the first draw, what it answers once
it has gone through all epochs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from symtheory.actions import orbit, rotation_action
from symtheory.datasets import Dataset, normalize
from symtheory.experiments.many_classes.run import QUANTITIES
from symtheory.experiments.shared.draws import plan_draws, seeds_of_draw
from symtheory.experiments.shared.keys import folded_key
from symtheory.experiments.shared.pose_task import predicted_classes
from symtheory.experiments.trained_classes.settings import TrainedClasses
from symtheory.experiments.unseen_pose.run import OPTIMIZER, build
from symtheory.networks import cross_entropy, train
from symtheory.runs import Plan

__all__ = [
    "Unit",
    "accuracies",
    "compute",
    "epochs_of",
    "missing_pose",
    "on_the_same_images",
    "plan",
]

ANSWERS = ("half_class", "trained_class", "whole_class")
NOT_ASKED = -1  # in place of the class that a network takes an image for
FRACTIONS = ("seen", "own_seen")


class Unit(NamedTuple):
    """A network: at one number of rotations, of one draw, with one incomplete class."""

    order: int
    draw: int
    incomplete: int


def missing_pose(
    images: np.ndarray, order: int, incomplete: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What a network sees in training, and what it is asked for.

    Args:
        images: seeds of each class, of shape (classes, seeds, side, side). They are rotated, and
            then brought to zero mean and unit norm.
        order: the number of rotations N.
        incomplete: the class that lacks its unrotated images.

    Returns:
        The images that are seen, float32 of shape (n, side, side), n = classes · seeds · N - seeds,
        their classes, int32 of shape (n,), and the missing ones, of shape (seeds, side, side).
    """
    n_classes, n_seeds, *shape = images.shape
    action = rotation_action(order, tuple(shape))
    poses = normalize(orbit(images.reshape(-1, *shape), action)).astype(np.float32)
    classes = np.repeat(np.arange(n_classes, dtype=np.int32), n_seeds)
    missing = np.zeros((len(classes), order), dtype=bool)
    missing[classes == incomplete, 0] = True
    return poses[~missing], np.repeat(classes, order)[~missing.ravel()], poses[missing]


def epochs_of(settings: TrainedClasses, images: int) -> int:
    """How many epochs a training on so many images lasts: the last of them is finished."""
    steps = -(-images // settings.batch)  # in an epoch
    return min(settings.epochs, -(-settings.steps // steps))


def plan(dataset: Dataset, settings: TrainedClasses) -> Plan:
    """What is computed: a network for each order, draw and incomplete class.

    Args:
        dataset: images of ten classes.
        settings: of this experiment.

    Returns:
        Of the missing images, int8 of shape (orders, draws, classes, seeds), with a row for each
        incomplete class: `trained_class`, what the network takes them for at the end;
        `half_class`, the same after half of the epochs; `whole_class`, after all epochs, and -1
        where no network was trained that long.
        Of shape (orders, draws, classes), at the end and without dropout: `seen`, the fraction of
        the training images that is recognized; `own_seen`, the same of the incomplete class in
        the poses that it showed; and `loss`, the mean cross-entropy over the last epoch, with
        dropout, in nats.
        As constants `orders`; `epochs`, how many there were at each order, half of them rounded
        down; and `seeds`, the images of each draw, of shape (draws, classes, seeds).

    Raises:
        ValueError: if an order in `whole` is not among `orders`, or as `plan_draws`.
    """
    orders = settings.orders
    if not set(settings.whole) <= set(orders):
        raise ValueError(
            f"Expected whole among the orders {', '.join(map(str, orders))}. "
            f"Got {', '.join(map(str, settings.whole))}. Try whole={orders[:1]}."
        )
    classes = len(np.unique(dataset.labels))
    answers = dict.fromkeys(ANSWERS, np.int8)
    draws = plan_draws(dataset, settings, answers, n_classes=classes, workers=1)
    arrays = draws.arrays
    shape = arrays["trained_class"].shape[:-1]
    arrays |= {name: np.zeros(shape, np.float32) for name in (*FRACTIONS, "loss")}
    seen = [settings.seeds * (classes * order - 1) for order in orders]
    units = [
        Unit(int(i), draw, c)
        for i in np.argsort(orders)
        for draw in range(settings.draws)
        for c in range(classes)
    ]
    costs = [float(seen[unit.order] * _epochs(settings, unit, seen[unit.order])) for unit in units]
    lasting = np.array([epochs_of(settings, n) for n in seen], dtype=np.int32)
    return Plan(arrays, units, costs, draws.constants | {"epochs": lasting}, workers=1)


def compute(dataset: Dataset, settings: TrainedClasses, unit: Unit) -> Mapping[str, np.ndarray]:
    """Train one network, and ask it."""
    order, classes = settings.orders[unit.order], len(np.unique(dataset.labels))
    images = dataset.images[seeds_of_draw(dataset, settings, unit.draw, n_classes=classes)]
    seen, labels, missing = missing_pose(images, order, unit.incomplete)
    # Keys depend on what is trained, not on what else is or for how long.
    key = folded_key(settings.seed, order, unit.draw, unit.incomplete)
    of_start, of_training = jax.random.split(key)
    lasting = epochs_of(settings, len(seen))
    arguments = missing, seen, labels, labels == unit.incomplete, np.int32(lasting)
    trained = train(
        build("mlp", of_start),
        seen,
        labels,
        loss=cross_entropy,
        optimizer=OPTIMIZER,
        epochs=_epochs(settings, unit, len(seen)),
        batch_size=settings.batch,
        key=of_training,
        # Partial keeps these arrays out of what is compiled.
        measure=jax.tree_util.Partial(_look, *map(jnp.asarray, arguments)),
    )
    answers, fractions = map(np.asarray, trained.measured)
    whole = answers[settings.epochs] if len(answers) > settings.epochs else NOT_ASKED
    return {
        "trained_class": answers[lasting].astype(np.int8),
        "half_class": answers[lasting // 2].astype(np.int8),
        "whole_class": np.broadcast_to(np.asarray(whole, np.int8), len(missing)),
        **dict(zip(FRACTIONS, fractions[lasting], strict=True)),
        "loss": np.asarray(trained.losses[lasting - 1]),
    }


def _epochs(settings: TrainedClasses, unit: Unit, images: int) -> int:
    """How many epochs a network is trained for."""
    whole = unit.draw == 0 and settings.orders[unit.order] in settings.whole
    return settings.epochs if whole else epochs_of(settings, images)


def _look(
    missing: Array,
    seen: Array,
    labels: Array,
    own: Array,
    lasting: Array,
    model: Any,
    epoch: Array,
) -> tuple[Array, Array]:
    """The classes of the missing images; and, once, the `FRACTIONS` of what was seen."""

    def look() -> Array:
        right = predicted_classes(model, seen) == labels
        return jnp.stack([jnp.mean(right), jnp.sum(right & own) / jnp.sum(own)]).astype(jnp.float32)

    fractions = jax.lax.cond(epoch == lasting, look, lambda: jnp.zeros(len(FRACTIONS), jnp.float32))
    return predicted_classes(model, missing), fractions


def accuracies(data: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The fraction of missing images that are recognized, for each incomplete class.

    Returns:
        By name, arrays of shape (orders, draws, classes): `half`, `trained` and `whole`, which is
        NaN where no network was trained through all epochs.
    """
    classes = np.arange(data["trained_class"].shape[-2])[:, None]
    found = {}
    for name in ANSWERS:
        answers = data[name]
        right = np.where(answers == NOT_ASKED, np.nan, answers == classes)
        found[name.removesuffix("_class")] = right.mean(axis=-1)
    return found


def on_the_same_images(
    data: Mapping[str, np.ndarray], theory: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """What regression and the theory say of the images that networks were asked for.

    Args:
        data: of this experiment.
        theory: of `many_classes`, of the same orders and draws, or more.

    Returns:
        The `QUANTITIES` of `many_classes`, of shape (orders, draws, classes, seeds), at the orders
        and draws of this experiment.

    Raises:
        ValueError: if an order or an image is not among those of ``theory``.
    """
    draws = len(data["seeds"])
    if not np.array_equal(theory["seeds"][:draws], data["seeds"]):
        raise ValueError(
            f"Expected the same {draws} draws of seeds first. Got others. "
            "Try records of one data set, with the same seed and as many seeds of each class."
        )
    missing = np.setdiff1d(data["orders"], theory["orders"])
    if missing.size:
        raise ValueError(
            f"Expected orders among {', '.join(map(str, theory['orders']))}. "
            f"Got {', '.join(map(str, missing))}. Try a record of many-classes that has them."
        )
    rows = [list(theory["orders"]).index(order) for order in data["orders"]]
    return {name: theory[name][rows, :draws] for name in QUANTITIES}

"""A class of digits that is never seen upright: do trained networks know it? The paper's figure 1.

All classes are shown in N rotations but for one, whose unrotated images are missing. A network is
trained on the rest and then asked about these. It can do well everywhere else and fail there.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import Array

from symtheory.datasets import Dataset
from symtheory.experiments.shared.keys import folded_key
from symtheory.experiments.shared.pose_task import (
    ACCURACIES,
    CLASSES,
    missing_pose_task,
    predicted_classes,
    watch,
)
from symtheory.experiments.shared.statistics import mean_interval, t_interval
from symtheory.experiments.unseen_pose.settings import NETWORKS, UnseenPose
from symtheory.networks import CNN, MLP, ViT, cross_entropy, train
from symtheory.runs import Plan

__all__ = [
    "COSTS",
    "DROPOUT",
    "OPTIMIZER",
    "Unit",
    "build",
    "classify",
    "compute",
    "plan",
    "summary",
]

DROPOUT = 0.5
OPTIMIZER = optax.adam(1e-3, b1=0.7, b2=0.9)
# Work for an image in a training step, measured on 2 cores in microseconds.
COSTS = {"mlp": 40, "cnn": 110, "vit": 1100}


class Unit(NamedTuple):
    """A network at one number of rotations, with one digit missing."""

    network: int
    order: int
    digit: int


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
    raise ValueError(
        f"Expected a network among {', '.join(NETWORKS)}. Got {network!r}. Try {NETWORKS[0]!r}."
    )


def _build(network: str, settings: UnseenPose, key: Array) -> Any:
    width, patch = settings.vit_width, settings.vit_patch
    return build(network, key, width=width, patch=patch)


def classify(model: Any, images: np.ndarray) -> np.ndarray:
    """The class that a network takes each image for: shape (n,), for images (n, height, width)."""
    return np.asarray(_compiled(model, jnp.asarray(images)))


_compiled = eqx.filter_jit(predicted_classes)


def plan(dataset: Dataset, settings: UnseenPose) -> Plan:
    """What is to be computed: each network at each number of rotations with each digit missing.

    Raises:
        ValueError: for sizes that do not fit, or if `vit_digits` are not among `digits`.
    """
    networks, orders, digits = settings.networks, settings.orders, settings.digits
    if not set(settings.vit_digits) <= set(digits):
        raise ValueError(
            f"Expected vit_digits among {', '.join(map(str, digits))}. "
            f"Got {', '.join(map(str, settings.vit_digits))}. Try vit_digits={digits[:1]}."
        )
    for network in networks:  # sizes that do not fit are found before any work
        jax.eval_shape(partial(_build, network, settings), jax.random.key(0))
    shape = (len(networks), len(orders), len(digits))
    epochs = settings.epochs
    arrays = {name: np.full((*shape, 1 + epochs), np.nan, dtype=np.float32) for name in ACCURACIES}
    arrays["loss"] = np.full((*shape, epochs), np.nan, dtype=np.float32)
    arrays["taken_as"] = np.zeros((*shape, CLASSES), dtype=np.int32)
    units: dict[Unit, float] = {
        Unit(i, j, k): float(order * COSTS[network])
        for i, network in enumerate(networks)
        for j, order in enumerate(orders)
        for k, digit in enumerate(digits)
        if network != "vit" or digit in settings.vit_digits
    }
    in_order = sorted(units, key=units.__getitem__)
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


def compute(dataset: Dataset, settings: UnseenPose, unit: Unit) -> Mapping[str, np.ndarray]:
    """Train one network with one digit missing, and measure its accuracies after each epoch.

    Returns:
        `train`, `held_back`, `seen_poses`, `unseen_pose` and `unseen_pose_held_back`: accuracies
        on the sets of `Task`, of shape (1 + epochs,), the first before training; `loss`, of shape
        (epochs,); `taken_as`, how many of the unseen images, held back or not, are taken for each
        class at the end, of shape (10,).
    """
    network, order = settings.networks[unit.network], settings.orders[unit.order]
    digit, seed = settings.digits[unit.digit], settings.seed
    task = missing_pose_task(dataset, images=settings.images, order=order, digit=digit, seed=seed)
    # Keys depend on what is trained, not on what else is: a part of a run repeats that part.
    key = folded_key(seed, NETWORKS.index(network), order, digit)
    of_start, of_training = jax.random.split(key)
    trained = train(
        _build(network, settings, of_start),
        *task.train,
        loss=cross_entropy,
        optimizer=OPTIMIZER,
        epochs=settings.epochs,
        batch_size=settings.batch,
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
        returns, such as `cnn_unseen_pose`, the mean; `cnn_gap`, the mean of `held_back` minus
        `unseen_pose_held_back`; and `cnn_unseen_pose_interval`, of shape (orders, 2), the 95 %
        interval from resampling digits, which stays within [0, 1] as half a width by Student's t
        would not (NaN for a single digit).
    """
    result = {}
    for i, network in enumerate(data["networks"].tolist()):
        last = {name: data[name][i, :, :, -1].astype(float) for name in ACCURACIES}
        for name, values in last.items():
            key = f"{network}_{name}"
            result[key], result[f"{key}_interval"] = mean_interval(values)
        gap = last["held_back"] - last["unseen_pose_held_back"]
        result[f"{network}_gap"] = t_interval(gap)[0]
    return result

"""Do other networks fail where a kernel says? The paper's figure 4 for a CNN and a transformer.

Pairs of rotated digits as in `trained_mlp`, and small networks of two other kinds, whose max
pooling and layer normalization the closed forms of `symtheory.ntk` do not have. What they answer at
the missing image is compared with regression with four kernels:

- the network's own tangent kernel at its start, `start_error`, and at its end, `final_error`;
- the closed form of its nearest kin, `kin_error`: a convolutional network of two layers without
  pooling, or attention over the same patches;
- and that of the paper's figure, an MLP, `mlp_error`, which knows nothing of the architecture.

Of the tangent kernel at the start and of the kin the general theorem gives another error each,
`start_spectral_error` and `kin_spectral_error`, from the Gram matrix averaged over rotations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import equinox as eqx
import jax
import numpy as np
from jax import Array

from symtheory.datasets import Dataset, sample_pairs
from symtheory.empirical import from_equinox
from symtheory.experiments.shared.agreement import agreement, by_order, median_of_pairs
from symtheory.experiments.shared.alignment import alignment
from symtheory.experiments.shared.checks import require_finite, require_float64
from symtheory.experiments.shared.cyclic import averaged_rows, defects, exact_errors, general_errors
from symtheory.experiments.shared.keys import folded_key, keys_of_pairs
from symtheory.experiments.shared.modules import FirstOutput, in_double
from symtheory.experiments.shared.optimizers import adam
from symtheory.experiments.shared.rotated_pairs import (
    RELATIVE_RIDGE,
    held_out_first,
    held_out_first_grams,
)
from symtheory.experiments.trained_pairs.settings import NETWORKS, TrainedPairs
from symtheory.kernels import Kernel
from symtheory.networks import CNN, ViT, squared_error, train_ensemble
from symtheory.ntk import AttentionKernel, CNNKernel, MLPKernel
from symtheory.runs import Plan

__all__ = [
    "LEARNING_RATE",
    "NORM",
    "OF_EACH_IMAGE",
    "PREDICTIONS",
    "Unit",
    "build",
    "compute",
    "plan",
    "summary",
]

LEARNING_RATE = 1e-3
# Pixels of order one: biases are drawn as large as for such.
NORM = 28.0
PATCH = 7
PAIRS_IN_A_UNIT = 4
PREDICTIONS = ("start", "final", "kin", "mlp", "start_spectral", "kin_spectral")
OF_EACH_IMAGE = (
    "trained_margin",
    "trained_loss",
    "alignment",
    "start_defect",
    *(f"{name}_error" for name in PREDICTIONS),
)
# Seconds of a network at one rotation, about, beside each other.
_COSTS = {"cnn": 1.0, "vit": 2.0}


class Unit(NamedTuple):
    """Some pairs, at one of the orders, for one of the networks."""

    network: int
    order: int
    pairs: slice


def build(network: str, key: Array, image_shape: tuple[int, int]) -> FirstOutput:
    """A small network of one output, drawn.

    Args:
        network: "cnn": 5×5×8 and 3×3×16 with max pooling, 64 hidden units; "vit": one block of
            width 64 on patches of 7×7.
        key: from `jax.random.key`.
        image_shape: (height, width).
    """
    if network == "cnn":
        return FirstOutput(CNN(image_shape, channels=(8, 16), hidden=64, outputs=1, key=key))
    return FirstOutput(
        ViT(image_shape, patch=PATCH, width=64, depth=1, hidden=64, outputs=1, key=key)
    )


def plan(dataset: Dataset, settings: TrainedPairs) -> Plan:
    """What is computed: networks trained on pairs, each of A0 and B0 held out in turn.

    Args:
        dataset: images of at least two classes, of 28×28 pixels.
        settings: of this experiment.

    Returns:
        Arrays of shape (networks, orders, pairs, 2), with a column for each held-out image:
        `trained_margin`, y·f of the trained network at it, and its last `trained_loss`; the errors
        1 - yŷ of the `PREDICTIONS`; the `alignment` of the tangent kernels before and after
        training, as in `trained_mlp`; and `start_defect`, how far the first of them is from
        invariant under rotations. As constants `orders`, `networks` and `pairs`.

    Raises:
        ValueError: without 64-bit floats, or as `sample_pairs`.
    """
    require_float64()
    networks, orders, n_pairs = settings.networks, settings.orders, settings.pairs
    pairs = sample_pairs(dataset.labels, n_pairs, seed=settings.seed)
    shape = (len(networks), len(orders), n_pairs, 2)
    units = [
        Unit(network, int(order), slice(start, min(start + PAIRS_IN_A_UNIT, n_pairs)))
        for order in np.argsort(orders)
        for network in range(len(networks))
        for start in range(0, n_pairs, PAIRS_IN_A_UNIT)
    ]
    return Plan(
        arrays={name: np.full(shape, np.nan, np.float32) for name in OF_EACH_IMAGE},
        units=units,
        costs=[
            _COSTS[networks[unit.network]]
            * orders[unit.order]
            * (unit.pairs.stop - unit.pairs.start)
            for unit in units
        ],
        constants={
            "orders": np.array(orders),
            "networks": np.array(networks),
            "pairs": pairs.astype(np.int32),
        },
        workers=2,
    )


def compute(dataset: Dataset, settings: TrainedPairs, unit: Unit) -> Mapping[str, np.ndarray]:
    """Some pairs, at one of the orders, for one of the networks."""
    name, order = settings.networks[unit.network], settings.orders[unit.order]
    pairs = sample_pairs(dataset.labels, settings.pairs, seed=settings.seed)
    images = dataset.images[pairs[unit.pairs]]
    points, labels = held_out_first(images, order)
    shape = images.shape[2:]
    points = NORM * points.reshape(*points.shape[:2], *shape)
    numbers = range(*unit.pairs.indices(len(pairs)))
    keys = keys_of_pairs(folded_key(settings.seed, NETWORKS.index(name), order), numbers)
    init = _init(name, shape)
    trained = train_ensemble(
        init,
        points[:, 1:],
        labels[:, 1:],
        loss=squared_error,
        optimizer=adam(LEARNING_RATE),
        epochs=settings.epochs,
        keys=keys,
        measure=_margin,
        measure_every=settings.epochs,
        extra=(points[:, 0], labels[:, 0]),
    )
    arrays, static = eqx.partition(trained.model, eqx.is_array)
    starts = [init(jax.random.split(key)[0]) for key in keys]
    ends = [
        eqx.combine(jax.tree.map(lambda leaf, i=i: leaf[i], arrays), static)
        for i in range(len(keys))
    ]
    matrices = {
        "start": _tangent_grams(starts, points),
        "final": _tangent_grams(ends, points),
        "kin": held_out_first_grams(_kin(name), points),
        "mlp": held_out_first_grams(MLPKernel(), points),
    }
    found = {
        "trained_margin": trained.measured[:, 1],
        "trained_loss": trained.losses[:, -1],
        "alignment": alignment(matrices["start"], matrices["final"]),
    }
    for which, some in matrices.items():
        ridge = RELATIVE_RIDGE * np.trace(some, axis1=-2, axis2=-1)
        # The orbit of the held-out image comes first, and it first of that.
        found[f"{which}_error"] = exact_errors(some, ridge)[:, 0, 0]
        if f"{which}_spectral" in PREDICTIONS:
            rows = averaged_rows(some)
            found[f"{which}_spectral_error"] = general_errors(rows, ridge)[:, 0]
            if which == "start":
                found["start_defect"] = defects(some, rows)
    require_finite({key: np.asarray(value) for key, value in found.items()}, RELATIVE_RIDGE)
    return {key: np.asarray(value, dtype=np.float32).reshape(-1, 2) for key, value in found.items()}


# One object for each choice: what is compiled for it is kept with it.
@cache
def _init(network: str, image_shape: tuple[int, int]) -> Callable[[Array], FirstOutput]:
    return lambda key: build(network, key, image_shape)


def _tangent_grams(networks: Sequence[FirstOutput], points: np.ndarray) -> np.ndarray:
    """The Gram matrix of each network's points under its own tangent kernel."""
    pairs = zip(networks, points, strict=True)
    return np.stack([np.asarray(from_equinox(in_double(one))(x)) for one, x in pairs])


def _margin(network: FirstOutput, epoch: Array, asked: tuple[Array, Array]) -> Array:
    """The margin at the image that is held out."""
    image, label = asked
    return label * network(image)


@cache
def _kin(network: str) -> Kernel:
    """The closed form of what comes nearest to a network."""
    if network == "cnn":
        return CNNKernel(depth=2, filter_shape=(3, 3))
    return AttentionKernel(patch_shape=(PATCH, PATCH))


def summary(data: Mapping[str, np.ndarray]) -> dict[str, dict[str, np.ndarray]]:
    """For each network, how well each of the `PREDICTIONS` says what it does at each order.

    Returns:
        By network and name, arrays of shape (orders,), what `agreement` says, and the medians of
        `alignment` and `start_defect`. For each, under `…_interval`, of shape (orders, 2), its 95 %
        interval.
    """
    found = {}
    for i, network in enumerate(data["networks"].tolist()):
        values = {name: data[name][i].astype(float) for name in OF_EACH_IMAGE}
        found[network] = by_order(
            [
                agreement(
                    1 - values["trained_margin"][k],
                    {name: values[f"{name}_error"][k] for name in PREDICTIONS},
                )
                | {name: median_of_pairs(values[name][k]) for name in ("alignment", "start_defect")}
                for k in range(len(data["orders"]))
            ]
        )
    return found

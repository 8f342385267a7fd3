"""Do trained networks fail where the theory says? The paper's figure 4 for a trained MLP.

Pairs of rotated digits as in `rotated_pairs`, and instead of kernel regression a network: one
hidden layer, trained with Adam on the mean squared error, in single precision. It differs from the
kernel of the paper's figure in three ways, and each is told apart by a kernel in between:

- its weights and biases are drawn uniformly from ±1/√fan-in. `StandardKernel` is the closed form
  of the tangent kernel for that choice;
- it is finite: `start_margin` is regression with the network's own tangent kernel at its start;
- its kernel moves while it is trained: `final_margin` is regression with its kernel at the end.

A margin is y·f at the held-out image: positive if the sign is right, and |1 - margin| is the error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import ArrayLike

from symtheory.datasets import Dataset, sample_pairs
from symtheory.experiments.shared.agreement import agreement, by_order, median_of_pairs
from symtheory.experiments.shared.alignment import alignment
from symtheory.experiments.shared.checks import require_float64
from symtheory.experiments.shared.keys import folded_key, keys_of_pairs
from symtheory.experiments.shared.optimizers import adam, gradient_descent
from symtheory.experiments.shared.rotated_pairs import RELATIVE_RIDGE, held_out_first, measure
from symtheory.experiments.trained_mlp.settings import TrainedMLP
from symtheory.networks import MLP, half_squared_error, squared_error, train_ensemble
from symtheory.networks.tangent import tangent_kernel
from symtheory.ntk import MLPKernel
from symtheory.runs import Plan

__all__ = [
    "DESCENT_EPOCHS_PER_EPOCH",
    "DESCENT_RATE",
    "LEARNING_RATE",
    "OF_EACH_IMAGE",
    "OF_EACH_PAIR",
    "PAIRS_IN_A_UNIT",
    "WORKERS",
    "StandardKernel",
    "Unit",
    "compute",
    "plan",
    "summary",
]

LEARNING_RATE = 1e-3
# Plain gradient descent on half of the mean squared error. The largest eigenvalue of the kernel of
# n points is about 1.3 n at the start and 10 n at the end: steps below 2/10 are stable throughout.
DESCENT_RATE = 0.1
DESCENT_EPOCHS_PER_EPOCH = 3
PAIRS_IN_A_UNIT = 8
WORKERS = 2

OF_EACH_IMAGE = (
    "trained_margin",
    "trained_loss",
    "start_margin",
    "final_margin",
    "alignment",
    "descent_margin",
    "descent_loss",
    "exact_error",
    "spectral_error",
    "own_error",
    "own_spectral_error",
)
_ERRORS = ("exact", "spectral", "own", "own_spectral")
OF_EACH_PAIR = ("circulant_error", "own_circulant_error")


class Unit(NamedTuple):
    """Some pairs, at one of the orders."""

    order: int
    pairs: slice


@dataclass(frozen=True)
class StandardKernel:
    """The tangent kernel of a wide network of one hidden layer in the standard parametrization.

    With weights and biases drawn independently of variance 1/(3 fan-in), the variance of PyTorch's
    default, and hidden units of pre-activation ⟨w, x⟩ + b, the expectation of the tangent kernel
    over Gaussian draws is, with Σ⁰ = ⟨x, x'⟩ + 1, d inputs and the arc-cosine kernels κ₁, κ₀ of it,

        Θ = width/(3d) κ₁ + Σ⁰ κ₀ / 3 + 1:

    the output's weights, the hidden layer's weights and biases, and the output's bias. Unlike in
    the NTK parametrization, where 1/d stands before ⟨x, x'⟩ alone, an input of unit norm is as
    large as the bias, and layers learn at rates of their own. The readout's share grows with the
    width.

    For the uniform draws of PyTorch it is an approximation at any number of inputs: the sum over
    many of them is nearly Gaussian, the bias, one uniform number of the same variance, is not. For
    images of unit norm κ₀ is 4 % larger than here at right angles, and 6 % at a cosine of -.3.

    Attributes:
        width: Of the hidden layer.
    """

    width: int = 512

    def __call__(self, x: ArrayLike | Array, y: ArrayLike | Array | None = None) -> Array:
        """The kernel between x, of shape (n, *item), and y, of shape (n', *item): shape (n, n')."""
        inputs = int(np.prod(np.shape(x)[1:]))
        # With σ_w² = d and σ_b = 1: NNGP d κ₁ + 1, and NTK d κ₁ + 1 + d Σ⁰ κ₀.
        readout = MLPKernel(1, np.sqrt(inputs), 1.0, "nngp")(x, y)
        both = MLPKernel(1, np.sqrt(inputs), 1.0, "ntk")(x, y)
        share = self.width / (3 * inputs)
        return 1 + share * (readout - 1) / inputs + (both - readout) / (3 * inputs)


def plan(dataset: Dataset, settings: TrainedMLP) -> Plan:
    """What is computed: networks trained on pairs, each of A0 and B0 held out in turn.

    Args:
        dataset: images of at least two classes.
        settings: of this experiment.

    Returns:
        Arrays of shape (orders, pairs, 2), with a column for each held-out image:
        `trained_margin`, of the network that Adam trained, and its last `trained_loss`;
        `start_margin` and `final_margin`, of regression with that network's tangent kernel before
        and after training, and the `alignment` of the two kernels, ⟨K, K'⟩/(‖K‖‖K'‖) over all
        images of the orbits, 1 if training left the kernel as it was but for a factor;
        `descent_margin` and `descent_loss`, of a network with the same start trained by plain
        gradient descent, NaN from the pair `descent_pairs` on;
        `exact_error` and `spectral_error`, of the kernel of the paper's figure, and
        `own_error` and `own_spectral_error`, of `StandardKernel`;
        and of shape (orders, pairs) `circulant_error` and `own_circulant_error`. At more than 16
        rotations all of them are NaN from the pair `pairs_beyond_16` on. As constants `orders`
        and `pairs`.

    Raises:
        ValueError: without 64-bit floats, or as `sample_pairs`.
    """
    require_float64()
    orders, n_pairs = settings.orders, settings.pairs
    pairs = sample_pairs(dataset.labels, n_pairs, seed=settings.seed)
    shape = (len(orders), n_pairs)
    arrays = {name: np.full((*shape, 2), np.nan, np.float32) for name in OF_EACH_IMAGE}
    arrays |= {name: np.full(shape, np.nan, np.float32) for name in OF_EACH_PAIR}
    units: list[Unit] = []
    costs = []
    for index in np.argsort(orders):
        asked = n_pairs if orders[index] <= 16 else min(n_pairs, settings.pairs_beyond_16)
        for start in range(0, asked, PAIRS_IN_A_UNIT):
            stop = min(start + PAIRS_IN_A_UNIT, asked)
            controls = max(0, min(stop, settings.descent_pairs) - start)
            units.append(Unit(int(index), slice(start, stop)))
            work = (stop - start) + 0.6 * DESCENT_EPOCHS_PER_EPOCH * controls
            # Steps of the smallest networks take time for the parameters, not for the images.
            costs.append(float(work * (40 + orders[index])))
    return Plan(
        arrays=arrays,
        units=units,
        costs=costs,
        constants={"orders": np.array(orders), "pairs": pairs.astype(np.int32)},
        workers=WORKERS,
    )


def compute(dataset: Dataset, settings: TrainedMLP, unit: Unit) -> Mapping[str, np.ndarray]:
    """Some pairs, at one of the orders."""
    order, width, epochs = settings.orders[unit.order], settings.width, settings.epochs
    pairs = sample_pairs(dataset.labels, settings.pairs, seed=settings.seed)
    images = dataset.images[pairs[unit.pairs]]
    points, labels = held_out_first(images, order)
    numbers = range(*unit.pairs.indices(len(pairs)))
    keys = keys_of_pairs(folded_key(settings.seed, order), numbers)
    trained = train_ensemble(
        _init(points.shape[-1], width),
        points[:, 1:],
        labels[:, 1:],
        loss=squared_error,
        optimizer=adam(LEARNING_RATE),
        epochs=epochs,
        keys=keys,
        measure=_look,
        measure_every=epochs,
        extra=(points, labels),
    )
    margins, of_kernel, kernels = trained.measured
    results = {
        "trained_margin": margins[:, 1],
        "trained_loss": trained.losses[:, -1],
        "start_margin": of_kernel[:, 0],
        "final_margin": of_kernel[:, 1],
        "alignment": alignment(kernels[:, 0], kernels[:, 1]),
    }
    controls = 2 * max(0, min(unit.pairs.stop, settings.descent_pairs) - unit.pairs.start)
    if controls:
        descent = train_ensemble(
            _init(points.shape[-1], width),
            points[:controls, 1:],
            labels[:controls, 1:],
            loss=half_squared_error,
            optimizer=gradient_descent(DESCENT_RATE),
            epochs=DESCENT_EPOCHS_PER_EPOCH * epochs,
            keys=keys[:controls],
            measure=_margin,
            measure_every=DESCENT_EPOCHS_PER_EPOCH * epochs,
            extra=(points[:controls], labels[:controls]),
        )
        results["descent_margin"] = descent.measured[:, 1]
        results["descent_loss"] = descent.losses[:, -1]
    arrays = {name: np.full((len(images), 2), np.nan, np.float32) for name in OF_EACH_IMAGE}
    for name, value in results.items():
        values = np.asarray(value).reshape(-1, 2)
        arrays[name][: len(values)] = values
    for prefix, kernel in (("", MLPKernel()), ("own_", StandardKernel(width))):
        theory = measure(images, order, kernel=kernel, ridge=RELATIVE_RIDGE)
        arrays[f"{prefix}error" if prefix else "exact_error"] = theory["exact_error"]
        arrays[f"{prefix}spectral_error"] = theory["spectral_error"]
        arrays[f"{prefix}circulant_error"] = theory["circulant_error"]
    return arrays


# One object for each choice: what is compiled for it is kept with it.
@cache
def _init(pixels: int, width: int) -> Callable[[Array], MLP]:
    return lambda key: MLP(pixels, width, None, key=key)


def _margin(network: MLP, epoch: Array, data: tuple[Array, Array]) -> Array:
    """The margin at the first point."""
    points, labels = data
    return labels[0] * network(points[0])


def _look(network: MLP, epoch: Array, data: tuple[Array, Array]) -> tuple[Array, Array, Array]:
    """The margins at the first point, of the network and of regression with its kernel; that."""
    points, labels = data
    kernel = tangent_kernel(network, points)
    ridge = RELATIVE_RIDGE * jnp.trace(kernel)
    among = kernel[1:, 1:] + ridge * jnp.eye(len(points) - 1)
    prediction = kernel[0, 1:] @ jnp.linalg.solve(among, labels[1:])
    return _margin(network, epoch, data), labels[0] * prediction, kernel


def summary(data: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """How well each prediction says what trained networks do, at each order.

    The predictions are `exact` (the paper's kernel), `spectral` (the general theorem for it),
    `circulant` (the paper's formula), `own` and `own_spectral` (the same for the kernel of the
    network's own parametrization), `start` and `final` (regression with the network's own kernel),
    and `descent` (plain gradient descent, over the pairs that have it).

    Returns:
        By name, arrays of shape (orders,), what `agreement` says of each of them, and the median
        `alignment`. For each, under `…_interval`, of shape (orders, 2), its 95 % interval. At each
        order of the pairs that have networks there.
    """
    trained = 1 - data["trained_margin"].astype(float)
    has_networks = np.isfinite(trained).all(axis=-1)
    predicted = {name: data[f"{name}_error"].astype(float) for name in _ERRORS}
    for name in ("circulant", "own_circulant"):
        error = data[f"{name}_error"].astype(float)[..., None]
        predicted[name] = np.repeat(error, 2, axis=-1)
    for name in ("start", "final", "descent"):
        predicted[name] = 1 - data[f"{name}_margin"].astype(float)
    return by_order(
        [
            agreement(trained[k, known], {name: e[k, known] for name, e in predicted.items()})
            | {"alignment": median_of_pairs(data["alignment"][k, known].astype(float))}
            for k, known in enumerate(has_networks)
        ]
    )

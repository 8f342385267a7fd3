"""Does training move the kernel? Networks beside what they would be if it did not.

A network of one hidden layer in the NTK parametrization is trained on a few points by plain
gradient descent. Three things can keep the mean over starts of what it says from the infinitely
wide network: its kernel at the start is not the limit's; that kernel moves while it is trained; and
training has not come to its end. The last is taken out: everything is compared after as many steps.
The first two are told apart by the linearized network,

    f_lin(x) = f₀(x) + k(x) g(K) (y - f₀),   g(K) = K⁻¹(I - (I - ηK)ᵏ),

k steps of size η of the very start's own tangent kernel K: it differs from the network by what the
kernel's motion does, and its mean from the infinitely wide one by what the start's kernel does.

- **Labels of several sizes.** The smaller the labels the less weights move. What is trained is then
  f - f₀, whose start is 0: f₀ would be large beside small labels, and is what would be learned.
- **A rounded kink.** With `(z + √(1 + z²))/2` instead of ReLU every derivative of the network
  exists, as the theorems about the speed of the limit ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from symtheory.datasets import Dataset
from symtheory.experiments.linearization.settings import Linearization
from symtheory.experiments.shared.checks import require_float64
from symtheory.experiments.shared.keys import folded_key
from symtheory.experiments.shared.statistics import mean_square_interval
from symtheory.ntk import MLPKernel
from symtheory.runs import Plan

__all__ = [
    "ANGLES",
    "BLOCKS",
    "Arm",
    "Unit",
    "arms",
    "compare",
    "compute",
    "loss_gradient",
    "plan",
    "rounded",
    "summary",
]

ANGLES = np.arange(0.0, 360.0, 6.0)  # degrees, where networks are asked
BLOCKS = 16

# Weights and biases of the hidden layer, and of the readout.
Parameters = tuple[Array, Array, Array, Array]
Ramp = Callable[[Array], Array]


class Arm(NamedTuple):
    """One way to train.

    Attributes:
        smooth: Whether the kink of ReLU is rounded off.
        centered: Whether the start is subtracted.
        labels: Their size.
    """

    smooth: bool
    centered: bool
    labels: float


class Unit(NamedTuple):
    """Networks of one width, trained in one way."""

    arm: int
    width: int


def arms(settings: Linearization) -> list[Arm]:
    """The ways to train: with the start, without it for each size of the labels, and smooth."""
    sizes = settings.labels
    return [
        Arm(False, False, 1.0),
        *(Arm(False, True, size) for size in sizes),
        Arm(True, True, sizes[0]),
    ]


def plan(dataset: Dataset, settings: Linearization) -> Plan:
    """What is computed: networks of several widths in each arm.

    Args:
        dataset: Points of the plane as images of one row, with labels +1 and -1.
        settings: Of this experiment.

    Returns:
        Arrays of shape (arms, widths, 16, angles), each a mean over a sixteenth of the starts, as
        multiples of the labels' size and less the start where it is subtracted: `trained` and
        `linearized`. Of shape (arms, widths, 16): `scatter`, the root mean square over these starts
        and angles of the difference of the two; `kernel_change`, by which the trace of the kernel
        of the points grew, relatively; `flips`, the fraction of pairs of a hidden unit and a point
        whose sign changed; and `residual`, the largest distance left from a label. As constants
        `theory`, of shape (angles,): the infinitely wide ReLU network after as many steps;
        `smooth`, `centered` and `labels`, of shape (arms,); `widths`; `networks`, how many starts
        of each width; and `angles`.

    Raises:
        ValueError: Without 64-bit floats, for other labels, or a number of starts that 16 does not
            divide.
    """
    require_float64()
    points, labels = _problem(dataset)
    if settings.starts % BLOCKS:
        raise ValueError(
            f"Expected a number of starts that {BLOCKS} divides. Got {settings.starts}. "
            f"Try starts={BLOCKS * max(1, round(settings.starts / BLOCKS))}."
        )
    ways, networks = arms(settings), _networks(settings)
    shape = (len(ways), len(settings.widths), BLOCKS)
    arrays = {name: np.full((*shape, len(ANGLES)), np.nan) for name in ("trained", "linearized")}
    arrays |= {
        name: np.full(shape, np.nan) for name in ("scatter", "kernel_change", "flips", "residual")
    }
    units = [Unit(*at) for at in np.ndindex(shape[:2])]
    units.sort(key=lambda unit: settings.widths[unit.width])
    kernel, cross = (jnp.asarray(MLPKernel()(x, points)) for x in (points, _around()))
    rate = 1 / jnp.linalg.eigvalsh(kernel)[-1]
    return Plan(
        arrays=arrays,
        units=units,
        costs=[float(networks[j] * (100 + settings.widths[j])) for _, j in units],
        constants={
            "theory": np.asarray(_learned(kernel, cross, rate, settings.steps) @ labels),
            "smooth": np.array([arm.smooth for arm in ways]),
            "centered": np.array([arm.centered for arm in ways]),
            "labels": np.array([arm.labels for arm in ways]),
            "widths": np.array(settings.widths, dtype=np.int32),
            "networks": np.array(networks, dtype=np.int32),
            "angles": ANGLES,
        },
        workers=2,
    )


def compute(dataset: Dataset, settings: Linearization, unit: Unit) -> Mapping[str, np.ndarray]:
    """Networks of one width in one arm."""
    points, labels = _problem(dataset)
    arm, width = arms(settings)[unit.arm], settings.widths[unit.width]
    # In all arms networks of a width begin with the same weights.
    key = folded_key(settings.seed, width)
    keys = jax.random.split(key, _networks(settings)[unit.width])
    found = compare(points, labels, arm=arm, width=width, keys=keys, steps=settings.steps)
    blocks = {key: value.reshape(BLOCKS, -1, *value.shape[1:]) for key, value in found.items()}
    means = {key: value.mean(axis=1) for key, value in blocks.items()}
    apart = blocks["trained"] - blocks["linearized"]
    return means | {
        "scatter": np.sqrt(np.square(apart).mean(axis=(1, 2))),
        "residual": blocks["residual"].max(axis=1),
    }


def compare(
    points: np.ndarray, labels: np.ndarray, *, arm: Arm, width: int, keys: Array, steps: int
) -> dict[str, np.ndarray]:
    """Train networks, and say what they and their linearizations predict around the circle.

    Args:
        points: Of shape (n, 2).
        labels: ±1, of shape (n,).
        arm: How.
        width: Of the hidden layer.
        keys: One for each network.
        steps: Of gradient descent on half of the sum of squared errors, of half of the largest
            size that is stable for the linearized network.

    Returns:
        By name, arrays with one first axis, of the networks, as described at `plan`.
    """
    kept = 0.0 if arm.centered else 1.0
    found = _compare(
        points, labels, keys, kept, arm.labels, smooth=arm.smooth, width=width, steps=steps
    )
    return {name: np.asarray(value) for name, value in found.items()}


@partial(jax.jit, static_argnames=("smooth", "width", "steps"))
def _compare(
    x: Array,
    y: Array,
    keys: Array,
    kept: Array,
    size: Array,
    *,
    smooth: bool,
    width: int,
    steps: int,
) -> dict[str, Array]:
    """`kept`, of the start, is 1 or 0; `size` is that of the labels."""
    ramp = rounded if smooth else jax.nn.relu
    around = jnp.asarray(_around())

    def one(key: Array) -> dict[str, Array]:
        start = _draw(key, width)
        at_x, at_all = _network(ramp, start, x), _network(ramp, start, around)
        kernel, cross = _tangent(ramp, start, x, x), _tangent(ramp, start, around, x)
        rate = 1 / jnp.linalg.eigvalsh(kernel)[-1]
        targets = size * y + (1 - kept) * at_x

        def step(parameters: Parameters, _: None) -> tuple[Parameters, None]:
            slopes = loss_gradient(ramp, parameters, x, targets)
            return jax.tree.map(lambda p, slope: p - rate * slope, parameters, slopes), None

        end, _ = jax.lax.scan(step, start, length=steps)
        linearized = at_all + _learned(kernel, cross, rate, steps) @ (targets - at_x)
        grown = jnp.trace(_tangent(ramp, end, x, x)) / jnp.trace(kernel) - 1
        flipped = (_hidden(start, x) > 0) != (_hidden(end, x) > 0)
        return {
            "trained": (_network(ramp, end, around) - (1 - kept) * at_all) / size,
            "linearized": (linearized - (1 - kept) * at_all) / size,
            "kernel_change": grown,
            "flips": jnp.mean(flipped.astype(x.dtype)),
            "residual": jnp.abs(_network(ramp, end, x) - targets).max() / size,
        }

    return jax.lax.map(one, keys)  # one after the other stays near the processor


def rounded(z: Array) -> Array:
    """ReLU with its kink rounded off: (z + √(1 + z²))/2."""
    return (z + jnp.sqrt(1 + z * z)) / 2


def _draw(key: Array, width: int) -> Parameters:
    keys = jax.random.split(key, 4)
    shapes: tuple[tuple[int, ...], ...] = (2, width), (width,), (width,), ()
    a, b, c, d = (jax.random.normal(key, shape) for key, shape in zip(keys, shapes, strict=True))
    return a, b, c, d


def _hidden(parameters: Parameters, x: Array) -> Array:
    weights, bias, _, _ = parameters
    return (x[:, :1] * weights[0] + x[:, 1:] * weights[1]) / jnp.sqrt(2) + bias


def _network(ramp: Ramp, parameters: Parameters, x: Array) -> Array:
    _, _, readout, bias = parameters
    return ramp(_hidden(parameters, x)) @ readout / jnp.sqrt(len(readout)) + bias


def loss_gradient(ramp: Ramp, parameters: Parameters, x: Array, targets: Array) -> Parameters:
    """The gradient of half of the sum of squared errors.

    Written out, because it takes a third of the time of what is derived by JAX.

    Args:
        ramp: What is applied to each hidden unit.
        parameters: Of the network.
        x: Of shape (n, 2).
        targets: Of shape (n,).

    Returns:
        As the parameters.
    """
    _, _, readout, bias = parameters
    scale = jnp.sqrt(len(readout))
    hidden = _hidden(parameters, x)
    units = ramp(hidden)
    errors = (units * readout).sum(axis=1) / scale + bias - targets
    back = _slope(ramp)(hidden) * errors[:, None]
    of_weights, of_bias = x.T @ back / jnp.sqrt(2), back.sum(axis=0)
    of_readout = (units * errors[:, None]).sum(axis=0) / scale
    return of_weights * readout / scale, of_bias * readout / scale, of_readout, errors.sum()


def _slope(ramp: Ramp) -> Ramp:
    return jax.vmap(jax.vmap(jax.grad(ramp)))


def _tangent(ramp: Ramp, parameters: Parameters, x: Array, z: Array) -> Array:
    """The tangent kernel: ⟨h, h'⟩/n + 1 of the readout, Σ c²σ'σ'/n (⟨x, x'⟩/2 + 1) of the rest."""
    slope, readout = _slope(ramp), parameters[2]
    one, two = _hidden(parameters, x), _hidden(parameters, z)
    of_readout = ramp(one) @ ramp(two).T / len(readout) + 1
    return of_readout + (slope(one) * readout**2) @ slope(two).T / len(readout) * (x @ z.T / 2 + 1)


def _learned(kernel: Array, cross: Array, rate: Array, steps: int) -> Array:
    """k(x) K⁻¹(I - (I - ηK)ᵏ): what targets count for, after steps from 0."""
    values, vectors = jnp.linalg.eigh(kernel)
    gain = (1 - (1 - rate * values) ** steps) / values
    return (cross @ vectors * gain) @ vectors.T


def _around() -> np.ndarray:
    radians = np.deg2rad(ANGLES)
    return np.stack([np.cos(radians), np.sin(radians)], axis=-1)


def _problem(dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    points, labels = dataset.images.reshape(len(dataset.images), -1), dataset.labels
    if points.shape[1] != 2 or set(labels.tolist()) != {-1, 1}:
        raise ValueError(
            f"Expected points of the plane with labels +1 and -1. Got {dataset.name}, of "
            f"{points.shape[1]} numbers each and labels {sorted(set(labels.tolist()))}. "
            "Try symtheory.datasets.load('seven-points')."
        )
    return points, labels.astype(float)


def _networks(settings: Linearization) -> list[int]:
    """Narrow ones scatter more and take less time."""
    widest = max(settings.widths)
    return [
        BLOCKS * round(settings.starts / BLOCKS * np.sqrt(widest / width))
        for width in settings.widths
    ]


def summary(data: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """How far the means over starts are from one another, in squares around the circle.

    Returns:
        By name, arrays of shape (arms, widths): `moved`, the mean square over angles of the mean
        over starts of trained less linearized; `linearized`, of linearized less the infinitely wide
        network, and `trained`, of trained less that, both NaN where it is no ReLU. All without the
        part that the scatter over starts adds, so that they may be below 0. Under `…_half`, half of
        their 95 % intervals. And `scatter`, `kernel_change`, `flips`, `residual`, over all starts.
    """
    theory = np.where(data["smooth"][:, None, None, None], np.nan, data["theory"])
    gaps = {
        "moved": data["trained"] - data["linearized"],
        "linearized": data["linearized"] - theory,
        "trained": data["trained"] - theory,
    }
    result = {
        "scatter": np.sqrt(np.square(data["scatter"]).mean(axis=-1)),
        "kernel_change": data["kernel_change"].mean(axis=-1),
        "flips": data["flips"].mean(axis=-1),
        "residual": data["residual"].max(axis=-1),
    }
    for name, values in gaps.items():
        result[name], result[f"{name}_half"] = mean_square_interval(values)
    return result

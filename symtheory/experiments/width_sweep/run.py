r"""Do wide networks become the kernel? Finite networks of growing width on rotated digits.

Networks of one hidden layer in the NTK parametrization, trained by plain gradient descent with all
images in each step, on pairs of rotated digits as in `rotated_pairs` with A0 held out. As the
width grows they follow the gradient flow of the infinitely wide network (Jacot, Gabriel, Hongler
2018), and as time passes that tends to kernel regression.

How wide is wide depends on the size of the images beside the biases. With images of unit norm, as
in the paper, an input adds 1/784 to a pre-activation's variance where the bias adds 1: the kernel
is nearly constant, its small eigenvalues are thousandths of its entries, and weights must change
much to fit the labels. With pixels of order one (norm 28) they need not. So both are measured.

- **Centered.** What is trained is f - f₀, the network less its start: its targets are y + f₀. The
  limit's prediction is a mean over random starts; f₀ at the held-out image and at the others
  scatters about 0 by as much as the targets, at any width, and would hide the effect of the width
  behind a noise that no width removes.
- **In few coordinates.** Images are replaced by their coordinates in their own span, 16 numbers
  instead of 784 for eight rotations; see `descent.in_span`, which shows that nothing changes.
- **In double precision.** Steps of a wide network change each weight little. In single precision,
  changes below 10⁻⁷ of a weight are lost, and training would end early, the earlier the wider.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from symtheory import regression
from symtheory.datasets import Dataset, sample_pairs
from symtheory.experiments.shared.checks import require_float64
from symtheory.experiments.shared.descent import in_span, wide_network
from symtheory.experiments.shared.keys import folded_key
from symtheory.experiments.shared.optimizers import gradient_descent
from symtheory.experiments.shared.rotated_pairs import held_out_first
from symtheory.experiments.shared.statistics import bootstrap_interval, correlation
from symtheory.experiments.width_sweep.settings import WidthSweep
from symtheory.networks import MLP, half_squared_error, train_ensemble
from symtheory.ntk import MLPKernel
from symtheory.runs import Plan

__all__ = [
    "RATE",
    "TIMES",
    "WORKERS",
    "Statistic",
    "Unit",
    "compute",
    "plan",
    "summary",
    "train_centered",
]

# The component along the largest eigenvalue (see `shared.descent`) is gone after a few steps, while
# the others, whose eigenvalues are far smaller, hardly see that steps are finite.
RATE = 0.5
TIMES = 4
WORKERS = 2

Statistic = Callable[[np.ndarray, np.ndarray], np.ndarray]


class Unit(NamedTuple):
    """A pair at one order and one norm."""

    order: int
    norm: int
    pairs: slice


def plan(dataset: Dataset, settings: WidthSweep) -> Plan:
    """What is computed: networks of several widths, trained on pairs with A0 held out.

    Args:
        dataset: images of at least two classes.
        settings: of this experiment.

    Returns:
        Arrays: `margin`, of shape (orders, norms, pairs, widths, networks, times), the label times
        f - f₀ at the held-out image, at four times, equally spaced up to the end of training;
        `loss`, at the end, half of the mean squared error, without the last axis;
        `flow_margin`, of shape (orders, norms, pairs, times), of gradient flow at infinite width;
        `exact_margin`, of shape (orders, norms, pairs), of kernel regression, which it tends to.
        As constants `orders`, `norms`, `pairs`, `widths`, and `times`, of shape (norms, times):
        numbers of steps times their size.

    Raises:
        ValueError: for bad numbers, without 64-bit floats, or as `sample_pairs`.
    """
    require_float64()
    orders, n_pairs = settings.orders, settings.pairs
    widths, networks = settings.widths, settings.networks
    norms, epochs = settings.norms, settings.epochs
    if len(epochs) != len(norms) or any(number % TIMES for number in epochs):
        raise ValueError(
            f"Expected for each of the norms a number of epochs that {TIMES} divides, for as many "
            f"measurements. Got norms {list(norms)} and epochs {list(epochs)}. "
            "Try norms [28] and epochs [1000]."
        )
    pairs = sample_pairs(dataset.labels, n_pairs, seed=settings.seed)
    shape = (len(orders), len(norms), n_pairs)
    arrays = {
        "margin": np.full((*shape, len(widths), networks, TIMES), np.nan, np.float32),
        "loss": np.full((*shape, len(widths), networks), np.nan, np.float32),
        "flow_margin": np.full((*shape, TIMES), np.nan),
        "exact_margin": np.full(shape, np.nan),
    }
    # What takes least first: small orders, few epochs.
    parts = sorted(np.ndindex(shape), key=lambda at: (orders[at[0]], epochs[at[1]]))
    return Plan(
        arrays=arrays,
        units=[Unit(order, norm, slice(pair, pair + 1)) for order, norm, pair in parts],
        costs=[float(orders[order] * epochs[norm]) for order, norm, _ in parts],
        constants={
            "orders": np.array(orders),
            "norms": np.array(norms),
            "pairs": pairs.astype(np.int32),
            "widths": np.array(widths),
            "times": np.stack([_times(number) for number in epochs]),
        },
        workers=WORKERS,
    )


def compute(dataset: Dataset, settings: WidthSweep, unit: Unit) -> Mapping[str, np.ndarray]:
    """One pair at one order and one norm: networks of every width."""
    pairs = sample_pairs(dataset.labels, settings.pairs, seed=settings.seed)
    order = settings.orders[unit.order]
    points, labels = held_out_first(dataset.images[pairs[unit.pairs]], order)
    points, labels = settings.norms[unit.norm] * points[0], labels[0]
    networks, epochs = settings.networks, settings.epochs[unit.norm]
    key = folded_key(settings.seed, order, unit.pairs.start)
    margins, losses = [], []
    for width in settings.widths:
        keys = jax.random.split(jax.random.fold_in(key, width), networks)
        margin, loss = train_centered(points, labels, width=width, keys=keys, epochs=epochs)
        margins.append(margin)
        losses.append(loss)
    kernel = np.asarray(MLPKernel()(points))
    among, cross = kernel[1:, 1:], kernel[:1, 1:]
    flow = regression.gradient_flow(among, cross, labels[1:], time=_times(epochs))
    exact = regression.predict(among, cross, labels[1:], ridge=0.0)
    return {
        "margin": np.stack(margins)[None],
        "loss": np.stack(losses)[None],
        "flow_margin": labels[0] * np.asarray(flow)[None, :, 0],
        "exact_margin": labels[0] * np.asarray(exact),
    }


def train_centered(
    points: np.ndarray, labels: np.ndarray, *, width: int, keys: Array, epochs: int
) -> tuple[np.ndarray, np.ndarray]:
    """Train networks on all points but the first, and measure f - f₀ there.

    Args:
        points: Of shape (n + 1, pixels).
        labels: Their labels ±1, of shape (n + 1,).
        width: Of the hidden layer.
        keys: One for each network, of shape (networks,).
        epochs: Of one step of gradient descent each, a multiple of 4.

    Returns:
        The margins y (f - f₀) at the first point after each quarter of the epochs, of shape
        (networks, 4), and the last losses, of shape (networks,).
    """
    coordinates = in_span(points)
    init = wide_network(coordinates.shape[-1], width)
    starts = jax.vmap(lambda key: init(jax.random.split(key)[0]))(keys)
    outputs = jax.vmap(lambda network: jax.vmap(network)(coordinates))(starts)
    members = (len(keys), *coordinates.shape)
    everywhere = jnp.broadcast_to(coordinates, members)
    result = train_ensemble(
        init,
        everywhere[:, 1:],
        labels[1:] + outputs[:, 1:],
        loss=half_squared_error,
        optimizer=gradient_descent(RATE),
        epochs=epochs,
        keys=keys,
        measure=_output,
        measure_every=epochs // TIMES,
        extra=everywhere[:, 0],
    )
    measured = np.asarray(result.measured)
    return labels[0] * (measured[:, 1:] - measured[:, :1]), np.asarray(result.losses[:, -1])


def _times(epochs: int) -> np.ndarray:
    return RATE * epochs / TIMES * np.arange(1, TIMES + 1)


def _output(network: MLP, epoch: Array, held_out: Array) -> Array:
    return network(held_out)


def summary(data: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """How far networks of each width are from the infinitely wide one at the end of training.

    Returns:
        By name, arrays of shape (orders, norms, widths): `distance`, the root mean square over
        pairs and networks of the difference in margin between a network and gradient flow at the
        same time, and `exact_distance`, from kernel regression; `bias`, the mean difference from
        the flow; `correlation` and `exact_correlation`, over pairs and networks. Under
        `…_interval`, of shape (orders, norms, widths, 2), 95 % intervals from resampling pairs
        (Efron 1979, percentile method). And of shape (orders, norms): `rate`, the exponent p of
        distance ∝ widthᵖ by least squares of the logarithms, with `rate_interval`, and
        `remaining`, the largest difference over pairs between the flow at that time and kernel
        regression.
    """
    final = data["margin"][..., -1].astype(float)  # (orders, norms, pairs, widths, networks)
    flow, exact = data["flow_margin"][..., -1], data["exact_margin"]
    asked: dict[str, tuple[Statistic, np.ndarray]] = {
        "distance": (_distance, flow),
        "correlation": (_correlation, flow),
        "bias": (_bias, flow),
        "exact_distance": (_distance, exact),
        "exact_correlation": (_correlation, exact),
    }
    if len(data["widths"]) > 1:
        asked["rate"] = partial(_rate, np.log(data["widths"])), flow
    result = {"remaining": np.abs(flow - exact).max(axis=-1)}
    for name, (statistic, limit) in asked.items():
        places = list(np.ndindex(exact.shape[:2]))
        values = [statistic(final[k][None], limit[k][None])[0] for k in places]
        ends = [bootstrap_interval(statistic, final[k], limit[k]) for k in places]
        for key, found in ((name, values), (f"{name}_interval", ends)):
            stacked = np.stack(found)
            result[key] = stacked.reshape(*exact.shape[:2], *stacked.shape[1:])
    return result


# Each of the following takes margins (samples, pairs, widths, networks) and their limits (samples,
# pairs) to shape (samples, widths), and the rate to (samples,).
def _distance(final: np.ndarray, limit: np.ndarray) -> np.ndarray:
    gap = final - limit[..., None, None]
    return np.asarray(np.sqrt(np.square(gap).mean(axis=(1, 3))))


def _bias(final: np.ndarray, limit: np.ndarray) -> np.ndarray:
    return np.asarray((final - limit[..., None, None]).mean(axis=(1, 3)))


def _rate(logarithms: np.ndarray, final: np.ndarray, limit: np.ndarray) -> np.ndarray:
    return np.asarray(np.polyfit(logarithms, np.log(_distance(final, limit)).T, 1)[0])


def _correlation(final: np.ndarray, limit: np.ndarray) -> np.ndarray:
    return correlation(final, limit[..., None, None], axis=(1, 3))

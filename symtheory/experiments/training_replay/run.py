"""What networks say of a missing pose while they are trained, and what theory says that they do.

The networks are those of `width_sweep`: one hidden layer, the NTK parametrization, plain gradient
descent on all images in each step. There they are compared at four times and less their starts;
here at many times, and as they are. An infinitely wide one is then a Gaussian draw, at every time:
its mean is the gradient flow from 0, and what its start adds is known as well, so that the theory
predicts the whole distribution over starts (Lee et al. 2019, section 2.3).

Images of unit norm, as in the paper, and with pixels of order one are two different stories; see
`width_sweep`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import jax
import numpy as np
from jax import Array

from symtheory import regression
from symtheory.datasets import Dataset, sample_pairs
from symtheory.experiments.shared.checks import require_float64
from symtheory.experiments.shared.descent import in_span, wide_network
from symtheory.experiments.shared.keys import folded_key
from symtheory.experiments.shared.optimizers import gradient_descent
from symtheory.experiments.shared.rotated_pairs import held_out_first, measure
from symtheory.experiments.shared.statistics import t_interval
from symtheory.experiments.training_replay.settings import TrainingReplay
from symtheory.networks import MLP, half_squared_error, train_ensemble
from symtheory.ntk import MLPKernel
from symtheory.runs import Plan

__all__ = [
    "QUANTITIES",
    "RATE",
    "Unit",
    "chosen_pairs",
    "compute",
    "measured_epochs",
    "plan",
    "predicted",
    "summary",
    "trained_margins",
]

# A step multiplies what is left along the largest eigenvalue (see `shared.descent`) by 0.46 to 0.6,
# where the flow has 0.58 to 0.67. So in the first ten steps networks scatter somewhat less than the
# flow says; later it makes no difference.
RATE = 0.2
# Of the infinitely wide network, at each epoch.
QUANTITIES = ("flow_margin", "flow_deviation", "flow_seen_margin")
DIGITS = 4  # decimals that are kept of the margins of networks


class Unit(NamedTuple):
    """A pair at one norm."""

    norm: int
    pair: int


def measured_epochs(epochs: int) -> np.ndarray:
    """The epochs at which networks are looked at: two in each doubling, the start and the end."""
    powers = 2 ** np.arange(0, np.log2(epochs) + 0.5, 0.5)
    return np.unique([0, *np.round(powers[powers <= epochs]).astype(int), epochs])


def chosen_pairs(dataset: Dataset, settings: TrainingReplay) -> np.ndarray:
    """Pairs evenly spaced in the order of their errors at the missing image, by theory.

    Args:
        dataset: Images of at least two classes.
        settings: Of this experiment.

    Returns:
        Indices of images, of shape (pairs, 2), from the least error of kernel regression to the
        largest. The first image of each is the one that lacks a pose.

    Raises:
        ValueError: If more pairs are asked for than there are to choose from, or as `sample_pairs`.
    """
    if settings.pairs > settings.ranked:
        raise ValueError(
            f"Expected at most as many pairs as are ranked, {settings.ranked}. "
            f"Got {settings.pairs}. Try pairs={settings.ranked}, or more of them to rank."
        )
    drawn = sample_pairs(dataset.labels, settings.ranked, seed=settings.seed)
    error = measure(dataset.images[drawn], settings.order)["exact_error"][:, 0]
    places = np.linspace(0, settings.ranked - 1, settings.pairs).round().astype(int)
    return drawn[np.argsort(error, kind="stable")[places]]


def plan(dataset: Dataset, settings: TrainingReplay) -> Plan:
    """What is computed: many networks of several widths, trained on pairs with A0 held out.

    Args:
        dataset: Images of at least two classes.
        settings: Of this experiment.

    Returns:
        Arrays: `margin`, of shape (norms, pairs, widths, networks, times), the label times the
        output of each network at the held-out image, to four decimals; `seen_margin`, of shape
        (norms, pairs, widths, times), the mean over networks and the other images;
        `flow_margin`, `flow_deviation` and `flow_seen_margin`, of shape (norms, pairs, times), of
        infinitely wide networks: the means of the same, and the standard deviation of the first
        over starts; `exact_margin`, of shape (norms, pairs), of kernel regression, which the flow
        tends to. As constants `norms`, `widths`, `pairs`, the `classes` of their images, and
        `epochs`, of shape (times,): a time is an epoch times the size of a step, 0.2.

    Raises:
        ValueError: Without 64-bit floats, or as `chosen_pairs`.
    """
    require_float64()
    pairs, epochs = chosen_pairs(dataset, settings), measured_epochs(settings.epochs)
    shape, times = (len(settings.norms), len(pairs)), len(epochs)
    widths = len(settings.widths)
    arrays = {
        "margin": np.full((*shape, widths, settings.networks, times), np.nan, np.float32),
        "seen_margin": np.full((*shape, widths, times), np.nan, np.float32),
        **{name: np.full((*shape, times), np.nan) for name in QUANTITIES},
        "exact_margin": np.full(shape, np.nan),
    }
    units = [Unit(*at) for at in np.ndindex(shape)]
    return Plan(
        arrays=arrays,
        units=units,
        costs=[1.0] * len(units),
        constants={
            "norms": np.array(settings.norms),
            "widths": np.array(settings.widths, dtype=np.int32),
            "pairs": pairs.astype(np.int32),
            "classes": dataset.labels[pairs].astype(np.int32),
            "epochs": epochs.astype(np.int32),
        },
        workers=2,
    )


def compute(dataset: Dataset, settings: TrainingReplay, unit: Unit) -> Mapping[str, np.ndarray]:
    """One pair at one norm: networks of every width, and the theory."""
    pair = chosen_pairs(dataset, settings)[unit.pair]
    points, labels = held_out_first(dataset.images[pair[None]], settings.order)
    points, labels = settings.norms[unit.norm] * points[0], labels[0]
    epochs = measured_epochs(settings.epochs)
    # Keys depend on what is trained, not on what else is. The norm is left out: at both, networks
    # begin with the same weights.
    key = folded_key(settings.seed, *pair, settings.order)
    trained = [
        trained_margins(
            points,
            labels,
            width=width,
            keys=jax.random.split(jax.random.fold_in(key, width), settings.networks),
            epochs=epochs,
        )
        for width in settings.widths
    ]
    margins, seen = (np.stack(parts) for parts in zip(*trained, strict=True))
    kernel = np.asarray(MLPKernel()(points))
    exact = regression.predict(kernel[1:, 1:], kernel[:1, 1:], labels[1:], ridge=0.0)
    return {
        "margin": margins.round(DIGITS),
        "seen_margin": seen.mean(axis=1),
        **predicted(points, labels, epochs),
        "exact_margin": labels[0] * np.asarray(exact)[0],
    }


def predicted(points: np.ndarray, labels: np.ndarray, epochs: np.ndarray) -> dict[str, np.ndarray]:
    """What infinitely wide networks do at some epochs, each trained on all points but the first.

    Such a network is at x, at the time t, where it learns what its start f₀ has left to do,

        f_t(x) = f₀(x) + k(x) g_t(K) (y - f₀),   g_t(K) = K⁻¹(I - exp(-Kt/n)),

    and f₀ is a Gaussian process whose covariance is the NNGP kernel (Lee et al. 2019, equations 14
    to 16).

    Args:
        points: Of shape (n + 1, pixels), the held-out one first.
        labels: Their labels ±1, of shape (n + 1,).
        epochs: Numbers of steps of size 0.2, of shape (times,).

    Returns:
        By name, of shape (times,): `flow_margin`, the mean of y f at the first point, and
        `flow_deviation`, its standard deviation over starts; `flow_seen_margin`, the mean of y f
        over the other points.
    """
    tangent, start = (np.asarray(MLPKernel(1, kind=kind)(points)) for kind in ("ntk", "nngp"))
    among, n = tangent[1:, 1:], len(points) - 1
    # k(x) g_t(K), row by row: what the targets count for in the prediction at each point.
    weights = np.asarray(
        regression.gradient_flow(
            among, tangent[:, 1:], np.eye(n), time=RATE * epochs, real_labels=True
        )
    )
    margins = labels * (weights @ labels[1:])
    rest = np.concatenate([np.ones((len(epochs), 1)), -weights[:, 0]], axis=1)  # of f₀
    return {
        "flow_margin": margins[:, 0],
        "flow_deviation": np.sqrt(np.einsum("ti,ij,tj->t", rest, start, rest)),
        "flow_seen_margin": margins[:, 1:].mean(axis=1),
    }


def trained_margins(
    points: np.ndarray, labels: np.ndarray, *, width: int, keys: Array, epochs: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Train networks on all points but the first, and look at them at some epochs.

    Args:
        points: Of shape (n + 1, pixels).
        labels: Their labels ±1, of shape (n + 1,).
        width: Of the hidden layer.
        keys: One for each network, of shape (networks,).
        epochs: Ascending, of shape (times,).

    Returns:
        The margins y f at the first point, and their means over the others, both of shape
        (networks, times).
    """
    coordinates = in_span(points)
    everywhere = np.broadcast_to(coordinates, (len(keys), *coordinates.shape))
    result = train_ensemble(
        wide_network(coordinates.shape[-1], width),
        everywhere[:, 1:],
        np.broadcast_to(labels[1:], (len(keys), len(labels) - 1)),
        loss=half_squared_error,
        optimizer=gradient_descent(RATE),
        epochs=int(epochs[-1]),
        keys=keys,
        measure=_outputs,
        extra=everywhere,
    )
    margins = labels * np.asarray(result.measured)[:, epochs]
    return margins[..., 0], margins[..., 1:].mean(axis=-1)


def _outputs(network: MLP, epoch: Array, points: Array) -> Array:
    return jax.vmap(network)(points)


def summary(data: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Networks beside the infinitely wide one, at each time.

    Returns:
        By name, arrays of shape (norms, pairs, widths, times): `error`, the mean over networks of
        1 - y f at the held-out image, and `error_half`, half of its 95 % interval by Student's t;
        `deviation`, the standard deviation over networks; `right`, the fraction whose sign is
        right; `gap`, the distance of the mean from the theory's in standard errors of the theory's
        distribution; and, of shape (norms, pairs, times), `flow_error`.
    """
    margins = data["margin"].astype(float)
    mean, half = t_interval(np.moveaxis(margins, -2, -1))
    flow, deviation = (data[name][:, :, None] for name in ("flow_margin", "flow_deviation"))
    return {
        "error": 1 - mean,
        "error_half": half,
        "deviation": margins.std(axis=-2, ddof=1),
        "right": (margins > 0).mean(axis=-2),
        "gap": np.abs(mean - flow) / (deviation / np.sqrt(margins.shape[-2])),
        "flow_error": 1 - data["flow_margin"],
    }

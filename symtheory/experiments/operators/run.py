"""Can a turn be learned from other classes, and lent to one that lacks a pose?

Nine digits with some seeds each; the unrotated images of one class are held out, each class in
turn. One linear map T is learned from pairs of images that are one rotation apart. At test a
held-out image x is taken for what Tʲx is nearest to in the training set, over all powers j, or for
what a kernel regression says of them on average.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from symtheory.datasets import Dataset
from symtheory.experiments.operators.recognition import (
    SOURCES,
    certified,
    known_pairs,
    nearest,
    regression,
)
from symtheory.experiments.operators.settings import Operators
from symtheory.experiments.shared.checks import require_float64
from symtheory.experiments.shared.draws import seeds_of_draw
from symtheory.experiments.shared.nine_digits import nine_digits, turned
from symtheory.experiments.shared.statistics import share_interval
from symtheory.kernels import Kernel
from symtheory.learning import learn_operator, operator_powers
from symtheory.ntk import MLPKernel
from symtheory.runs import Plan

__all__ = ["QUANTITIES", "Unit", "compute", "measure", "plan", "shares"]

# What is stored of each class, and whether of each source.
QUANTITIES = {
    "recognized": True,
    "averaged": True,
    "error": True,
    "last_error": True,
    "strangers": True,
    "certified": False,
    "unturned": False,
    "supervised": False,
    "strangers_unturned": False,
    "strangers_turned": False,
}


class Unit(NamedTuple):
    """An order and a draw, at all numbers of seeds."""

    order: int
    draw: int


def measure(
    images: np.ndarray,
    order: int,
    *,
    kernel: Kernel | None = None,
    ridge: float = 1e-10,
    operator_ridge: float = 1e-6,
    seed: Sequence[int] = (0,),
) -> dict[str, np.ndarray]:
    """Recognize the images of a pose that a whole class lacks, for each class in turn.

    Args:
        images: seeds of each class, of shape (classes, seeds, height, width), not normalized.
        order: the number of rotations N.
        kernel: of the regression, `MLPKernel()` if not given.
        ridge: of the regression, as a fraction of the trace of the Gram matrix.
        operator_ridge: of T, as a fraction of the summed squares of its inputs.
        seed: of the wrong pairs; each class has its own.

    Returns:
        By name, fractions of shape (classes,) or (classes, sources), for each class the shares of
        its held-out images that are recognized: `recognized`, by the nearest training image of any
        Tʲx; `averaged`, by the mean over j of the regression's predictions there; `strangers`, as
        `recognized`, but without the training images of the same seed; `certified`, sure to be
        recognized by `certified`, T from ``others``; `unturned`, by the nearest training image of
        x; `supervised`, by the regression at x; `strangers_unturned` and `strangers_turned`, as
        `unturned` without the same seed, and with true turns for T. And `error`, `last_error`, the
        means of ‖Tx - gx‖/‖gx‖ and of the same for the power N - 1. Where there is one seed, there
        are no strangers: NaN.

    Raises:
        ValueError: for images of another shape, a single class, or without 64-bit floats.
    """
    require_float64()
    if np.ndim(images) != 4 or len(images) < 2:
        raise ValueError(
            "Expected images of shape (classes, seeds, height, width), of at least two classes. "
            f"Got shape {np.shape(images)}. "
            "Try dataset.images[draw_seeds(dataset.labels, 9, 4, seed=1)]."
        )
    n_classes, n_seeds = images.shape[:2]
    poses = turned(images, order).reshape(n_classes, n_seeds, order, -1)
    predict = regression(poses, kernel or MLPKernel(), ridge)
    every = []
    for missing in range(n_classes):
        pairs = known_pairs(poses, missing, seed=(*seed, missing))
        every.append(_of_class(poses, missing, pairs, predict, operator_ridge))
    return {name: np.stack([one[name] for one in every]) for name in QUANTITIES}


def _of_class(
    poses: np.ndarray,
    missing: int,
    pairs: Mapping[str, tuple[np.ndarray, np.ndarray]],
    predict: Callable[[np.ndarray, int], np.ndarray],
    operator_ridge: float,
) -> dict[str, np.ndarray]:
    """All results for one class that lacks a pose."""
    n_classes, n_seeds, order, size = poses.shape
    seen = np.ones(poses.shape[:3], dtype=bool)
    seen[missing, :, 0] = False
    points, (classes, seeds, _) = poses[seen], np.nonzero(seen)
    others = points[classes != missing]
    same_seed = (classes == missing) & (seeds == np.arange(n_seeds)[:, None])
    true = np.moveaxis(poses[missing], 1, 0)  # (N, seeds, d)

    def of_nearest(versions: np.ndarray) -> tuple[float, float]:
        """Shares whose nearest training image is of their class; without those of their seed."""
        squares = nearest(versions, points)
        strangers = np.where(same_seed, np.inf, squares)
        every, without = (classes[one.argmin(axis=1)] == missing for one in (squares, strangers))
        return every.mean(), without.mean() if n_seeds > 1 else np.nan

    operators = _operators(pairs, operator_ridge)
    powers = {name: operator_powers(T, true[0], order) for name, T in operators.items()}
    asked = np.concatenate([*(p.reshape(-1, size) for p in powers.values()), true[0]])
    said = predict(asked, missing)
    averages = said[:-n_seeds].reshape(len(powers), order, n_seeds, n_classes).mean(axis=1)
    found = np.array([of_nearest(versions) for versions in powers.values()])
    unturned, turned_truly = of_nearest(true[:1]), of_nearest(true)
    lengths = np.linalg.norm(true, axis=-1)
    errors = {n: np.linalg.norm(p - true, axis=-1) / lengths for n, p in powers.items()}
    return {
        "recognized": found[:, 0],
        "averaged": np.mean(averages.argmax(axis=-1) == missing, axis=1),
        "error": np.array([e[1].mean() for e in errors.values()]),
        "last_error": np.array([e[-1].mean() for e in errors.values()]),
        "strangers": found[:, 1],
        "certified": certified(powers["others"], true, others).mean(),
        "unturned": np.array(unturned[0]),
        "supervised": np.mean(said[-n_seeds:].argmax(axis=-1) == missing),
        "strangers_unturned": np.array(unturned[1]),
        "strangers_turned": np.array(turned_truly[1]),
    }


def _operators(
    pairs: Mapping[str, tuple[np.ndarray, np.ndarray]], ridge: float
) -> dict[str, np.ndarray]:
    """T from each source. Those of one set of inputs are learned together."""
    inputs, outputs = pairs["others"]
    size = inputs.shape[1]
    operators = {"others": learn_operator(inputs, outputs, ridge=ridge * np.square(inputs).sum())}
    rest = SOURCES[1:]
    inputs = pairs["seen"][0]
    together = learn_operator(
        inputs,
        np.concatenate([pairs[name][1] for name in rest], axis=1),
        ridge=ridge * np.square(inputs).sum(),
    )
    return operators | dict(zip(rest, together.reshape(len(rest), size, size), strict=True))


def plan(dataset: Dataset, settings: Operators) -> Plan:
    """What is computed: draws of seeds of nine digits, at each order.

    Args:
        dataset: images of ten digits, of which the nines are left out.
        settings: of this experiment.

    Returns:
        Arrays as `measure` returns them, with axes for orders, draws and numbers of seeds before
        the others, NaN where there would be too many images; as constants `orders`,
        `seeds_per_class`, and `seeds`, the numbers of the images among those that are no nines, of
        shape (draws, classes, largest number of seeds).

    Raises:
        ValueError: if there would be too many images everywhere, or as `draw_seeds`.
    """
    least = min(settings.orders) * min(settings.seeds)
    if least > settings.images:
        raise ValueError(
            f"Expected seeds and orders with at most {settings.images} images of a class, seeds "
            f"times rotations. Got {least} at least. Try images={least}."
        )
    digits = nine_digits(dataset)
    most = max(settings.seeds)
    drawn = np.stack(
        [seeds_of_draw(digits, settings, draw, n_seeds=most) for draw in range(settings.draws)]
    )
    shape = (len(settings.orders), settings.draws, len(settings.seeds), drawn.shape[1])
    units = [
        Unit(order, draw)
        for order in np.argsort(settings.orders).tolist()
        for draw in range(settings.draws)
    ]
    return Plan(
        arrays={
            name: np.full((*shape, len(SOURCES)) if each else shape, np.nan)
            for name, each in QUANTITIES.items()
        },
        units=units,
        costs=[float(settings.orders[unit.order]) for unit in units],
        constants={
            "orders": np.array(settings.orders),
            "seeds_per_class": np.array(settings.seeds),
            "seeds": drawn.astype(np.int32),
        },
    )


def compute(dataset: Dataset, settings: Operators, unit: Unit) -> Mapping[str, np.ndarray]:
    """One draw at one order."""
    digits, unit = nine_digits(dataset), Unit(*unit)
    images = digits.images[seeds_of_draw(digits, settings, unit.draw, n_seeds=max(settings.seeds))]
    kernel = MLPKernel(depth=settings.depth)
    order = settings.orders[unit.order]
    values = {
        name: np.full((len(settings.seeds), len(images), *(len(SOURCES),) * each), np.nan)
        for name, each in QUANTITIES.items()
    }
    for k, count in enumerate(settings.seeds):
        if count * order <= settings.images:
            result = measure(
                images[:, :count],
                order,
                kernel=kernel,
                ridge=settings.ridge,
                operator_ridge=settings.operator_ridge,
                seed=(settings.seed, unit.draw, order, count),
            )
            for name, value in values.items():
                value[k] = result[name]
    return values


def shares(data: Mapping[str, np.ndarray], name: str) -> tuple[np.ndarray, np.ndarray]:
    """A share of images over all draws and classes, and Wilson's interval of it.

    Args:
        data: of a run.
        name: of a share of images.

    Returns:
        Of shape (orders, numbers of seeds) or (orders, numbers of seeds, sources), and the same
        with an axis of length 2 more. Images of one draw share their training set, so that the
        interval, which takes all images for independent, may be somewhat narrow.
    """
    share = data[name].mean(axis=(1, 3))
    images = data["seeds_per_class"] * data[name].shape[1] * data[name].shape[3]
    images = images.reshape(-1, *(1,) * (share.ndim - 2))
    return share, share_interval(share, np.broadcast_to(images, share.shape))

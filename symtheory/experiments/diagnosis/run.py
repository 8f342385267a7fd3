"""What is a diagnosis worth? Its forecasts, beside networks that were trained.

Seeds of ten classes in N rotations. Each class in turn lacks its upright pose, in all its seeds.
Kernel regression with the network's own tangent kernel at its start, and the spectral theory, say
what share of these images is recognized; so they do with a closed form; and then the network is
trained on the rest, and asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import NamedTuple

import numpy as np

from symtheory.actions import rotation_action
from symtheory.datasets import Dataset
from symtheory.diagnosis import Diagnosis, diagnose
from symtheory.diagnosis.calibration import cases
from symtheory.experiments.diagnosis.networks import closed_form, network
from symtheory.experiments.diagnosis.settings import NETWORKS, DiagnosisRun
from symtheory.experiments.shared.checks import require_float64
from symtheory.experiments.shared.draws import draw_seeds
from symtheory.experiments.shared.keys import folded_key
from symtheory.experiments.shared.pose_task import CLASSES, Images, rotated
from symtheory.experiments.shared.statistics import bootstrap_interval, correlation, t_interval
from symtheory.groups import cyclic_group
from symtheory.orbit_gram import orbit_gram
from symtheory.runs import Plan

__all__ = ["COSTS", "NORM", "PATIENCE", "SHARES", "Unit", "compute", "plan", "summary"]

# What images are scaled to: pixels of order one, for 28 × 28 of them.
NORM = 28.0
# Of the images of a class at the pose that it lacks, unless said otherwise.
SHARES = (
    "own_theory",
    "own_regression",
    "closed_theory",
    "closed_regression",
    "nearest",
    "trained",
    "fitted",
)
TRUST = ("own_defect", "own_ill", "closed_defect", "closed_ill")
# Work for a training and its forecast, relative.
COSTS = {"mlp": 1.0, "cnn": 4.0, "vit": 3.0, "torch": 3.0}
# A transformer fits the images only in more steps than the others.
PATIENCE = {"vit": 2}


class Unit(NamedTuple):
    """A start of a network at one number of rotations."""

    network: int
    order: int
    start: int


def plan(dataset: Dataset, settings: DiagnosisRun) -> Plan:
    """What is to be computed: each network at each number of rotations from each start.

    Raises:
        ValueError: for more seeds than a class has, if `other_orders` are not among `orders`, or
            without PyTorch if a network of it is among `networks`.
    """
    if "torch" in settings.networks and find_spec("torch") is None:
        raise ValueError(
            "Expected PyTorch for the network torch. Got none. Try pip install 'symtheory[torch]', "
            f"or other networks: {', '.join(name for name in NETWORKS if name != 'torch')}."
        )
    if not set(settings.other_orders) <= set(settings.orders):
        raise ValueError(
            f"Expected other_orders among {', '.join(map(str, settings.orders))}. "
            f"Got {', '.join(map(str, settings.other_orders))}. "
            f"Try other_orders={settings.orders[:1]}."
        )
    shape = len(settings.networks), len(settings.orders), settings.starts
    arrays = {name: np.full((*shape, CLASSES), np.nan, dtype=np.float32) for name in SHARES}
    arrays |= {name: np.full(shape, np.nan, dtype=np.float32) for name in TRUST}
    units: dict[Unit, float] = {
        Unit(i, j, k): COSTS[name] * (10 + order)
        for i, name in enumerate(settings.networks)
        for j, order in enumerate(settings.orders)
        for k in range(settings.starts)
        if name == "mlp" or order in settings.other_orders
    }
    in_order = sorted(units, key=units.__getitem__)
    return Plan(
        arrays,
        in_order,
        [units[unit] for unit in in_order],
        {
            "networks": np.array(settings.networks),
            "orders": np.array(settings.orders, dtype=np.int32),
            "images": _drawn(dataset, settings).astype(np.int32),
        },
        workers=2,
    )


def compute(dataset: Dataset, settings: DiagnosisRun, unit: Unit) -> Mapping[str, np.ndarray]:
    """Forecast for one start of a network, and train from it without the pose of each class.

    The start depends on the network and its number alone: it is the same at every N.

    Returns:
        Shares of images that are right, of shape (classes,), at the pose that the class lacks:
        `own_theory` and `own_regression`, forecasts by the tangent kernel at the start;
        `closed_theory` and `closed_regression` by a closed form, which depends on no start, so that
        it is computed for the first and NaN for others; `nearest`, by the nearest image to the
        network's own kernel; `trained`. And `fitted`, of the images in training. Numbers: for both
        kernels how far the Gram matrix is from invariant, and whether few digits are left.
    """
    require_float64()
    name, order = settings.networks[unit.network], settings.orders[unit.order]
    chosen = _drawn(dataset, settings)
    orbits = NORM * rotated(dataset.images[chosen.ravel()], order)  # (m, N, height, width)
    labels = np.repeat(np.arange(CLASSES, dtype=np.int32), settings.seeds)
    shape = orbits.shape[2:]
    key = folded_key(settings.seed, NETWORKS.index(name), unit.start)
    one = network(name, key, shape)

    def diagnosed(matrix: np.ndarray) -> Diagnosis:
        group = cyclic_group(order)
        return diagnose(None, labels, matrix, group=group, ridge=settings.ridge, remedies=False)

    own = diagnosed(one.tangent_gram(orbits.reshape(-1, *shape)))
    found = {name: np.full(CLASSES, np.nan) for name in SHARES}
    found |= {name: np.array(np.nan) for name in TRUST}
    found |= _forecasts("own", own) | {"nearest": own.nearest[:, 0]}
    kernel = closed_form(name)
    if kernel is not None and unit.start == 0:
        matrix = orbit_gram(kernel, orbits.astype(np.float64), rotation_action(order, shape))
        found |= _forecasts("closed", diagnosed(np.asarray(matrix)))
    images, every = orbits.reshape(-1, *shape), np.repeat(labels, order)
    upright = np.arange(len(every)) % order == 0
    for digit in range(CLASSES):
        asked = upright & (every == digit)
        seen = Images(images[~asked], every[~asked])
        items = settings.steps * PATIENCE.get(name, 1) * settings.batch
        epochs = max(1, round(items / len(seen.labels)))
        found["fitted"][digit], found["trained"][digit] = one.shares_right(
            seen,
            Images(images[asked], every[asked]),
            epochs=epochs,
            batch=settings.batch,
            seed=settings.seed + CLASSES * unit.start + digit,
        )
    return found


def _forecasts(kind: str, diagnosis: Diagnosis) -> dict[str, np.ndarray]:
    assert diagnosis.regression is not None
    return {
        f"{kind}_theory": diagnosis.accuracy[:, 0],
        f"{kind}_regression": diagnosis.regression[:, 0],
        f"{kind}_defect": np.array(diagnosis.defect),
        f"{kind}_ill": np.array(float(diagnosis.ill_conditioned)),
    }


def _drawn(dataset: Dataset, settings: DiagnosisRun) -> np.ndarray:
    return draw_seeds(dataset.labels, CLASSES, settings.seeds, seed=settings.seed)


def summary(data: Mapping[str, np.ndarray], seeds: int) -> dict[str, np.ndarray]:
    """Correlations of forecasts with trained networks, over classes and numbers of rotations.

    Args:
        data: As `compute` fills it.
        seeds: Of each class.

    Returns:
        For the kernels `own` and `closed`: `own_correlation`, of shape (networks,), of forecast and
        trained share over all (N, class), and `own_interval`, of shape (networks, 2), its 95 %
        bootstrap interval from resampling classes; `own_within`, of shape (networks,), the same
        within each N, in which all are shifted to one mean, with `own_within_interval`; and
        `own_error`, of shape (networks,), the mean absolute difference.
    """
    result = {}
    for kernel in ("own", "closed"):
        found = cases(data, seeds, kernel=kernel)
        for name, shift in (("correlation", False), ("within", True)):
            pairs = [
                np.stack([one, other], axis=-1)  # (orders, classes, 2)
                for one, other in zip(found.predicted, found.trained, strict=True)
            ]
            pairs = [pair[~np.isnan(pair).any(axis=(1, 2))] for pair in pairs]
            values = [
                _correlations(pair[None], shift)[0] if pair.size else np.nan for pair in pairs
            ]
            ends = [
                bootstrap_interval(
                    lambda chosen, shift=shift: _correlations(np.moveaxis(chosen, 1, 2), shift),
                    np.swapaxes(pair, 0, 1),
                )
                if pair.size
                else np.full(2, np.nan)
                for pair in pairs
            ]
            result[f"{kernel}_{name}"] = np.array(values)
            suffix = "interval" if name == "correlation" else "within_interval"
            result[f"{kernel}_{suffix}"] = np.array(ends)
        gaps = np.abs(found.predicted - found.trained).reshape(len(found.predicted), -1)
        result[f"{kernel}_error"] = t_interval(gaps)[0]
    return result


def _correlations(pairs: np.ndarray, shift: bool) -> np.ndarray:
    """Of pairs (..., orders, classes, 2), over orders and classes."""
    if shift:
        pairs = pairs - pairs.mean(axis=-2, keepdims=True)
    return correlation(pairs[..., 0], pairs[..., 1], axis=(-2, -1))

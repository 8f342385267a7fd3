"""Which architecture knows a missing pose, of which group, on which data?

Five classes in all poses of a group. Each class in turn lacks one pose, in all its seeds: the
theory says of a closed form what share of them is recognized; then a small network is trained on
the rest, and asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import optax

from symtheory.datasets import Dataset
from symtheory.diagnosis import diagnose
from symtheory.diagnosis.verdicts import FAILS, GENERALIZES, UNDECIDED, verdicts
from symtheory.experiments.shared.checks import require_float64
from symtheory.experiments.shared.keys import folded_key
from symtheory.experiments.shared.pose_task import predicted_classes
from symtheory.experiments.shared.statistics import share_interval
from symtheory.experiments.verdicts_by_group.networks import RATES, gram_of, is_defined, network
from symtheory.experiments.verdicts_by_group.problems import (
    CLASSES,
    acts,
    data_sets,
    make_problem,
)
from symtheory.experiments.verdicts_by_group.settings import ARCHITECTURES, VerdictsByGroup
from symtheory.networks import cross_entropy, train
from symtheory.runs import Plan
from symtheory.spectral.invariance import DEFECT_TOLERANCE

__all__ = ["COSTS", "Agreement", "Cell", "Unit", "agreement", "cells", "compute", "plan", "summary"]

# Seconds, about, at ten seeds of each class.
COSTS = {
    "mlp-1": 3.0,
    "mlp-3": 4.0,
    "cnn-dense": 20.0,
    "cnn-pooled": 40.0,
    "cnn-p4": 60.0,
    "attention": 20.0,
}
# Made once for each: `train` compiles anew for each optimizer that it has not met.
_OPTIMIZERS = {name: optax.adam(rate) for name, rate in RATES.items()}
_classes = eqx.filter_jit(predicted_classes)


class Cell(NamedTuple):
    """A place in the table."""

    data: str
    group: str
    architecture: str


class Unit(NamedTuple):
    """A place in the table, by its number."""

    cell: int


def cells(dataset: Dataset, settings: VerdictsByGroup) -> list[Cell]:
    """All places of the table at which there is something to ask."""
    return [
        Cell(data, group, architecture)
        for data in data_sets(dataset)
        for group in settings.groups
        for architecture in settings.architectures
        if acts(group, data) and is_defined(architecture, group)
    ]


def plan(dataset: Dataset, settings: VerdictsByGroup) -> Plan:
    """What is computed: each place of the table by itself.

    Returns:
        Of shape (cells, classes), shares of the seeds of a class that are right at the pose that it
        lacks: `theory` and `regression`, forecasts, and `nearest`, by the nearest seen item to the
        kernel. Of shape (cells, starts, classes): `trained`, and `fitted`, of the items in
        training. Of shape (cells,): `defect`, how far the Gram matrix is from invariant, and `ill`,
        whether few digits are left. As constants `data`, `groups` and `architectures`, what the
        cells are.
    """
    every = cells(dataset, settings)
    shapes: dict[str, tuple[int, ...]] = dict.fromkeys(
        ("theory", "regression", "nearest"), (CLASSES,)
    )
    shapes |= dict.fromkeys(("trained", "fitted"), (settings.starts, CLASSES))
    shapes |= dict.fromkeys(("defect", "ill"), ())
    costs = [COSTS[cell.architecture] for cell in every]
    in_order = sorted(range(len(every)), key=costs.__getitem__)
    names = zip(("data", "groups", "architectures"), zip(*every, strict=True), strict=True)
    return Plan(
        arrays={
            name: np.full((len(every), *shape), np.nan, dtype=np.float32)
            for name, shape in shapes.items()
        },
        units=[Unit(cell) for cell in in_order],
        costs=[costs[cell] for cell in in_order],
        constants={name: np.array(column) for name, column in names},
        workers=1,
    )


def compute(dataset: Dataset, settings: VerdictsByGroup, unit: Unit) -> Mapping[str, np.ndarray]:
    """Forecast for one place of the table, and train without a pose of each class.

    Returns:
        As `plan` has it, without the axis of cells.
    """
    require_float64()
    data, group, architecture = cells(dataset, settings)[unit.cell]
    problem = make_problem(dataset, data, group, seeds=settings.seeds, seed=settings.seed)
    found = diagnose(
        None,
        problem.labels,
        gram_of(architecture, group, problem),
        group=problem.action.group,
        ridge=settings.ridge,
        remedies=False,
    )
    assert found.regression is not None
    order, item_shape = problem.orbits.shape[1], problem.orbits.shape[2:]
    items = problem.orbits.reshape(-1, *item_shape).astype(np.float32)
    labels = np.repeat(problem.labels, order).astype(np.int32)
    first = np.arange(len(labels)) % order == 0
    right = np.empty((2, settings.starts, CLASSES))
    for start in range(settings.starts):
        number = start * len(ARCHITECTURES) + ARCHITECTURES.index(architecture)
        model = network(architecture, folded_key(settings.seed, number), item_shape)
        for missing in range(CLASSES):
            asked = first & (labels == missing)
            trained = train(
                model,
                items[~asked],
                labels[~asked],
                loss=cross_entropy,
                optimizer=_OPTIMIZERS[architecture],
                epochs=max(1, round(settings.steps * settings.batch / (~asked).sum())),
                batch_size=settings.batch,
                key=folded_key(settings.seed, number, missing),
            ).model
            said = np.asarray(_classes(trained, jnp.asarray(items))) == labels
            right[:, start, missing] = said[asked].mean(), said[~asked].mean()
    return {
        "theory": found.accuracy[:, 0],
        "regression": found.regression[:, 0],
        "nearest": found.nearest[:, 0],
        "trained": right[0],
        "fitted": right[1],
        "defect": np.array(found.defect),
        "ill": np.array(float(found.ill_conditioned)),
    }


def summary(data: Mapping[str, np.ndarray], seeds: int) -> dict[str, np.ndarray]:
    """The forecast of each cell, its verdict, and what came of it.

    Args:
        data: Of a run, and
        seeds: its setting.

    Returns:
        Of shape (cells, classes): `by_class`, the forecast, which is that of the theory where it
        may speak, else of regression. Of shape (cells,): `forecast`, its mean, `verdict`, the word
        for its interval over all seeds, and `trained`. Of shape (cells, 2): `interval` and
        `trained_interval`, Wilson's, over as many seeds.
    """
    trusted = (data["defect"] <= DEFECT_TOLERANCE) & (data["ill"] == 0)
    by_class = np.where(trusted[:, None], data["theory"], data["regression"]).astype(float)
    forecast, trained = by_class.mean(axis=1), data["trained"].mean(axis=(1, 2), dtype=float)
    count = np.full_like(forecast, seeds * by_class.shape[1])
    interval = share_interval(forecast, count)
    return {
        "by_class": by_class,
        "forecast": forecast,
        "interval": interval,
        "verdict": np.where(data["ill"] > 0, UNDECIDED, verdicts(interval, trusted=True)),
        "trained": trained,
        "trained_interval": share_interval(trained, count),
    }


class Agreement(NamedTuple):
    """How often the trained networks were on the side of one half that the verdict had named.

    Attributes:
        generalizes: How many cells were said to generalize,
        reached: and of these, in how many more than one half was right.
        fails: How many cells were said to fail,
        stayed: and of these, in how many no more than one half was right.
        undecided: How many cells were left open.
    """

    generalizes: int
    reached: int
    fails: int
    stayed: int
    undecided: int

    @property
    def interval(self) -> np.ndarray:
        """Wilson's of the share of verdicts that came true, of shape (2,)."""
        decided = self.generalizes + self.fails
        share = (self.reached + self.stayed) / decided if decided else np.nan
        return share_interval(np.array(share), np.array(float(decided or 1)))


def agreement(found: Mapping[str, np.ndarray]) -> Agreement:
    """Count, over all cells of a `summary`."""
    high, low = found["verdict"] == GENERALIZES, found["verdict"] == FAILS
    above = found["trained"] > 0.5
    return Agreement(
        generalizes=int(high.sum()),
        reached=int((high & above).sum()),
        fails=int(low.sum()),
        stayed=int((low & ~above).sum()),
        undecided=int((~high & ~low).sum()),
    )

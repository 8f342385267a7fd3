"""How long a run will take, from the stated costs of its units and the time of a few."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from symtheory.datasets import Dataset
from symtheory.runs.checkpoints import Checkpoint
from symtheory.runs.plan import Experiment, Plan, described, makespan
from symtheory.runs.workers import quiet_blas, threads

__all__ = ["LONG", "LOOK", "SHARE", "Estimate", "Forecast", "estimate"]

# A first unit that takes longer, in seconds, hardly compiles in comparison.
LONG = 5.0
# What an estimate may cost, as a part of the work that it is an estimate of.
SHARE = 0.1
# For so many seconds units are counted, once the first is done, before more is said.
LOOK = 1.0


class Estimate(NamedTuple):
    """What is known of a run before it is begun.

    Attributes:
        parts: how many units of work are left. What is done of one that is broken off is lost, so
            a run under a limit of time gets on only if each of them fits into it.
        seconds: that all of them take, and
        longest: that the longest of them takes; both None if measuring would cost more than a
            tenth of the run.
    """

    parts: int
    seconds: float | None = None
    longest: float | None = None


class Forecast:
    """The time that is left, told once, from the units of the run itself.

    The first unit compiles. If it takes long, it is taken as typical; if not, units that end after
    it are counted for a second. A run that is over by then needs no forecast.
    """

    def __init__(self, plan: Plan, workers: int) -> None:
        self.plan, self.workers = plan, workers
        self.first: tuple[float, float] | None = None  # seconds, and the cost done by then
        self.told = False

    def update(self, finished: np.ndarray, done: float, seconds: float) -> float | None:
        """The seconds that are left, when it is time to tell.

        Args:
            finished: which units are finished, those of an earlier run included.
            done: the cost of those that this run has finished.
            seconds: since it began.
        """
        costs = np.asarray(self.plan.costs)[~finished]
        if self.told or not len(costs):
            return None
        if self.first is None:
            self.first = seconds, done
            if seconds < LONG:
                return None
            self.told = True
            return makespan(costs.tolist(), self.workers) * seconds / done
        elapsed, more = seconds - self.first[0], done - self.first[1]
        if elapsed < LOOK or more <= 0:
            return None
        self.told = True
        return float(costs.sum()) * elapsed / more


def estimate(
    experiment: Experiment,
    dataset: Dataset,
    settings: Mapping[str, Any],
    *,
    workers: int = 0,
    checkpoint: str | os.PathLike[str] | None = None,
) -> Estimate:
    """How long a run will take, measured on its first unit of work, which takes least.

    A unit that takes less than `LONG` is run twice, the first time with its compilation; all others
    are taken to need time in proportion to their stated costs, and each kind of them one such
    compilation.

    Args:
        experiment: as in `run`.
        dataset: as in `run`.
        settings: as in `run`.
        workers: how many processes like this one will work; 0 for threads of this one.
        checkpoint: the file of an unfinished run, of which the rest is to be estimated.

    Returns:
        The seconds that are left; see `Estimate`.

    Raises:
        ValueError, RecordError: as `run`.
    """
    plan = experiment.implementation.plan(dataset, settings)
    left = list(plan.costs)
    if checkpoint is not None:
        kept = Checkpoint(Path(checkpoint), experiment.name, described(dataset, settings))
        left = np.asarray(plan.costs)[~kept.finished(plan)].tolist()
    if not left:
        return Estimate(0, 0.0, 0.0)
    if 2 * plan.costs[0] > SHARE * sum(left):
        return Estimate(len(left))
    seconds = []
    with quiet_blas():
        for _ in range(2):
            start = time.perf_counter()
            experiment.implementation.compute(dataset, settings, plan.units[0])
            seconds.append(time.perf_counter() - start)
            if seconds[0] > LONG:
                break
    compiling, each = seconds[0] - seconds[-1], seconds[-1]
    # Here the first kind is compiled by now; every other process compiles them all.
    kinds = len(set(left)) - (0 if workers else 1)
    unit = each / plan.costs[0]
    working = makespan(left, workers or threads(plan)) * unit
    return Estimate(len(left), working + compiling * kinds, max(left) * unit + compiling)

"""Run an experiment unit by unit, and keep what is finished."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, as_completed
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from symtheory.datasets import Dataset
from symtheory.runs.checkpoints import Checkpoint
from symtheory.runs.estimates import Forecast
from symtheory.runs.plan import Experiment, Plan, described
from symtheory.runs.workers import Submit, Values, dask_workers, local_threads, threads

__all__ = ["Announce", "Progress", "run"]

Progress = Callable[[np.ndarray], None]
Announce = Callable[[float], None]


def run(
    experiment: Experiment,
    dataset: Dataset,
    settings: Mapping[str, Any],
    *,
    client: Any = None,
    checkpoint: str | os.PathLike[str] | None = None,
    resume: bool = False,
    progress: Progress | None = None,
    announce: Announce | None = None,
) -> tuple[dict[str, np.ndarray], float]:
    """Run an experiment.

    A unit is computed from itself alone, so a run that was broken off and resumed gives the same
    bits as one that was not. After an interrupt, or when a unit fails, no unit is begun any more;
    those that threads of this process are at are finished, and kept like the others.

    Args:
        experiment: its name, and what plans and computes it.
        dataset: what it takes its images from.
        settings: what it depends on besides; JSON values, by name.
        client: a `dask.distributed.Client`, whose workers compute the units of work; by default
            they are computed here. The numbers are the same to the last bit on equal processors
            with equal versions, however many work, and if some of them die meanwhile.
        checkpoint: a file, ending in .npz, that keeps finished units; it stays at the end: delete
            it once the result is saved.
        resume: continue from that file if it exists.
        progress: called with a boolean for each unit of work, whether it is finished, at the start
            and after each.
        announce: called once with the seconds that are left, as soon as they can be told from the
            units that are finished; not at all in a short run.

    Returns:
        All arrays by name, and the seconds that it took, those of a resumed run included.

    Raises:
        ValueError: for settings that do not fit, or if the checkpoint exists and `resume` is False,
            or it is of another run, or a file cannot hold the settings or the arrays.
        RecordError: if the checkpoint cannot be read or written.

    Warns:
        ResumeWarning: if a run is resumed on another number of cores.
    """
    plan = experiment.implementation.plan(dataset, settings)
    compute = experiment.implementation.compute
    kept = None
    if checkpoint is not None:
        kept = Checkpoint(Path(checkpoint), experiment.name, described(dataset, settings))
    if client is None:
        workers, pool = threads(plan), local_threads(compute, plan, dataset, settings)
    else:
        workers = max(1, len(client.scheduler_info()["workers"]))
        pool = dask_workers(compute, dataset, settings, client)
    forecast = Forecast(plan, workers) if announce is not None else None
    with pool as submit:
        seconds = _fill(plan, submit, kept, resume, progress, forecast, announce)
    return plan.constants | plan.arrays, seconds


@dataclass
class _Table:
    """The arrays of a plan while they are filled.

    Attributes:
        plan: whose arrays they are.
        kept: the file that keeps them, if there is one.
        finished: which units are in the arrays.
        earlier: the seconds that units of an earlier run took.
        start: when this run was begun.
        added: the units of this run that are in the arrays, and in the file.
    """

    plan: Plan
    kept: Checkpoint | None
    finished: np.ndarray
    earlier: float
    start: float
    added: set[int] = field(default_factory=set)

    def add(self, number: int, values: Values) -> float:
        """Fill in a unit, and keep what is finished.

        Returns:
            The seconds since this run was begun.
        """
        for key, value in values.items():
            self.plan.arrays[key][self.plan.units[number]] = value
        self.finished[number] = True
        seconds = time.perf_counter() - self.start
        if self.kept is not None:
            self.kept.save(self.plan, self.finished, self.earlier + seconds)
        self.added.add(number)
        return seconds

    def end(self, running: Mapping[Future[Values], int]) -> None:
        """Begin nothing new, and add the units that are finished or that nobody can stop."""
        left = [future for future in running if not future.cancel()]
        for future in as_completed(left):
            if running[future] not in self.added and future.exception() is None:
                with suppress(Exception):  # what ended the run is what is told
                    self.add(running[future], future.result())


def _fill(
    plan: Plan,
    submit: Submit,
    kept: Checkpoint | None,
    resume: bool,
    progress: Progress | None,
    forecast: Forecast | None,
    announce: Announce | None,
) -> float:
    """Fill the arrays of a plan, and keep what is finished after each unit."""
    finished, earlier = np.zeros(len(plan.units), dtype=bool), 0.0
    if kept is not None:
        kept.require_writable(plan)
        if kept.path.exists():
            if not resume:
                kept.refuse()
            finished, earlier = kept.fill(plan)

    table, done = _Table(plan, kept, finished, earlier, time.perf_counter()), 0.0
    if progress is not None:
        progress(finished.copy())
    running: dict[Future[Values], int] = {}
    try:
        for k in np.flatnonzero(~finished).tolist():
            running[submit(plan.units[k])] = k
        for future in as_completed(running):
            number = running[future]
            seconds = table.add(number, future.result())
            done += plan.costs[number]
            if progress is not None:
                progress(finished.copy())
            if forecast is not None and announce is not None:
                left = forecast.update(finished, done, seconds)
                if left is not None:
                    announce(left)
    except BaseException:  # an interrupt too
        table.end(running)
        raise
    return earlier + time.perf_counter() - table.start

"""Run an experiment: in threads of this process, or on the workers of a Dask cluster."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jax
import numpy as np
import scipy.linalg  # noqa: F401  JAX loads its BLAS late; only what is loaded can be limited
from threadpoolctl import threadpool_limits

from symtheory.datasets import Dataset
from symtheory.experiments.checkpoints import Plan, Progress, Submit, Unit, compute_units, makespan
from symtheory.experiments.experiment import Experiment

__all__ = ["LONG", "Compute", "described", "estimate_seconds", "run"]

# A first unit of work that takes longer than this is not run again to tell its compilation apart.
LONG = 20.0

Compute = Callable[[Dataset, Mapping[str, Any], Unit], Mapping[str, np.ndarray]]


def run(
    experiment: Experiment,
    dataset: Dataset,
    parameters: Mapping[str, Any],
    *,
    client: Any = None,
    checkpoint: Path | None = None,
    resume: bool = False,
    progress: Progress | None = None,
) -> tuple[dict[str, np.ndarray], float]:
    """Run an experiment.

    Args:
        experiment: one of `catalog.EXPERIMENTS`.
        dataset: what it takes its images from.
        parameters: all of its parameters, as `experiment.at_scale` gives them.
        client: a `dask.distributed.Client`, whose workers compute the units of work; by default
            they are computed here. The numbers are the same to the last bit on equal processors
            with equal versions, however many work, and if some of them die meanwhile.
        checkpoint: a file, ending in .npz, that keeps finished units; it stays at the end.
        resume: continue from that file if it exists.
        progress: called with a boolean for each unit of work, at the start and after each.

    Returns:
        All arrays by name, and the seconds that it took.

    Raises:
        ValueError, RecordError: for bad parameters, or as `compute_units`.
    """
    plan = experiment.implementation.plan(dataset, parameters)
    compute = experiment.implementation.compute
    with _workers(compute, plan, dataset, parameters, client) as submit:
        seconds = compute_units(
            plan,
            submit,
            name=experiment.name,
            parameters=described(dataset, parameters),
            path=checkpoint,
            resume=resume,
            progress=progress,
        )
    return plan.constants | plan.arrays, seconds


def described(dataset: Dataset, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters and the data that they are applied to, as a record keeps them."""
    return {"dataset": dataset.name, "dataset_hash": dataset.sha256, **parameters}


def estimate_seconds(
    experiment: Experiment, dataset: Dataset, parameters: Mapping[str, Any], *, workers: int = 0
) -> float:
    """How long a run will take, measured on its first unit of work, which takes least.

    The unit is run twice, the first time with its compilation; all others are taken to need time
    in proportion to their stated costs, and each kind of them one such compilation.

    Args:
        experiment: as in `run`.
        dataset: as in `run`.
        parameters: as in `run`.
        workers: how many processes like this one will work; 0 for threads of this one.
    """
    plan = experiment.implementation.plan(dataset, parameters)
    seconds = []
    with _quiet_blas():
        for _ in range(2):
            start = time.perf_counter()
            experiment.implementation.compute(dataset, parameters, plan.units[0])
            seconds.append(time.perf_counter() - start)
            if seconds[0] > LONG:
                break
    compiling, each = seconds[0] - seconds[-1], seconds[-1]
    # Here the first kind is compiled by now; every other process compiles them all.
    kinds = len(set(plan.costs)) - (0 if workers else 1)
    working = makespan(plan.costs, workers or _threads(plan)) / plan.costs[0] * each
    return working + compiling * kinds


@contextmanager
def _workers(
    compute: Compute, plan: Plan, dataset: Dataset, parameters: Mapping[str, Any], client: Any
) -> Iterator[Submit]:
    """Who computes units of work."""
    if client is None:
        with _quiet_blas(), ThreadPoolExecutor(_threads(plan)) as pool:
            yield lambda unit: pool.submit(compute, dataset, parameters, unit)
        return
    import dask

    # The data travel once to each worker. As the result of a task, not as scattered data, they are
    # made again if the worker that held them is lost. Dask would warn of a task that holds them.
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GB"}):
        data = client.submit(_itself, dataset, pure=False)
    pool = client.get_executor(pure=False)
    yield lambda unit: pool.submit(_compute_there, compute, data, parameters, unit)


def _threads(plan: Plan) -> int:
    return min(plan.workers, os.cpu_count() or 1)


def _quiet_blas() -> threadpool_limits:
    """No threads of BLAS besides those of JAX and of the units.

    On small matrices they would mostly wait for one another, hundreds of times longer than they
    work where the machine is busy.
    """
    return threadpool_limits(1, user_api="blas")


def _compute_there(
    compute: Compute, dataset: Dataset, parameters: Mapping[str, Any], unit: Unit
) -> Mapping[str, np.ndarray]:
    """One unit of work in a process that is there for this alone."""
    jax.config.update("jax_enable_x64", True)
    with _quiet_blas():
        return compute(dataset, parameters, unit)


def _itself(dataset: Dataset) -> Dataset:
    return dataset

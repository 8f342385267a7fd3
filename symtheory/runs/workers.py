"""Who computes units of work: threads of this process, or the workers of a Dask cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import jax
import numpy as np
import scipy.linalg  # noqa: F401  JAX loads its BLAS late; only what is loaded can be limited
from threadpoolctl import threadpool_limits

from symtheory.datasets import Dataset
from symtheory.runs.plan import Plan, Unit

__all__ = ["Compute", "Submit", "Values", "dask_workers", "local_threads", "quiet_blas", "threads"]

Values = Mapping[str, np.ndarray]
Compute = Callable[[Dataset, Mapping[str, Any], Unit], Values]
Submit = Callable[[Unit], "Future[Values]"]


@contextmanager
def local_threads(
    compute: Compute, plan: Plan, dataset: Dataset, settings: Mapping[str, Any]
) -> Iterator[Submit]:
    """As many threads of this process as pay off."""
    with quiet_blas(), ThreadPoolExecutor(threads(plan)) as pool:
        yield lambda unit: pool.submit(compute, dataset, settings, unit)


@contextmanager
def dask_workers(
    compute: Compute, dataset: Dataset, settings: Mapping[str, Any], client: Any
) -> Iterator[Submit]:
    """The workers of a `dask.distributed.Client`."""
    import dask

    # The data travel once to each worker. As the result of a task, not as scattered data, they are
    # made again if the worker that held them is lost. Dask would warn of a task that holds them.
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GB"}):
        data = client.submit(_itself, dataset, pure=False)
    pool = client.get_executor(pure=False)
    yield lambda unit: pool.submit(_compute_there, compute, data, settings, unit)


def threads(plan: Plan) -> int:
    """How many threads of this process compute a plan."""
    return min(plan.workers, os.cpu_count() or 1)


def quiet_blas() -> threadpool_limits:
    """No threads of BLAS besides those of JAX and of the units.

    On small matrices they would mostly wait for one another, hundreds of times longer than they
    work where the machine is busy.
    """
    return threadpool_limits(1, user_api="blas")


def _compute_there(
    compute: Compute, dataset: Dataset, settings: Mapping[str, Any], unit: Unit
) -> Values:
    """One unit of work in a process that is there for this alone."""
    jax.config.update("jax_enable_x64", True)
    with quiet_blas():
        return compute(dataset, settings, unit)


def _itself(dataset: Dataset) -> Dataset:
    return dataset

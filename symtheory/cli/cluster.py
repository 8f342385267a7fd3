"""A Dask cluster, if one is asked for."""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

__all__ = ["cluster"]


@contextmanager
def cluster(scheduler: str | None, workers: int | None) -> Iterator[tuple[Any, int]]:
    """A client of a Dask cluster, if one is asked for, and how many processes it has."""
    if scheduler is None and workers is None:
        yield None, 0
        return
    if scheduler is not None and workers is not None:
        raise click.UsageError(
            "Expected --scheduler or --workers. Got both. Try --scheduler alone: it knows its "
            "workers."
        )
    try:
        from dask.distributed import Client, LocalCluster
    except ImportError as error:
        raise click.ClickException(
            "Expected Dask for --scheduler and --workers. Got none. "
            "Try pip install 'symtheory[cluster]'."
        ) from error
    if workers is not None:
        with _deaf_to_interrupts():
            local = LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                dashboard_address=None,
                silence_logs=logging.ERROR,  # workers that are told to stop are no news
            )
        with local, Client(local) as client:
            yield client, workers
        return
    try:
        client = Client(scheduler, timeout="10s")
    except OSError as error:
        raise click.ClickException(
            f"Expected a Dask scheduler at {scheduler}. Got no answer within 10 s. Try the address "
            "that `dask scheduler` printed, from a machine that can reach it."
        ) from error
    with client:
        yield client, max(1, len(client.scheduler_info()["workers"]))


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Processes that are begun here, and their successors, do not hear Ctrl-C: this one does.

    A terminal sends it to all of them at once, and each would print a traceback. A signal that is
    blocked stays so in new threads and processes; here it is delivered when the block ends.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # which would end the block when it begins
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

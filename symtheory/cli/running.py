"""What every experiment on the command line does: run, show progress, keep the result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from symtheory.experiments.experiment import Experiment
from symtheory.experiments.settings import Settings, written

if TYPE_CHECKING:
    import numpy as np

    from symtheory.experiments.checkpoints import Progress


class Interruption(click.ClickException):
    """Ctrl-C, and what to do next."""

    exit_code = 130  # what shells give to a program that Ctrl-C ended


def run_and_keep(
    experiment: Experiment,
    dataset: str,
    settings: Settings,
    *,
    out: Path | None,
    resume: bool,
    estimate: bool,
    scheduler: str | None,
    workers: int | None,
) -> None:
    """Run an experiment, write its record, print a table of it.

    Args:
        experiment: what to run.
        dataset: a name that `symtheory.datasets.load` knows.
        settings: of the experiment.
        out: the file to write, by default results/NAME-DATASET.npz. What is done of an unfinished
            run is in FILE.partial.npz.
        resume: continue an unfinished run.
        estimate: say how long the run would take, and stop.
        scheduler: the address of a Dask scheduler to compute on.
        workers: how many processes of this machine to compute in.

    Raises:
        click.ClickException: for a file name that does not end in .npz, if the file holds the
            result of another run, if there is no such cluster, or on Ctrl-C.
    """
    import jax

    jax.config.update("jax_enable_x64", True)
    from symtheory import datasets, records
    from symtheory.experiments.running import described, estimate_seconds, run

    out = out or Path("results") / f"{experiment.name}-{dataset}.npz"
    if out.suffix != ".npz":
        raise click.UsageError(f"Expected --out to end in .npz. Got {out}. Try --out {out}.npz.")
    partial = out.with_name(f"{out.stem}.partial.npz")
    data = datasets.load(dataset)
    _refuse_to_replace(out, described(data, settings))
    with _cluster(scheduler, workers) as (client, processes):
        if not partial.exists():
            seconds = estimate_seconds(experiment, data, settings, workers=processes)
            click.echo(_estimated(seconds, processes))
        if estimate:
            return
        try:
            with _bar(experiment.name) as progress:
                arrays, seconds = run(
                    experiment,
                    data,
                    settings,
                    client=client,
                    checkpoint=partial,
                    resume=resume,
                    progress=progress,
                )
        except KeyboardInterrupt:
            kept = (
                f"What is done is kept in {partial}: add --resume to finish."
                if partial.exists()
                else "Nothing was done yet."
            )
            raise Interruption(f"Interrupted. {kept}") from None
    provenance = records.collect_provenance(
        _typed(experiment.name, dataset, {**settings}),
        seed=settings["seed"],
        dataset=data.name,
        dataset_hash=data.sha256,
        seconds=seconds,
    )
    about = described(data, settings)
    provenance["differences"] = experiment.differences(about)
    provenance["workers"] = processes or 1
    record = records.Record(experiment.name, about, arrays, provenance)
    records.save(record, out)
    partial.unlink(missing_ok=True)
    click.echo(experiment.table(record))
    click.echo(f"Written to {out} ({duration(seconds)}).")


def duration(seconds: float) -> str:
    """A time as people say it, a second at least."""
    if seconds < 100:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def _estimated(seconds: float, processes: int) -> str:
    where = f"on {processes} workers like this machine's" if processes else "here"
    return f"About {duration(seconds)} {where}, measured on the smallest part."


@contextmanager
def _bar(name: str) -> Iterator[Progress]:
    """A progress bar, on a terminal only: a log needs none."""
    from tqdm import tqdm

    with tqdm(desc=name.replace("-", " "), unit="part", disable=None) as bar:

        def progress(finished: np.ndarray) -> None:
            bar.total = finished.size
            bar.update(int(finished.sum()) - bar.n)

        yield progress


@contextmanager
def _cluster(scheduler: str | None, workers: int | None) -> Iterator[tuple[Any, int]]:
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
        with (
            LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as local,
            Client(local) as client,
        ):
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


def _typed(name: str, dataset: str, parameters: Mapping[str, Any]) -> str:
    """The command that makes this run, whatever the defaults are."""
    flags = (f"--{key.replace('_', '-')} {written(value)}" for key, value in parameters.items())
    return " ".join([f"symtheory reproduce {name} --dataset {dataset}", *flags])


def _refuse_to_replace(path: Path, parameters: Mapping[str, Any]) -> None:
    """Do not replace the result of another run, which may have taken hours."""
    from symtheory import records

    if not path.exists():
        return
    found = records.load(path).parameters
    different = [key for key, value in parameters.items() if found.get(key) != value]
    if different:
        key = different[0]
        raise click.ClickException(
            f"Expected {path} to hold nothing, or the result of this same run. Got one with {key} "
            f"{found.get(key)}, not {parameters[key]}. Try another --out, or delete that file."
        )

"""What every experiment on the command line does: run, show progress, keep the result."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from symtheory.cli import interrupts
from symtheory.cli.cluster import cluster
from symtheory.cli.progress import bar, duration, estimated
from symtheory.cli.streams import warnings_as_lines
from symtheory.experiments.experiment import Experiment
from symtheory.experiments.settings import Settings, written

__all__ = ["Interruption", "run_and_keep"]


class Interruption(click.ClickException):
    """Ctrl-C, and what to do next."""

    exit_code = interrupts.INTERRUPTED


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
        click.ClickException: for a file name that does not end in .npz, if the file is to be
            written and holds the result of another run, if there is no such cluster, or on Ctrl-C.
    """
    import jax

    jax.config.update("jax_enable_x64", True)
    from symtheory import datasets, records
    from symtheory.runs import described, run
    from symtheory.runs import estimate as estimate_run

    out = out or Path("results") / f"{experiment.name}-{dataset}.npz"
    if out.suffix != ".npz":
        raise click.UsageError(f"Expected --out to end in .npz. Got {out}. Try --out {out}.npz.")
    partial = out.with_name(f"{out.stem}.partial.npz")
    data = datasets.load(dataset)
    if not estimate:
        _refuse_to_replace(out, {"experiment": experiment.name, **described(data, settings)})
    with cluster(scheduler, workers) as (client, processes):
        if estimate:
            if partial.exists() and not resume:
                raise click.UsageError(
                    f"Expected no unfinished run in {partial}. Got one. Try --resume --estimate "
                    "for the rest of it, or delete that file."
                )
            left = estimate_run(
                experiment,
                data,
                settings,
                workers=processes,
                checkpoint=partial if resume else None,
            )
            click.echo(estimated(left, processes))
            return
        try:
            with (
                interrupts.raised(),
                warnings_as_lines(),
                bar(experiment.name) as (progress, announce),
            ):
                arrays, seconds = run(
                    experiment,
                    data,
                    settings,
                    client=client,
                    checkpoint=partial,
                    resume=resume,
                    progress=progress,
                    announce=announce,
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


def _typed(name: str, dataset: str, parameters: Mapping[str, Any]) -> str:
    """The command that makes this run, whatever the defaults are."""
    flags = (f"--{key.replace('_', '-')} {written(value)}" for key, value in parameters.items())
    return " ".join([f"symtheory reproduce {name} --dataset {dataset}", *flags])


def _refuse_to_replace(path: Path, parameters: Mapping[str, Any]) -> None:
    """Do not replace the result of another run, which may have taken hours."""
    from symtheory import records

    if not path.exists():
        return
    record = records.load(path)
    found = {"experiment": record.name, **record.parameters}
    different = [key for key, value in parameters.items() if found.get(key) != value]
    if different:
        key = different[0]
        raise click.ClickException(
            f"Expected {path} to hold nothing, or the result of this same run. Got one with {key} "
            f"{found.get(key)}, not {parameters[key]}. Try another --out, or delete that file."
        )

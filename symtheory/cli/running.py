"""What every experiment on the command line does: run, show progress, keep the result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from symtheory.records import Record


class Interruption(click.ClickException):
    """Ctrl-C, and what to do next."""

    exit_code = 130  # what shells give to a program that Ctrl-C ended


def run_and_keep(
    experiment: ModuleType,
    dataset: str,
    options: Mapping[str, Any],
    *,
    flags: Mapping[str, str],
    table: Callable[[Record], str],
    out: Path | None,
    resume: bool,
) -> None:
    """Run an experiment, write its record, print a table of it.

    Args:
        experiment: a module of `symtheory.experiments` with NAME, `describe` and `run`.
        dataset: a name that `symtheory.datasets.load` knows.
        options: what `describe` and `run` take by name.
        flags: the name of each option on the command line.
        table: makes the text to print.
        out: the file to write, by default results/NAME-DATASET.npz. What is done of an unfinished
            run is in FILE.partial.npz.
        resume: continue an unfinished run.

    Raises:
        click.ClickException: for a file name that does not end in .npz, if the file holds the
            result of another run, or on Ctrl-C.
    """
    import jax
    from tqdm import tqdm

    jax.config.update("jax_enable_x64", True)
    from symtheory import datasets, records

    out = out or Path("results") / f"{experiment.NAME}-{dataset}.npz"
    if out.suffix != ".npz":
        raise click.UsageError(f"Expected --out to end in .npz. Got {out}. Try --out {out}.npz.")
    partial = out.with_name(f"{out.stem}.partial.npz")
    data = datasets.load(dataset)
    parameters = experiment.describe(data, **options)
    _refuse_to_replace(out, parameters)
    try:
        # Shown on a terminal only: a log needs no bar.
        with tqdm(desc=experiment.NAME.replace("-", " "), unit="part", disable=None) as bar:

            def progress(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            arrays, seconds = experiment.run(
                data, **options, checkpoint=partial, resume=resume, progress=progress
            )
    except KeyboardInterrupt:
        kept = (
            f"What is done is kept in {partial}: add --resume to finish."
            if partial.exists()
            else "Nothing was done yet."
        )
        raise Interruption(f"Interrupted. {kept}") from None
    command = " ".join(
        [
            f"symtheory reproduce {experiment.NAME} --dataset {dataset}",
            *(f"{flags[name]} {_written(value)}" for name, value in options.items()),
        ]
    )
    provenance = records.collect_provenance(
        command, seed=options["seed"], dataset=data.name, dataset_hash=data.sha256, seconds=seconds
    )
    record = records.Record(experiment.NAME, parameters, arrays, provenance)
    records.save(record, out)
    partial.unlink(missing_ok=True)
    click.echo(table(record))
    click.echo(f"Written to {out} ({seconds:.1f} s).")


def _written(value: Any) -> str:
    """An option as it is typed."""
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _refuse_to_replace(path: Path, parameters: dict[str, Any]) -> None:
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

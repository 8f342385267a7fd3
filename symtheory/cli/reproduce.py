"""`symtheory reproduce …`: one command for each experiment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from symtheory.cli import options
from symtheory.cli.running import run_and_keep
from symtheory.experiments.catalog import EXPERIMENTS
from symtheory.experiments.experiment import Experiment
from symtheory.experiments.settings import Scale

__all__ = ["HELP", "reproduce"]

HELP = """{summary}

{place} {details}

A run says how long it will take, once its first parts are done. It may be interrupted at any
moment: what is done stays in FILE.partial.npz, and the same command with --resume finishes it, with
the same numbers to the last bit. Under a limit of time the longest part must fit into it: see
--estimate.

\b
Examples:
  symtheory reproduce {name}
  symtheory reproduce {name} --dataset {dataset} --scale reduced --estimate
  symtheory reproduce {name} --dataset {dataset} --scale paper --workers 8
"""


@click.group()
def reproduce() -> None:
    """Run an experiment and keep its result in a file."""


def _command(experiment: Experiment) -> click.Command:
    """The command of an experiment."""

    def run(
        dataset: str,
        scale: Scale,
        out: Path | None,
        resume: bool,
        estimate: bool,
        scheduler: str | None,
        workers: int | None,
        **given: Any,
    ) -> None:
        changes = {name: value for name, value in given.items() if value is not None}
        run_and_keep(
            experiment,
            dataset,
            experiment.at_scale(scale, **changes),
            out=out,
            resume=resume,
            estimate=estimate,
            scheduler=scheduler,
            workers=workers,
        )

    text = HELP.format(
        name=experiment.name,
        dataset="mnist" if "mnist" in experiment.datasets else experiment.datasets[0],
        place=experiment.place,
        summary=experiment.summary,
        details=experiment.details,
    )
    for option in reversed(options.of_experiment(experiment)):
        run = option(run)
    return click.command(experiment.name, help=text, short_help=experiment.summary)(run)


for experiment in EXPERIMENTS.values():
    reproduce.add_command(_command(experiment))

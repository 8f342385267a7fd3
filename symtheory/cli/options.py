"""The options of an experiment, made from its parameters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from symtheory.experiments.catalog import SCALES, Experiment, Parameter

Decorator = Callable[[Any], Any]


class Several(click.ParamType):
    """Values of one type, separated by commas."""

    def __init__(self, kind: type) -> None:
        self.kind = kind
        self.name = "N,N,…" if kind is int else "NAME,NAME,…"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...] | tuple[str, ...]:
        """Parse and check."""
        if isinstance(value, tuple):
            return value
        try:
            values = tuple(self.kind(part) for part in value.split(","))
        except ValueError:
            values = ()
        if not values or len(set(values)) < len(values) or (self.kind is int and min(values) < 0):
            what = "whole numbers from 0" if self.kind is int else "names"
            self.fail(
                f"Expected different {what}, separated by commas. Got {value!r}. "
                f"Try {'2,4,8' if self.kind is int else 'one of them'}.",
                param,
                ctx,
            )
        return values


def of_experiment(experiment: Experiment) -> list[Decorator]:
    """All options of its command."""
    return [
        dataset,
        scale,
        *(_of_parameter(name, item) for name, item in experiment.parameters.items()),
        click.option(
            "--out",
            type=click.Path(dir_okay=False, path_type=Path),
            metavar="FILE",
            help="Where to write the result, a .npz.  "
            f"[default: results/{experiment.name}-DATASET.npz]",
        ),
        resume,
        estimate,
        scheduler,
        workers,
    ]


def _of_parameter(name: str, item: Parameter) -> Decorator:
    values = dict.fromkeys(written(getattr(item, scale)) for scale in SCALES)
    return click.option(
        f"--{name.replace('_', '-')}",
        name,
        type=_type(item.paper, smallest=0 if name == "seed" else 1),
        help=f"{item.help}  [default: {' | '.join(values)}]",
    )


def _type(value: Any, smallest: int) -> click.ParamType | type:
    """The type of an option, from a value of it."""
    if isinstance(value, tuple):
        return Several(type(value[0]))
    if isinstance(value, int):
        return click.IntRange(min=smallest)
    if isinstance(value, float):
        return click.FloatRange(min=0)
    return str


def written(value: Any) -> str:
    """A value as it is typed."""
    return ",".join(map(str, value)) if isinstance(value, tuple | list) else str(value)


dataset = click.option(
    "--dataset",
    type=click.Choice(["digits", "mnist", "mnist-train"]),
    default="digits",
    show_default=True,
    help="digits come with the package; mnist is MNIST's test split, fetched if it is not here.",
)
scale = click.option(
    "--scale",
    type=click.Choice(SCALES),
    default="live",
    show_default=True,
    help="Defaults for what follows: a run of seconds, of minutes, or the paper's.",
)
resume = click.option("--resume", is_flag=True, help="Finish a run that was interrupted.")
estimate = click.option(
    "--estimate", is_flag=True, help="Say how long it would take here, and stop."
)
scheduler = click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Compute on the workers of this Dask scheduler, such as tcp://10.0.0.1:8786.",
)
workers = click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="Compute in so many processes of this machine, by Dask.  [default: in this process]",
)

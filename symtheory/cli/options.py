"""The options of an experiment, made from its settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from symtheory.experiments.experiment import Experiment
from symtheory.experiments.settings import SCALES, Kind, Setting, checked, written

__all__ = [
    "Decorator",
    "SettingType",
    "debug",
    "estimate",
    "of_experiment",
    "resume",
    "scale",
    "scheduler",
    "workers",
]

Decorator = Callable[[Any], Any]


class SettingType(click.ParamType):
    """A setting as it is typed: a value, or several separated by commas."""

    def __init__(self, setting: Setting, kind: Kind) -> None:
        self.setting, self.kind = setting, kind
        one = {int: "N", float: "X", str: "NAME"}[kind.one]
        self.name = f"{one},{one},…" if kind.several else one

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Parse and check."""
        if not isinstance(value, str):
            return value
        name = param.opts[0] if param is not None else self.name
        try:
            return checked(name, self.setting, self.kind, self._parsed(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)

    def _parsed(self, text: str) -> Any:
        """Numbers or strings; what cannot be parsed is left as it is, for `checked` to refuse."""
        parts = text.split(",") if self.kind.several else [text]
        try:
            values: list[Any] = [self.kind.one(part) for part in parts]
        except ValueError:
            values = parts
        return values if self.kind.several else values[0]


def of_experiment(experiment: Experiment) -> list[Decorator]:
    """All options of its command."""
    return [
        _dataset(experiment),
        scale,
        *(_of_setting(name, item, kind) for name, (item, kind) in experiment.parameters.items()),
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
        debug,
    ]


def _dataset(experiment: Experiment) -> Decorator:
    mnist = "; mnist is MNIST's test split, fetched if it is not here"
    return click.option(
        "--dataset",
        type=click.Choice(experiment.datasets),
        default=experiment.datasets[0],
        show_default=True,
        help=f"{experiment.datasets[0]} come with the package"
        f"{mnist if 'mnist' in experiment.datasets else ''}.",
    )


def _of_setting(name: str, item: Setting, kind: Kind) -> Decorator:
    values = dict.fromkeys(written(getattr(item, scale)) for scale in SCALES)
    return click.option(
        f"--{name.replace('_', '-')}",
        name,
        type=SettingType(item, kind),
        help=f"{item.help}  [default: {' | '.join(values)}]",
    )


def _debug(context: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        context.find_root().obj["debug"] = True


debug = click.option(
    "--debug",
    is_flag=True,
    expose_value=False,
    callback=_debug,
    help="Show where an error comes from: a traceback.",
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
    "--estimate",
    is_flag=True,
    help="Say how long it, and its longest part, would take here, and stop.",
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

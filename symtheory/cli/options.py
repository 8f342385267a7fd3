"""Options that the experiments share."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

Decorator = Callable[[Any], Any]


class Orders(click.ParamType):
    """Numbers of rotations, separated by commas."""

    name = "N,N,…"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        """Parse and check."""
        if isinstance(value, tuple):
            return value
        try:
            orders = tuple(int(part) for part in value.split(","))
        except ValueError:
            orders = ()
        if not orders or min(orders) < 1 or len(set(orders)) < len(orders):
            self.fail(
                f"Expected different whole numbers from 1, separated by commas. Got {value!r}. "
                "Try 2,4,8.",
                param,
                ctx,
            )
        return orders


def count(name: str, default: int, help: str, *, smallest: int = 1) -> Decorator:
    """An option that takes a whole number."""
    return click.option(
        name, type=click.IntRange(min=smallest), default=default, show_default=True, help=help
    )


dataset = click.option(
    "--dataset",
    type=click.Choice(["digits", "mnist", "mnist-train"]),
    default="digits",
    show_default=True,
    help="digits come with the package; mnist is MNIST's test split, fetched if it is not here.",
)
orders = click.option(
    "--orders",
    type=Orders(),
    default="2,4,8,16,32,64",
    show_default=True,
    help="Numbers N of rotations, by multiples of 360°/N.",
)
depth = count("--depth", 1, "Hidden layers of the infinitely wide network.")
seed = partial(count, "--seed", 124, smallest=0)
resume = click.option("--resume", is_flag=True, help="Finish a run that was interrupted.")


def out(name: str) -> Decorator:
    """Where the result of an experiment is written."""
    return click.option(
        "--out",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help=f"Where to write the result, a .npz.  [default: results/{name}-DATASET.npz]",
    )

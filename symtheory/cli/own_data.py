"""What is typed for data and groups, and what it stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from symtheory.cli.choices import settings_of

if TYPE_CHECKING:
    import numpy as np

    from symtheory.actions import Action
    from symtheory.groups import FiniteGroup

__all__ = ["Data", "as_action", "as_data", "finer_actions"]


@dataclass(frozen=True)
class Data:
    """Items and labels.

    Attributes:
        items: Seeds, or orbits where there is a group.
        labels: One for each.
        images: Whether they are images, which are normalized.
        group: The group of the orbits; None where the items are seeds.
    """

    items: np.ndarray
    labels: np.ndarray
    images: bool
    group: FiniteGroup | None = None


def as_data(text: str, labels: Path | None) -> Data:
    """Items and labels, of a data set of the package or of files or folders."""
    from symtheory import datasets
    from symtheory.datasets.arrays import array_names
    from symtheory.groups import FiniteGroup

    path = Path(text)
    if not path.exists():
        if path.suffix in (".npy", ".npz"):
            raise click.UsageError(
                f"Expected DATA as a file .npz or a folder. Got {text!r}, which is not there. "
                "Try digits."
            )
        try:
            found = datasets.load(text)
        except ValueError as error:
            raise click.UsageError(
                "Expected DATA as a file .npz or a folder, or as a data set of the package. "
                f"Got {text!r}, which is not there. Try digits."
            ) from error
        return Data(found.images, found.labels, True)
    if path.suffix == ".npy" and labels is None:
        raise click.UsageError(
            f"Expected the labels of {text} in another file. Got none. Try --labels labels.npy."
        )
    if labels is None and (path.is_dir() or "images" in array_names(path)):
        return Data(*datasets.load_images(path), True)
    own = datasets.load_items(path, labels)
    if own.table is None:
        return Data(own.items, own.labels, False)
    return Data(own.items, own.labels, False, FiniteGroup.from_table(path.stem, own.table))


def as_action(text: str, shape: tuple[int, ...]) -> Action:
    """An action on items of a shape, as rotations:8 or shifts:7,axis=0."""
    makers = _makers()
    name, number, settings = _parsed(text, makers)
    try:
        return makers[name](number, shape, **settings)
    except TypeError as error:
        raise click.UsageError(
            f"Expected --group as {name}:N, with settings that it has. Got {text!r}: {error}. "
            f"Try {name}:{number}."
        ) from error


def finer_actions(text: str, shape: tuple[int, ...], most: int) -> Iterator[Action]:
    """The same with twice as many poses, and so on, up to a number of them."""
    name, number, settings = _parsed(text, _makers())
    if name == "permutations":
        raise click.UsageError(
            f"Expected a group that there is with more elements, to try more poses. Got {text}. "
            "Try without --poses-up-to."
        )
    length = shape[settings.get("axis", -1)] if name == "shifts" else None
    while (number := 2 * number) * (2 if name == "dihedral" else 1) <= most:
        if length is None or length % number == 0:  # shifts are by whole pixels
            yield _makers()[name](number, shape, **settings)


def _makers() -> dict[str, Callable[..., Action]]:
    from symtheory import actions, groups

    return {
        "rotations": actions.rotation_action,
        "dihedral": actions.dihedral_action,
        "shifts": actions.translation_action,
        "permutations": lambda n, shape, **settings: actions.permutation_action(
            groups.symmetric_group(n), shape, **settings
        ),
    }


def _parsed(text: str, makers: dict[str, Any]) -> tuple[str, int, dict[str, Any]]:
    """The name, the number and the settings of a group."""
    name, _, rest = text.partition(":")
    number, _, settings = rest.partition(",")
    if name not in makers or not number.isdecimal():
        raise click.UsageError(
            f"Expected --group as {', '.join(f'{one}:N' for one in makers)}. "
            f"Got {text!r}. Try rotations:8."
        )
    return name, int(number), settings_of(text, settings)

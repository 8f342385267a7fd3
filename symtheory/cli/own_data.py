"""What is typed for data and groups, and what it stands for."""

from __future__ import annotations

from collections.abc import Callable
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
    from symtheory.datasets.choose import NAMES
    from symtheory.groups import FiniteGroup

    path = Path(text)
    if labels is not None and (text in NAMES or path.is_dir()):
        raise click.UsageError(
            f"Expected --labels with a file .npy of items. Got {labels} with {text}, which has "
            "labels of its own. Try without."
        )
    if text in NAMES:
        if path.exists():
            click.echo(
                f"symtheory: {text} is a data set of the package; ./{text} is what is here.",
                err=True,
            )
        found = datasets.load(text)
        return Data(found.images, found.labels, True)
    if not path.exists():
        named = "" if path.suffix in (".npy", ".npz") else ", or as a data set of the package"
        raise click.UsageError(
            f"Expected DATA as a file .npz or a folder{named}. "
            f"Got {text!r}, which is not there. Try digits."
        )
    if path.suffix == ".npy" and labels is None:
        raise click.UsageError(
            f"Expected the labels of {text} in another file. Got none. Try --labels labels.npy."
        )
    if labels is None and (path.is_dir() or _are_images(path)):
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


def finer_actions(text: str, shape: tuple[int, ...], most: int) -> list[Action]:
    """The same with twice as many poses, and so on, up to a number of them; one at least."""
    name, number, settings = _parsed(text, _makers())
    length = shape[settings.get("axis", -1)] if name == "shifts" else 0  # by whole pixels
    if name == "permutations" or length % (2 * number):
        raise click.UsageError(
            f"Expected a group that there is with more elements, to try more poses. Got {text} of "
            f"items of shape {shape}. Try without --poses-up-to."
        )
    copies = 2 if name == "dihedral" else 1
    if 2 * number * copies > most:
        raise click.UsageError(
            f"Expected --poses-up-to at least twice the poses of {text}. Got {most}. "
            f"Try --poses-up-to {2 * number * copies}."
        )
    found = []
    while (number := 2 * number) * copies <= most and length % number == 0:
        found.append(_makers()[name](number, shape, **settings))
    return found


def _are_images(path: Path) -> bool:
    """Whether a file holds images, and neither items nor orbits as well."""
    from symtheory.datasets.arrays import array_names

    kinds = sorted({"images", "items", "orbits"} & set(array_names(path)))
    if len(kinds) > 1:
        raise click.UsageError(
            f"Expected images, items or orbits in {path}. Got {' and '.join(kinds)}. "
            "Try a file for each."
        )
    return kinds == ["images"]


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

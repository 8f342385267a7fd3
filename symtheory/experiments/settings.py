"""Settings of experiments: a type, bounds, a sentence of help and three scales for each.

Nothing heavy is imported here, so that the command line can show and check settings at once.
"""

from __future__ import annotations

import dataclasses
import math
import operator
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints

__all__ = [
    "SCALES",
    "Kind",
    "Scale",
    "Setting",
    "Settings",
    "checked",
    "described",
    "expected",
    "setting",
    "written",
]

Scale = Literal["live", "reduced", "paper"]
SCALES: tuple[Scale, ...] = ("live", "reduced", "paper")


@dataclass(frozen=True)
class Setting:
    """What is known of a setting besides its name and its type.

    Attributes:
        help: what it is, a sentence.
        live: its value for a run of seconds, as chapters do while the book is built;
        reduced: for one of minutes on a few cores;
        paper: the paper's own.
        minimum: the least number that it may be, or that each of its numbers may be;
        maximum: the largest.
        above: a number that it must exceed.
        choices: the values that there are, if there are only some.
        distinct: whether several values must differ.
        beyond: whether the paper's experiment does not have it.
    """

    help: str
    live: Any
    reduced: Any
    paper: Any
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    choices: tuple[str, ...] = ()
    distinct: bool = True
    beyond: bool = False


@dataclass(frozen=True)
class Kind:
    """The type of a setting: of one value, or of each of several."""

    one: type
    several: bool


def setting(help: str, live: Any, reduced: Any, paper: Any, **bounds: Any) -> Any:
    """A field of `Settings`; see `Setting`."""
    return dataclasses.field(metadata={"setting": Setting(help, live, reduced, paper, **bounds)})


class Settings(Mapping[str, Any]):
    """What an experiment depends on besides the data set: a frozen dataclass for each.

    Values are checked where they are made: whole numbers for `int`, numbers for `float`, lists for
    tuples. As a mapping they are the JSON values that a record keeps: `{**settings}`.

    Raises:
        ValueError: for a value of another type, or out of bounds.
    """

    def __post_init__(self) -> None:
        for name, (item, kind) in described(type(self)).items():
            object.__setattr__(self, name, checked(name, item, kind, getattr(self, name)))

    def __iter__(self) -> Iterator[str]:
        """The names of the settings, in order."""
        return iter(described(type(self)))

    def __len__(self) -> int:
        """How many there are."""
        return len(described(type(self)))

    def __getitem__(self, name: str) -> Any:
        """The JSON value of a setting."""
        if name not in described(type(self)):
            raise KeyError(name)
        value = getattr(self, name)
        return list(value) if isinstance(value, tuple) else value


def described(settings: type[Settings]) -> dict[str, tuple[Setting, Kind]]:
    """All settings of an experiment by name, and their types."""
    types = get_type_hints(settings)
    found = {}
    for field in dataclasses.fields(settings):  # type: ignore[arg-type]
        annotated = types[field.name]
        several = get_origin(annotated) is tuple
        one = get_args(annotated)[0] if several else annotated
        found[field.name] = field.metadata["setting"], Kind(one, several)
    return found


def checked(name: str, item: Setting, kind: Kind, value: Any) -> Any:
    """A value of a setting: an int, a float, a str, or a tuple of them.

    Raises:
        ValueError: if it is of another type, or out of bounds.
    """
    try:
        values = tuple(_converted(one, kind.one) for one in _several(value, kind))
    except (TypeError, ValueError, OverflowError):
        values = ()
    right = bool(values) and all(_within(one, item) for one in values)
    if not right or (item.distinct and len(set(values)) < len(values)):
        raise ValueError(
            f"Expected {name}: {expected(item, kind)}. Got {written(value) or 'none'}. "
            f"Try {written(item.live)}."
        )
    return values if kind.several else values[0]


def expected(item: Setting, kind: Kind) -> str:
    """What a setting may be, in words."""
    if item.choices:
        what = f"one of {', '.join(item.choices)}"
        return what.replace("one of", "different ones of") if kind.several else what
    what = {int: "whole number", float: "number", str: "name"}[kind.one]
    different = "different " if item.distinct else ""
    what = f"{different}{what}s" if kind.several else f"a {what}"
    if item.above is not None:
        what += f" above {item.above:g}"
    if item.minimum is not None:
        what += f" from {item.minimum:g}"
    return what + (f" to {item.maximum:g}" if item.maximum is not None else "")


def written(value: Any) -> str:
    """A value as it is typed on the command line."""
    return ",".join(map(str, value)) if isinstance(value, tuple | list) else str(value)


def _several(value: Any, kind: Kind) -> Iterable[Any]:
    if not kind.several:
        return (value,)
    if isinstance(value, str):
        raise TypeError("a string is one value")
    return tuple(value)


def _converted(value: Any, kind: type) -> Any:
    """Python's own number or string; arrays of one number are taken, and truth values are not."""
    if kind is str:
        if not isinstance(value, str):
            raise TypeError("no string")
        return str(value)
    if isinstance(value, bool | str) or str(getattr(value, "dtype", "")) == "bool":
        raise TypeError("no number")
    return operator.index(value) if kind is int else float(value)


def _within(value: Any, item: Setting) -> bool:
    if isinstance(value, str):
        return not item.choices or value in item.choices
    return (
        math.isfinite(value)
        and (item.minimum is None or value >= item.minimum)
        and (item.maximum is None or value <= item.maximum)
        and (item.above is None or value > item.above)
    )

"""An experiment without its code: what the command line, the records and the scoreboard say of it.

Each has a folder: `settings.py`, which is light, `run.py`, which computes, and `table.py`, which
says what the terminal shows. What is heavy is imported when it is needed.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symtheory.experiments.settings import (
    SCALES,
    Kind,
    Scale,
    Setting,
    Settings,
    described,
)

if TYPE_CHECKING:
    from symtheory.runs import Implementation

__all__ = ["Experiment"]


@dataclass(frozen=True)
class Experiment:
    """An experiment, without its code.

    Attributes:
        name: of the command and of the record.
        figure: of the paper, or None if it is not there.
        summary: what it asks, in a line.
        details: what it does, in a paragraph.
        settings: what it depends on, besides the data set.
        about: what it is about, a phrase, where no figure says so.
        notes: how it differs from the paper's at any scale, a sentence each.
        datasets: names of what it can be run on, the first by default.
    """

    name: str
    figure: str | None
    summary: str
    details: str
    settings: type[Settings]
    about: str = ""
    notes: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ("digits", "mnist", "mnist-train")

    @property
    def parameters(self) -> Mapping[str, tuple[Setting, Kind]]:
        """What is known of each of its settings, and its type."""
        return described(self.settings)

    @property
    def place(self) -> str:
        """Where it stands in the paper, a sentence."""
        return f"Figure {self.figure}." if self.figure else f"Not in the paper: {self.about}."

    @property
    def beyond(self) -> tuple[str, ...]:
        """The names of settings that the paper's experiment does not have."""
        return tuple(name for name, (item, _) in self.parameters.items() if item.beyond)

    @property
    def record(self) -> str:
        """The name of the record that the book shows: of MNIST, where there is a choice."""
        dataset = "mnist" if "mnist" in self.datasets else self.datasets[0]
        return f"{self.name}-{dataset}"

    @property
    def implementation(self) -> Implementation:
        """The module that computes it."""
        return self._module("run")

    def table(self, record: Any) -> str:
        """What the terminal shows of its record."""
        return str(self._module("table").table(record))

    def _module(self, name: str) -> Any:
        """A module of its folder, the one of its settings."""
        folder = self.settings.__module__.rpartition(".")[0]
        return importlib.import_module(f"{folder}.{name}")

    def at_scale(self, scale: Scale, **changes: Any) -> Settings:
        """Its settings at a scale, with some of them changed.

        Raises:
            ValueError: for another scale, a setting that it does not have, or a value that is out
                of bounds.
        """
        if scale not in SCALES:
            raise ValueError(
                f"Expected a scale among {', '.join(SCALES)}. Got {scale!r}. Try 'live'."
            )
        unknown = changes.keys() - self.parameters.keys()
        if unknown:
            raise ValueError(
                f"Expected settings of {self.name}: {', '.join(self.parameters)}. "
                f"Got {', '.join(sorted(unknown))}. Try symtheory reproduce {self.name} --help."
            )
        values = {name: getattr(item, scale) for name, (item, _) in self.parameters.items()}
        return self.settings(**(values | changes))

    def changes(self, parameters: Mapping[str, Any]) -> list[str]:
        """What is smaller or other than at the paper's scale, a phrase for each setting.

        Args:
            parameters: the JSON values of a record.
        """
        paper = self.at_scale("paper")
        return [
            f"{name.replace('_', ' ')} {_text(parameters[name])} "
            f"({'full scale' if item.beyond else 'the paper'}: {_text(paper[name])})"
            for name, (item, _) in self.parameters.items()
            # A record may be older than a setting.
            if name != "seed" and name in parameters and parameters[name] != paper[name]
        ]

    def differences(self, parameters: Mapping[str, Any]) -> list[str]:
        """What differs from the paper: the data, `changes`, and what always does."""
        split = {
            "mnist-test": "images of MNIST's test split (the paper: of the training split)",
            "digits": "scikit-learn's small digits (the paper: MNIST)",
        }
        data = split.get(str(parameters.get("dataset")))
        return [*([data] if data else []), *self.changes(parameters), *self.notes]


def _text(value: Any) -> str:
    return ", ".join(map(_text, value)) if isinstance(value, list | tuple) else _short(value)


def _short(value: Any) -> str:
    """A number without a decimal point that says nothing."""
    return f"{value:.0f}" if isinstance(value, float) and value == int(value) else str(value)

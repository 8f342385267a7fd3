"""Settings of an explorer that refuse what they are not, with one clear error each."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import traitlets

__all__ = ["Choice", "Ranged"]


class Ranged(traitlets.TraitType):
    """A number between two bounds, whole if the bounds are."""

    def __init__(self, default: float, low: float, high: float, meaning: str) -> None:
        super().__init__(default_value=default)
        self.low, self.high, self.meaning = low, high, meaning
        self.tag(sync=True)

    def validate(self, obj: traitlets.HasTraits | None, value: Any) -> int | float:
        """The value as an int or a float; called by traitlets at each assignment.

        Raises:
            ValueError: If it is no number of the kind, or out of range.
        """
        whole = isinstance(self.low, int)
        fits = isinstance(value, Integral if whole else Real) and not isinstance(value, bool)
        if not (fits and self.low <= value <= self.high):
            raise ValueError(
                f"Expected {self.name}, {self.meaning}, as {'an integer' if whole else 'a number'} "
                f"from {self.low:g} to {self.high:g}. Got {value!r}. "
                f"Try {self.name}={self.default_value:g}."
            )
        return int(value) if whole else float(value)


class Choice(traitlets.TraitType):
    """One of a few strings."""

    def __init__(self, default: str, choices: tuple[str, ...], meaning: str) -> None:
        super().__init__(default_value=default)
        self.choices, self.meaning = choices, meaning
        self.tag(sync=True)

    def validate(self, obj: traitlets.HasTraits | None, value: object) -> str:
        """The value itself; called by traitlets at each assignment.

        Raises:
            ValueError: If it is none of the choices.
        """
        if value not in self.choices:
            choices = ", ".join(map(repr, self.choices))
            raise ValueError(
                f"Expected {self.name}, {self.meaning}, as one of {choices}. Got {value!r}. "
                f"Try {self.name}={self.choices[-1]!r}."
            )
        return str(value)

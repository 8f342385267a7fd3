"""What every explorer is: a widget whose settings have bounds, with a still picture and words.

The picture stands in for the widget in print and on pages without scripts, the words for both.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import anywidget
import traitlets

__all__ = ["WIDGET_VIEW", "Choice", "Explorer", "Ranged", "StillPicture"]

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


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


@dataclass(frozen=True)
class StillPicture:
    """The picture in the forms that a notebook keeps.

    Attributes:
        html: Inline SVG with alternative text, for a page.
        png: Base64 text, for print.
    """

    html: str
    png: str


class Explorer(anywidget.AnyWidget):
    """A widget that is also a picture and words."""

    @property
    def alt(self) -> str:
        """What the explorer shows at its present settings, in words."""
        raise NotImplementedError

    def picture(self) -> StillPicture:
        """What the explorer shows at its present settings, as a picture."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The widget, and the same as a picture for a page (HTML) and print (PNG), and in words."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        picture = self.picture()
        view = json.dumps(data[WIDGET_VIEW])
        html = (
            f'<div class="st-explorer"><script type="{WIDGET_VIEW}">{view}</script>'
            f"<div data-widget-picture>{picture.html}</div></div>"
        )
        return {
            **data,
            "text/html": html,
            "image/png": picture.png,
            "text/plain": self.alt,
        }, metadata

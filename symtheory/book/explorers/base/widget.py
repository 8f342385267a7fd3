"""An explorer: a widget whose settings have bounds, with numbers, a still picture and words.

The picture stands in for the widget in print and on pages without scripts, the words for both.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, runtime_checkable

import anywidget

__all__ = ["WIDGET_VIEW", "Explorer", "State", "StillPicture"]

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


@dataclass(frozen=True)
class StillPicture:
    """The picture in the forms that a notebook keeps.

    Attributes:
        html: Inline SVG with alternative text, for a page.
        png: Base64 text, for print.
    """

    html: str
    png: str


@runtime_checkable
class State(Protocol):
    """The settings of an explorer and what follows from them; pure Python, without a widget."""

    @property
    def numbers(self) -> dict[str, float]:
        """The numbers that the page computes, by the names that it gives them."""

    @property
    def alt(self) -> str:
        """The settings and the numbers in words."""


class Explorer(anywidget.AnyWidget):
    """A widget that is also a picture and words.

    A class of its own, in a folder of its own, gives `state` and `picture`, and names as ``_esm``
    and ``_css`` the files beside it (see `bundle`).

    Attributes:
        folder: Name of the explorer's folder, by which a page and a test know it.
    """

    folder: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.folder = cls.__module__.split(".")[-2]

    @property
    def state(self) -> State:
        """The present settings and what follows from them."""
        raise NotImplementedError

    def picture(self) -> StillPicture:
        """What the explorer shows at its present settings, as a picture."""
        raise NotImplementedError

    @property
    def numbers(self) -> dict[str, float]:
        """The numbers that the explorer shows at its present settings, by name."""
        return self.state.numbers

    @property
    def alt(self) -> str:
        """What the explorer shows at its present settings, in words."""
        return self.state.alt

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

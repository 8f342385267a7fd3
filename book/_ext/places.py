"""Places on a page that are filled once all pages are read, with what other pages say."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from docutils import nodes
from kept import keep, kept
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

# Makes what stands on the page that is being written.
Fill = Callable[["Sphinx", str], nodes.Node]
FILLS: dict[str, Fill] = {}
# Under which the pages that have places are kept.
PAGES = "pages_with_places"


class Place(nodes.General, nodes.Element):
    """Where something will stand."""


class PlaceDirective(SphinxDirective):
    """A directive that takes nothing."""

    def run(self) -> list[nodes.Node]:
        """A place for what its name says."""
        kept(self.env, PAGES)[self.env.docname] = True
        return [Place(kind=self.name)]


class FillPlaces(SphinxPostTransform):
    """Fill the places, before references are resolved."""

    default_priority = 5

    def run(self, **kwargs: object) -> None:
        """Fill each."""
        for place in list(self.document.findall(Place)):
            filled = FILLS[place["kind"]](self.app, self.env.docname)
            place.replace_self(filled)
            if next(filled.findall(nodes.math), None):  # as Sphinx knows of those that it read
                math = self.env.domains["math"]
                math.data["has_equations"][self.env.docname] = True


def write_again(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Pages with such places: what others say may have changed."""
    return sorted(kept(env, PAGES))


def add_place(app: Sphinx, directive: str, fill: Fill) -> None:
    """Register a directive.

    Args:
        app: The build.
        directive: Its name.
        fill: Of the build and the name of the page on which it stands.
    """
    app.setup_extension("places")
    app.add_directive(directive, PlaceDirective)
    FILLS[directive] = fill


def setup(app: Sphinx) -> dict[str, object]:
    """Register the extension."""
    app.add_node(Place)
    app.add_post_transform(FillPlaces)
    keep(app, PAGES)
    app.connect("env-updated", write_again)
    return {"env_version": 2, "parallel_read_safe": True, "parallel_write_safe": True}

"""Places on a page that are filled once all pages are read, with what other pages say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

# Makes what stands on the page that is being written.
Fill = Callable[["Sphinx", str], nodes.Node]
FILLS: dict[str, Fill] = {}


class Place(nodes.General, nodes.Element):
    """Where something will stand."""


class PlaceDirective(SphinxDirective):
    """A directive that takes nothing."""

    def run(self) -> list[nodes.Node]:
        """A place for what its name says."""
        pages_with_places(self.env).add(self.env.docname)
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


def pages_with_places(env: BuildEnvironment) -> set[str]:
    """Names of the pages that have some, kept while pages are read."""
    found: set[str] = vars(env).setdefault("pages_with_places", set())
    return found


def purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Forget a page that is read again or gone."""
    pages_with_places(env).discard(docname)


def merge(
    app: Sphinx, env: BuildEnvironment, docnames: Iterable[str], other: BuildEnvironment
) -> None:
    """Take over what another process read."""
    pages_with_places(env).update(pages_with_places(other) & set(docnames))


def write_again(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Pages with such places: what others say may have changed."""
    return sorted(pages_with_places(env))


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
    app.connect("env-purge-doc", purge)
    app.connect("env-merge-info", merge)
    app.connect("env-updated", write_again)
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}

"""What extensions keep of each page while pages are read, so that it is right in every build.

A page that is read again, or is gone, is forgotten; what another process read is taken over.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

__all__ = ["keep", "kept"]


def kept(env: BuildEnvironment, name: str) -> dict[str, Any]:
    """By page, what is kept under a name. It stays in the environment, from build to build."""
    found: dict[str, Any] = vars(env).setdefault(name, {})
    return found


def keep(app: Sphinx, name: str) -> None:
    """Let a build keep something of each page, under a name of its own."""

    def purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
        kept(env, name).pop(docname, None)

    def merge(
        app: Sphinx, env: BuildEnvironment, docnames: Iterable[str], other: BuildEnvironment
    ) -> None:
        found = kept(other, name)
        kept(env, name).update({page: found[page] for page in docnames if page in found})

    app.connect("env-purge-doc", purge)
    app.connect("env-merge-info", merge)

"""A button that opens the students' notebook of a chapter in Colab.

Colab reads notebooks from GitHub, so it reads that of the site: from the branch that the site is
published as (``colab_branch``; empty if nowhere, and then there is no button). The button is a
link; no page asks Colab for anything before it is followed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan.chapters import is_chapter
from sphinx.errors import ExtensionError

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.config import Config

GITHUB = "https://github.com/"
COLAB = "https://colab.research.google.com/github/"
BRANCH = "colab_branch"
# As the theme names them.
REPOSITORY, GROUP = "repository_url", "launch-buttons"


def check(app: Sphinx, config: Config) -> None:
    """Ask for a repository that Colab can read.

    Raises:
        ExtensionError: If it is none of GitHub's.
    """
    address = config.html_theme_options.get(REPOSITORY, "")
    if config[BRANCH] and not address.startswith(GITHUB):
        raise ExtensionError(
            f"Expected a repository of GitHub, from which Colab reads notebooks. Got {address!r}. "
            f"Try {BRANCH}: '' for pages without its button."
        )


def add_button(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Add the button to those that the theme has for a chapter."""
    groups = [one for one in context.get("header_buttons", ()) if one.get("label") == GROUP]
    branch = app.config[BRANCH]
    if not (branch and groups and is_chapter(pagename)):
        return
    project = app.config.html_theme_options[REPOSITORY].removeprefix(GITHUB).strip("/")
    groups[0]["buttons"].append(
        {
            "type": "link",
            "text": "Colab",
            "tooltip": "Open the notebook in Colab",
            "icon": "_static/images/logo_colab.png",
            "url": f"{COLAB}{project}/blob/{branch}/_sources/{pagename}.ipynb",
        }
    )


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.add_config_value(BRANCH, "", "html", str)
    app.connect("config-inited", check)
    # After the theme has made its buttons.
    app.connect("html-page-context", add_button, priority=502)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

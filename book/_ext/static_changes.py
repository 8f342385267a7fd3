"""Copy changed style sheets and scripts even when no page changed.

Sphinx copies static files only in a build that writes a page. A setting that carries their hash
makes it write the pages again, without reading or running them, when a static file changes.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from execution_hash import folder_hash

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config


def set_hash(app: Sphinx, config: Config) -> None:
    """Hash the static folders into the setting."""
    config["static_changes"] = folder_hash(Path(app.confdir), tuple(config.html_static_path))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.add_config_value("static_changes", "", "html")
    # Before extensions add folders of their own.
    app.connect("config-inited", set_hash, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

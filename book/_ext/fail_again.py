"""A build that failed fails again when it is repeated.

Sphinx reads only the pages that changed. After a build that gave warnings, the next one would find
nothing to read, give none and succeed. So forget what was read when a build was not clean; executed
chapters stay in their cache.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sphinx.application import ENV_PICKLE_FILENAME

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def forget(app: Sphinx, exception: Exception | None) -> None:
    """Remove the pickled environment after an error or a warning."""
    if exception is not None or app._warncount:
        Path(app.doctreedir, ENV_PICKLE_FILENAME).unlink(missing_ok=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    # After every other handler, so that their warnings count.
    app.connect("build-finished", forget, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

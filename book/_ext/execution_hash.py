"""Execute chapters again when the package, the records, the environment or the data change.

jupyter-cache looks at the code cells alone. Here the folder of the cache carries a hash of
everything else that the outputs depend on. Sphinx knows that folder as a setting, so it reads every
chapter again when the hash changes.
"""

from __future__ import annotations

import os
import shutil
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx.util import logging

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.config import Config

LOGGER = logging.getLogger(__name__)
SOURCES = ("symtheory", "results", "requirements.lock")
# Enough to go back and forth between two data sets without executing again.
CACHES_KEPT = 3


def folder_hash(root: Path, sources: tuple[str, ...] = SOURCES, data: str | None = None) -> str:
    """Hash names and contents of ``sources`` beneath ``root``, and of the folder ``data``.

    Args:
        root: The repository.
        sources: Files and folders in it; those that are missing are skipped.
        data: The data folder, as SYMTHEORY_DATA names it, or None for the embedded data alone.

    Returns:
        16 hexadecimal digits.
    """
    digest = sha256()
    folders = [root / source for source in sources] + ([Path(data)] if data else [])
    for folder in folders:
        for path in _files(folder):
            digest.update(f"{path.relative_to(folder.parent)} {path.stat().st_size}\n".encode())
            digest.update(sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _files(path: Path) -> Iterator[Path]:
    """Every file at or under ``path`` that is not made by a build, in order."""
    if path.is_file():
        yield path
    for child in sorted(path.rglob("*")):
        parts = child.relative_to(path).parts
        if child.is_file() and not any(
            part == "__pycache__" or part.startswith(".") for part in parts
        ):
            yield child


def set_cache_path(app: Sphinx, config: Config) -> None:
    """Point myst-nb to the cache of this state of package and data."""
    data = os.environ.get("SYMTHEORY_DATA")
    if data:
        # Chapters run in their own folders; the path was meant from where the build started.
        data = os.environ["SYMTHEORY_DATA"] = str(Path(data).absolute())
    # One for all that is built of the book, wherever it is put.
    caches = Path(app.srcdir) / "_build" / ".jupyter_cache"
    cache = caches / folder_hash(Path(app.srcdir), data=data)
    cache.mkdir(parents=True, exist_ok=True)
    os.utime(cache)
    config["nb_execution_cache_path"] = str(cache)
    LOGGER.info("execution cache: %s", cache.name)
    for old in sorted(caches.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)[
        CACHES_KEPT:
    ]:
        shutil.rmtree(old, ignore_errors=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.connect("config-inited", set_cache_path)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

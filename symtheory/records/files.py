"""Files that are at every moment the old one or the new one, whole."""

from __future__ import annotations

import contextlib
import glob
import importlib.util
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

__all__ = ["fcntl", "remove_abandoned", "replacing"]

# Locks of files, where the system has them: not on Windows.
fcntl: Any = importlib.import_module("fcntl") if importlib.util.find_spec("fcntl") else None


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A new file that takes the place of ``path`` when the block ends without an error.

    It is written under a name of its own beside ``path``, flushed to disk, and then renamed. Of two
    writers of one path, the last wins. What writers that were killed have left is removed.

    Raises:
        OSError: If it cannot be written. A file of that name from before is then as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    remove_abandoned(path)
    temporary, file = _begin(path)
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            if fcntl is None:  # Windows does not rename what is open
                file.close()
            os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
        raise
    _flush_folder(path.parent)


def remove_abandoned(path: Path) -> None:
    """Remove unfinished files of ``path`` whose writers are gone.

    A writer holds a lock on its file, which the system takes back when the process ends, however it
    ends.
    """
    if fcntl is None:
        return
    for left in path.parent.glob(f".{glob.escape(path.name)}.*.tmp"):
        with contextlib.suppress(OSError), open(left, "rb+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink()


def _begin(path: Path) -> tuple[Path, IO[bytes]]:
    """A new, locked file beside ``path``."""
    while True:
        temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
        file = open(temporary, "xb")  # noqa: SIM115  closed by `replacing`
        if fcntl is None:
            return temporary, file
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError:  # a file system without locks
            return temporary, file
        # Before it was locked another process may have taken it for abandoned.
        if temporary.exists():
            return temporary, file
        file.close()


def _flush_folder(folder: Path) -> None:
    """Make a renaming survive a loss of power, where the system lets folders be flushed."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

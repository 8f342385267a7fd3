"""Archives that are the same bytes whenever the same things are packed."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# The earliest that the format knows.
LONG_AGO = (1980, 1, 1, 0, 0, 0)


def pack(path: Path, files: dict[str, str | bytes], *, stored: tuple[str, ...] = ()) -> None:
    """Write an archive.

    Args:
        path: Where to.
        files: Contents by the names that they have in it, in their order.
        stored: Names of those that are not compressed.
    """
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.external_attr = 0o644 << 16
            how = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content, compress_type=how)


def read_folder(folder: Path, under: str) -> dict[str, str | bytes]:
    """All files of a folder, as if it were called otherwise."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {f"{under}/{path.relative_to(folder).as_posix()}": path.read_bytes() for path in files}

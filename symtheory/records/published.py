"""The records that the book shows, where they are on this machine."""

from __future__ import annotations

from pathlib import Path

import symtheory

__all__ = ["published"]

# In an installed package beside its modules, where setup.py puts them; in the repository beside it.
_PACKAGE = Path(symtheory.__file__).parent
_FOLDERS = (_PACKAGE / "results", _PACKAGE.parent / "results")


def published(name: str) -> Path:
    """The path of a record that the book shows.

    >>> published("depth-mnist").name
    'depth-mnist.npz'

    Args:
        name: Of the record, as the files in the repository's folder ``results`` are called,
            without ``.npz``; of a lab "labs/NAME".

    Raises:
        ValueError: If there is no such record.
    """
    folder = next((one for one in _FOLDERS if one.is_dir()), _FOLDERS[-1])
    path = folder / f"{name}.npz"
    if not path.is_file():
        names = ", ".join(
            sorted(
                one.relative_to(folder).with_suffix("").as_posix() for one in folder.rglob("*.npz")
            )
        )
        raise ValueError(
            f"Expected the name of a record in {folder}. Got {name!r}. Try one of: {names}."
        )
    return path

"""Items of one's own that are no images, from files of NumPy: vectors, sequences, point clouds."""

from __future__ import annotations

import tokenize
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from symtheory._checks import as_real_values
from symtheory.datasets.base import DatasetError

__all__ = ["OwnItems", "array_names", "as_items", "load_items", "read_arrays"]

# What NumPy raises on bytes that are no arrays: RuntimeError if one says that they are encrypted,
# TokenError if a header ends early.
_DAMAGE = (
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)


class OwnItems(NamedTuple):
    """Items or orbits, and their labels.

    Attributes:
        items: Of shape (n, *item); or orbits, of shape (m, |G|, *item), where there is a table.
        labels: One for each, of shape (n,) or (m,).
        table: The multiplication table of the group whose orbits they are, of shape (|G|, |G|);
            None where they are no orbits.
    """

    items: np.ndarray
    labels: np.ndarray
    table: np.ndarray | None


def load_items(path: str | Path, labels: str | Path | None = None) -> OwnItems:
    """Items of any shape and their labels.

    Args:
        path: A file ``.npz`` with the arrays `items`, of shape (n, *item), and `labels`; or with
            `orbits`, of shape (m, |G|, *item), `labels`, and the `table` of the group; or a file
            ``.npy`` of items.
        labels: The file ``.npy`` of their labels, if the items are in one.

    Returns:
        See `OwnItems`; items are float64.

    Raises:
        DatasetError: If there is nothing of the kind. Nothing is unpickled.
    """
    try:
        path = Path(path)
        pair = None if labels is None else Path(labels)
    except TypeError:
        raise DatasetError(
            f"Expected paths of files. Got {path!r} and {labels!r}. Try 'own.npz'."
        ) from None
    table = None
    if pair is not None:
        found, names = _read(path), _read(pair)
    elif path.suffix == ".npz" and "orbits" in array_names(path):
        arrays = read_arrays(path, ("orbits", "labels", "table"))
        found, names, table = arrays["orbits"], arrays["labels"], arrays["table"]
    elif path.suffix == ".npz":
        arrays = read_arrays(path, ("items", "labels"))
        found, names = arrays["items"], arrays["labels"]
    else:
        raise DatasetError(
            f"Expected a file .npz, or two files .npy, of items and of labels. Got {path} alone. "
            "Try numpy.savez('own.npz', items=items, labels=labels)."
        )
    items = as_items(found, "items", path)
    if items.ndim < 2 or names.shape != items.shape[:1]:
        raise DatasetError(
            f"Expected items of shape (n, *item), and n labels. Got {items.shape} and "
            f"{names.shape} in {path}. Try one label for each."
        )
    return OwnItems(items, names, table)


def array_names(path: Path) -> list[str]:
    """The arrays in a file ``.npz``.

    Raises:
        DatasetError: If it cannot be read.
    """
    try:
        with open(path, "rb") as file:
            found = np.load(file, allow_pickle=False)
            if not isinstance(found, np.ndarray):
                return list(found.files)
    except _DAMAGE as error:
        raise _unreadable(path, error) from error
    raise DatasetError(
        f"Expected an archive of named arrays in {path}. Got a single one, of shape {found.shape}, "
        "as numpy.save writes it. Try numpy.savez('own.npz', images=images, labels=labels)."
    )


def read_arrays(path: Path, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Some arrays of a file ``.npz``.

    Raises:
        DatasetError: If it cannot be read, or lacks one.
    """
    known = array_names(path)
    if not set(names) <= set(known):
        raise DatasetError(
            f"Expected the arrays {' and '.join(names)} in {path}. Got "
            f"{', '.join(known) or 'none'}. Try numpy.savez('own.npz', "
            f"{', '.join(f'{name}={name}' for name in names)})."
        )
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in names}
    except _DAMAGE as error:
        raise _unreadable(path, error) from error


def as_items(array: np.ndarray, what: str, path: Path) -> np.ndarray:
    """Finite real numbers.

    Raises:
        DatasetError: If they are others.
    """
    try:
        return as_real_values(array, what)
    except ValueError as error:
        raise DatasetError(
            f"Expected {what} of finite real numbers in {path}. Got others: {error} "
            f"Try numpy.nan_to_num({what}), or without those that are not."
        ) from error


def _read(path: Path) -> np.ndarray:
    """The array of a file ``.npy``."""
    try:
        with open(path, "rb") as file:
            found = np.load(file, allow_pickle=False)
    except _DAMAGE as error:
        raise _unreadable(path, error) from error
    if not isinstance(found, np.ndarray):
        raise DatasetError(
            f"Expected one array in {path}. Got an archive of several. Try it without labels."
        )
    return found


def _unreadable(path: Path, error: Exception) -> DatasetError:
    return DatasetError(
        f"Expected a file that NumPy reads. Got {path}: {error}. "
        "Try numpy.savez('own.npz', images=images, labels=labels), with labels that are numbers or "
        "words."
    )

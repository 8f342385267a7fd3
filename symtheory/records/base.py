"""Results that are kept: named arrays with the parameters and the provenance that made them.

A record is one `.npz` file: the arrays, and a JSON text with the rest.
Nothing in it is pickled, so reading one runs no code.
"""

from __future__ import annotations

import errno
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, TypeVar

import numpy as np

from symtheory.records import archive
from symtheory.records.files import replacing

__all__ = [
    "FORMAT",
    "MAX_BYTES",
    "METADATA",
    "Description",
    "Record",
    "RecordError",
    "T",
    "describe",
    "load",
    "require_writable",
    "save",
]

T = TypeVar("T")
METADATA = "__record__"
FORMAT = 1
# The records of this book are below 2 MB; a file that unpacks to more is more likely damaged.
MAX_BYTES = 2**30

# What numpy, zipfile, zlib and json raise on bytes that are no record, or no longer one.
_DAMAGE = (
    AttributeError,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


class RecordError(Exception):
    """A record could not be written, or what was read is none."""


@dataclass(frozen=True)
class Record:
    """A result and where it comes from.

    Attributes:
        name: the experiment, such as "rotated-digits".
        parameters: what was asked for; JSON values.
        data: named arrays of numbers, booleans or strings.
        provenance: how it was made, see `collect_provenance`; JSON values.
    """

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, np.ndarray] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Description:
    """A record without its arrays.

    Attributes:
        name: as in `Record`, and
        parameters: likewise, and
        provenance: likewise.
        arrays: the shape and the type of each array, as its header states them.
    """

    name: str
    parameters: Mapping[str, Any]
    provenance: Mapping[str, Any]
    arrays: Mapping[str, archive.Header]


def save(record: Record, path: str | os.PathLike[str]) -> Path:
    """Write a record so that its file is at every moment either the old one or the new one, whole.

    Args:
        record: what to write.
        path: the file, ending in .npz; its folder is made if it does not exist.

    Returns:
        The path.

    Raises:
        ValueError: if the path does not end in .npz, or the record holds what a file cannot: an
            array of objects, a parameter that is no JSON value.
        RecordError: if the file cannot be written (folder not writable, disk full). An older file
            of that name is then as it was.
    """
    path = Path(path)
    if path.suffix != ".npz":
        raise ValueError(f"Expected a path that ends in .npz. Got {path}. Try {path}.npz.")
    arrays = _arrays(record)
    try:
        with replacing(path) as file:
            archive.write(file, arrays)
    except OSError as error:
        fix = (
            "Try freeing some space"
            if error.errno == errno.ENOSPC
            else "Try another path, in a folder that you may write to"
        )
        raise RecordError(
            f"Expected to write {path}. Got: {error.strerror or error}. {fix}; "
            "a file of that name from before is unchanged."
        ) from error
    return path


def require_writable(path: str | os.PathLike[str]) -> None:
    """Make sure that a record can be written, before hours of work are spent on it.

    Args:
        path: the file; its folder is made if it does not exist.

    Raises:
        RecordError: if its folder cannot be made or written to.
    """
    probe = Path(path).with_name(f".{Path(path).name}.probe")
    try:
        with replacing(probe):
            pass
        probe.unlink(missing_ok=True)
    except OSError as error:
        raise RecordError(
            f"Expected to write {path}. Got: {error.strerror or error}. "
            "Try another path, in a folder that you may write to."
        ) from error


def load(path: str | os.PathLike[str], *, max_bytes: int = MAX_BYTES) -> Record:
    """Read a record.

    Args:
        path: a file that `save` wrote.
        max_bytes: the most that its arrays may take in memory, together. What each takes is known
            from its header, before it is read.

    Returns:
        The record, arrays and metadata equal to those saved.

    Raises:
        RecordError: if there is no such file, or it is damaged, or it is no record, or larger.
    """

    def read(file: IO[bytes]) -> Record:
        arrays = archive.read(file, max_bytes=max_bytes)
        header = _header(arrays.pop(METADATA), Path(path))
        return Record(header["name"], header["parameters"], arrays, header["provenance"])

    return _open(path, read)


def describe(path: str | os.PathLike[str]) -> Description:
    """Read what a record is, without its arrays, whatever their size.

    Args:
        path: a file that `save` wrote.

    Raises:
        RecordError: as `load`.
    """

    def read(file: IO[bytes]) -> Description:
        arrays = archive.headers(file)
        text = archive.read(file, only=(METADATA,), max_bytes=MAX_BYTES)[METADATA]
        header = _header(text, Path(path))
        del arrays[METADATA]
        return Description(header["name"], header["parameters"], header["provenance"], arrays)

    return _open(path, read)


def _open(path: str | os.PathLike[str], read: Callable[[IO[bytes]], T]) -> T:
    """What ``read`` makes of a file, with one kind of error for all that can be wrong with it."""
    path = Path(path)
    try:
        with open(path, "rb") as file:
            return read(file)
    except FileNotFoundError as error:
        raise RecordError(
            f"Expected a record at {path}. Got no file. Try `symtheory reproduce --help`."
        ) from error
    except archive.TooLargeError as error:
        raise RecordError(f"Expected {path} to be a record. {error}") from error
    except _DAMAGE as error:
        raise RecordError(
            f"Expected {path} to be a record. Got a file that is damaged or something else. "
            "Try deleting it, and making it again with the command that "
            "`symtheory reproduce --help` shows."
        ) from error


def _header(text: np.ndarray, path: Path) -> dict[str, Any]:
    """The JSON text of a record, checked."""
    header: dict[str, Any] = json.loads(text.tobytes().decode())
    if header["format"] != FORMAT:
        raise RecordError(
            f"Expected a record of format {FORMAT}. Got format {header['format']} in {path}. "
            "Try a newer version of symtheory."
        )
    parts = (header["name"], header["parameters"], header["provenance"])
    if not all(isinstance(part, kind) for part, kind in zip(parts, (str, dict, dict), strict=True)):
        raise ValueError("not the header of a record")
    return header


def _arrays(record: Record) -> dict[str, np.ndarray]:
    """All that goes into the file, by name."""
    arrays = {key: np.asarray(value) for key, value in record.data.items()}
    for key, value in arrays.items():
        if value.dtype.hasobject:
            raise ValueError(
                f"Expected data[{key!r}] to hold numbers, booleans or strings. "
                f"Got objects. Try one array per quantity, of one shape."
            )
        if key == METADATA:
            raise ValueError(
                f"Expected names of arrays other than {METADATA}, which records use themselves. "
                f"Got data[{METADATA!r}]. Try another name."
            )
    header = {
        "format": FORMAT,
        "name": record.name,
        "parameters": dict(record.parameters),
        "provenance": dict(record.provenance),
    }
    try:
        text = json.dumps(header, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"Expected parameters and provenance to be JSON values. Got: {error}. "
            "Try int(…), float(…) or str(…) around it."
        ) from error
    arrays[METADATA] = np.frombuffer(text.encode(), dtype=np.uint8)
    return arrays

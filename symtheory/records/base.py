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
from collections.abc import Callable, Iterator, Mapping
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
    "as_json",
    "as_npz",
    "contents",
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
# Kinds of numbers, booleans, strings and dates; others are not read as what they were written.
_KINDS = "biufcUSMm"

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
        parameters: what was asked for; JSON values, of which a file keeps tuples as lists.
        data: named arrays of numbers, booleans, strings or dates.
        provenance: how it was made, see `collect_provenance`; JSON values likewise.
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
            array of objects or fields, a parameter that is no JSON value, a name that is no word.
        RecordError: if the file cannot be written (folder not writable, disk full). An older file
            of that name is then as it was.
    """
    path, arrays = as_npz(path), contents(record)
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
        The record, arrays and metadata equal to those saved, with lists for tuples in the latter.

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


def as_npz(path: str | os.PathLike[str]) -> Path:
    """A path that records can have.

    Raises:
        ValueError: If it does not end in .npz.
    """
    path = Path(path)
    if path.suffix != ".npz":
        raise ValueError(f"Expected a path that ends in .npz. Got {path}. Try {path}.npz.")
    return path


def as_json(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Values as a file gives them back: with lists for tuples.

    Args:
        values: JSON values by name.
        name: What they are, in errors: "settings".

    Raises:
        ValueError: If one of them is no JSON value, or a key in them no string.
    """
    try:
        text = json.dumps(dict(values), ensure_ascii=False, allow_nan=False)
        read: dict[str, Any] = json.loads(text.encode())
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"Expected {name} to be JSON values. Got: {error}. "
            "Try int(…), float(…) or str(…) around it."
        ) from error
    for key in _keys(values):
        if not isinstance(key, str):  # JSON would make it one
            raise ValueError(
                f"Expected strings as keys in {name}. Got {key!r}. Try str(…) around it."
            )
    return read


def contents(record: Record) -> dict[str, np.ndarray]:
    """All that goes into the file, by name.

    Raises:
        ValueError: If the record holds what a file cannot.
    """
    if not isinstance(record.name, str):
        raise ValueError(
            f"Expected the name of a record to be a string. Got {record.name!r}. "
            'Try Record("result", …).'
        )
    for part in ("parameters", "data", "provenance"):
        value = getattr(record, part)
        if not isinstance(value, Mapping):
            raise ValueError(
                f"Expected {part} by name, in a dict. Got {type(value).__name__}. "
                "Try {} if there are none."
            )
    arrays = {_as_key(key): np.asarray(value) for key, value in record.data.items()}
    for key, value in arrays.items():
        _check_type(key, value.dtype)
    header = {
        "format": FORMAT,
        "name": record.name,
        "parameters": dict(record.parameters),
        "provenance": dict(record.provenance),
    }
    text = json.dumps(as_json(header, "parameters and provenance"), ensure_ascii=False)
    arrays[METADATA] = np.frombuffer(text.encode(), dtype=np.uint8)
    return arrays


def _keys(value: Any) -> Iterator[Any]:
    """The keys of a JSON value, at any depth."""
    inner: Any = ()
    if isinstance(value, Mapping):
        yield from value
        inner = value.values()
    elif isinstance(value, list | tuple):
        inner = value
    for one in inner:
        yield from _keys(one)


def _as_key(key: Any) -> str:
    """The name of an array, checked."""
    if not isinstance(key, str) or "\0" in key:  # where names end in a zip archive
        raise ValueError(
            f"Expected names of arrays to be strings, without null characters. Got data[{key!r}]. "
            f"Try data[{str(key).replace(chr(0), '')!r}]."
        )
    if key == METADATA:
        raise ValueError(
            f"Expected names of arrays other than {METADATA}, which records use themselves. "
            f"Got data[{METADATA!r}]. Try another name."
        )
    return key


def _check_type(key: str, dtype: np.dtype) -> None:
    """Raise a ValueError for an array that would not be read as what it was."""
    if dtype.hasobject:
        got, fix = "objects", "one array per quantity, of one shape"
    elif dtype.names is not None:
        got, fix = f"fields, {', '.join(dtype.names)}", "one array for each of them"
    # Types that other packages register, such as bfloat16, have kinds of any name.
    elif dtype.kind not in _KINDS or dtype.isbuiltin == 2:
        got, fix = f"{dtype}", "array.astype(float)"
    else:
        return
    raise ValueError(
        f"Expected data[{key!r}] to hold numbers, booleans, strings or dates, of types that "
        f"NumPy has itself. Got {got}. Try {fix}."
    )

"""Named arrays in one `.npz` file. Nothing is read before its header was found to be sound.

`numpy.load` believes the header of each array, and asks for the memory that it states. Here the
stated size must be that of the data that follow it, and all arrays together stay within a bound.
"""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Mapping
from typing import IO, NamedTuple

import numpy as np
from numpy.lib import format as npy

__all__ = ["SUFFIX", "Header", "TooLargeError", "headers", "read", "write"]

SUFFIX = ".npy"


class TooLargeError(ValueError):
    """Arrays that take more memory than was allowed."""


class Header(NamedTuple):
    """What the header of an array states.

    Attributes:
        shape: of the array.
        dtype: of its entries.
    """

    shape: tuple[int, ...]
    dtype: np.dtype

    @property
    def nbytes(self) -> int:
        """The memory that the array takes, in bytes."""
        size = 1  # Python's integers do not overflow: a damaged header may state any shape
        for length in self.shape:
            size *= length
        return size * self.dtype.itemsize


def write(file: IO[bytes], arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays without objects, compressed, as `numpy.savez_compressed` does."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            with archive.open(name + SUFFIX, "w", force_zip64=True) as entry:
                npy.write_array(entry, np.asanyarray(array), allow_pickle=False)


def headers(file: IO[bytes]) -> dict[str, Header]:
    """The header of each array, by name.

    Raises:
        ValueError, OSError, zipfile.BadZipFile and others: If the file is damaged.
    """
    with zipfile.ZipFile(file) as archive:
        found = {}
        for info in archive.infolist():
            if not info.filename.endswith(SUFFIX):
                raise ValueError(f"not an array: {info.filename}")
            with archive.open(info) as entry:
                header = _read_header(entry)
                if header.nbytes != info.file_size - entry.tell():
                    raise ValueError(f"{info.filename} is not as long as its header says")
            found[info.filename.removesuffix(SUFFIX)] = header
        if len(found) != len(archive.infolist()):
            raise ValueError("a name that occurs twice")
        return found


def read(
    file: IO[bytes], *, max_bytes: int, only: Collection[str] | None = None
) -> dict[str, np.ndarray]:
    """Read arrays by name.

    Args:
        file: of a `.npz` archive.
        max_bytes: the most that what is read may take in memory.
        only: the names of those to read; all if not given.

    Raises:
        TooLargeError: If they take more.
        ValueError, OSError, KeyError, zipfile.BadZipFile and others: If the file is damaged.
    """
    found = headers(file)
    names = list(found) if only is None else list(only)
    size = sum(found[name].nbytes for name in names)
    if size > max_bytes:
        raise TooLargeError(
            f"Expected arrays of at most {max_bytes:,} bytes. Got {size:,}. "
            f"Try max_bytes={size} if you trust the file."
        )
    arrays = {}
    with zipfile.ZipFile(file) as archive:
        for name in names:
            with archive.open(name + SUFFIX) as entry:
                arrays[name] = npy.read_array(entry, allow_pickle=False)
                entry.read()  # to its end, where the checksum is compared
    return arrays


def _read_header(entry: IO[bytes]) -> Header:
    version = npy.read_magic(entry)
    if version == (1, 0):
        shape, _, dtype = npy.read_array_header_1_0(entry)
    elif version == (2, 0):
        shape, _, dtype = npy.read_array_header_2_0(entry)
    else:  # the third is for names of fields, which no record has
        raise ValueError(f"version {version} of the format")
    if dtype.hasobject or dtype.names is not None or min(shape, default=0) < 0:
        raise ValueError(f"an array of {dtype} and shape {shape}")
    return Header(tuple(shape), dtype)

"""The IDX format in which MNIST is published: a few bytes of header, then raw numbers."""

from __future__ import annotations

import struct

import numpy as np

from symtheory.datasets.base import DatasetError

__all__ = ["UNSIGNED_BYTE", "parse_idx"]

UNSIGNED_BYTE = 0x08


def parse_idx(content: bytes, *, source: str = "the file") -> np.ndarray:
    """Read an array of unsigned bytes from an IDX file.

    The header is two zero bytes, the type code, the number of dimensions, and each dimension as a
    big-endian 32-bit integer. Nothing but raw numbers is read.

    Args:
        content: the file, already decompressed.
        source: its name, for the errors.

    Returns:
        A read-only uint8 array of the shape that the header states.

    Raises:
        DatasetError: if the header is not that of an IDX file of bytes, or the sizes disagree.
    """
    retry = f"Try downloading {source} again."
    if len(content) < 4:
        raise DatasetError(f"Expected an IDX header in {source}. Got {len(content)} bytes. {retry}")
    zeros, code, dimensions = struct.unpack(">HBB", content[:4])
    if zeros != 0 or code != UNSIGNED_BYTE or dimensions == 0:
        raise DatasetError(
            f"Expected {source} to begin with 00 00 08, as IDX files of bytes do. "
            f"Got {content[:4].hex(' ')}. {retry}"
        )
    start = 4 + 4 * dimensions
    if len(content) < start:
        raise DatasetError(
            f"Expected {dimensions} dimensions in the header of {source}. "
            f"Got only {len(content)} bytes. {retry}"
        )
    shape = struct.unpack(f">{dimensions}I", content[4:start])
    # Python integers, which do not overflow: a damaged header may state any size.
    size = 1
    for dimension in shape:
        size *= dimension
    if len(content) - start != size:
        raise DatasetError(
            f"Expected {size:,} bytes of data in {source}, for shape {shape}. "
            f"Got {len(content) - start:,}. {retry}"
        )
    return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(shape)

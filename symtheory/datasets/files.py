"""Files of MNIST's format as people have them: packed or not, in any spelling, of any such set."""

from __future__ import annotations

import hashlib
import zlib
from pathlib import Path

import numpy as np

from symtheory._checks import warn
from symtheory.datasets.base import DatasetError
from symtheory.datasets.idx import parse_idx
from symtheory.datasets.published import CLASSES, FILES, PUBLISHED, SIDE, SIZES, Published

__all__ = ["OtherDataset", "find", "read"]

_GZIP = b"\x1f\x8b"
_LARGEST = 16 + max(SIZES.values()) * SIDE**2  # bytes of the largest file, unpacked


class OtherDataset(DatasetError):
    """A file of another known data set, under the name of the one that was looked for."""


def find(dataset: Published, file: str, folder: Path) -> Path | None:
    """A file of a data set in a folder of data; None if there is none of its names.

    Looks in the folders of the data set first, then in the folder itself; for both spellings
    (``t10k-images-idx3-ubyte``, ``t10k-images.idx3-ubyte``), packed and unpacked. The first that is
    verified is taken.

    Args:
        dataset: What is looked for.
        file: One of `symtheory.datasets.published.FILES`.
        folder: Where to look.

    Raises:
        DatasetError: If there are such files, but none is whole and of this data set; says what
            the first one is instead.
    """
    names = [f"{name}{end}" for name in (file, file.replace("-idx", ".idx")) for end in (".gz", "")]
    first: DatasetError | None = None
    for place in (*dataset.folders, ""):
        for path in (folder / place / name for name in names):
            if path.is_file():
                try:
                    read(dataset, file, path)
                except DatasetError as error:
                    first = first or error
                else:
                    return path
    if first is not None:
        raise first
    return None


def read(dataset: Published, file: str, path: Path) -> np.ndarray:
    """The array in a file, verified to be that of the data set.

    What is verified is the SHA-256 of the content, or of the packed file as it was published.

    Args:
        dataset: What it has to be of.
        file: Which of its files.
        path: Where it lies, packed or not.

    Raises:
        OtherDataset: If it is a file of another data set that is known here.
        DatasetError: If it cannot be read, is damaged, or of something else.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DatasetError(
            f"Expected to read {path}. Got: {error.strerror}. Try making it readable."
        ) from error
    content = _unpacked(raw, path, dataset)
    digest = hashlib.sha256(content).hexdigest()
    verified = dataset.contents.get(file) == digest
    if not verified and hashlib.sha256(raw).hexdigest() != dataset.packed[file]:
        _refuse_others(dataset, digest, path)
        _recognize(dataset, file, content, path)
    return parse_idx(content, source=str(path))


def _unpacked(raw: bytes, path: Path, dataset: Published) -> bytes:
    """The content of a file, packed by gzip or not."""
    if not raw.startswith(_GZIP):
        return raw
    unpack = zlib.decompressobj(wbits=31)
    try:
        content = unpack.decompress(raw, _LARGEST + 1)  # no more: a small file may hold gigabytes
    except zlib.error as error:
        raise _damaged(path, dataset, str(error)) from error
    if not unpack.eof or unpack.unused_data:
        got = f"{len(raw):,} bytes that end early, or hold more than one file of the format"
        raise _damaged(path, dataset, got)
    return content


def _refuse_others(dataset: Published, digest: str, path: Path) -> None:
    """Raise if a content is known, as another file than was expected."""
    for other in PUBLISHED.values():
        for name, known in other.contents.items():
            if digest == known:
                same = other.name == dataset.name
                hint = "its own name" if same else f'symtheory.datasets.load("{other.name}")'
                raise OtherDataset(
                    f"Expected {path} to be of {dataset.title}. Got {name} of {other.title}, "
                    f"whole and under another name. Try {hint}, or a folder that holds "
                    f"{dataset.title}."
                )


def _recognize(dataset: Published, file: str, content: bytes, path: Path) -> None:
    """Raise unless a content, of no known hash, looks like that of a set that published none."""
    try:
        array = parse_idx(content, source=str(path))
    except DatasetError as error:
        raise _damaged(path, dataset, str(error).split(" Try ")[0].rstrip(".")) from error
    split = next(split for split, files in FILES.items() if file in files)
    n = SIZES[split]
    images = file == FILES[split][0]
    if dataset.contents or array.shape != ((n, SIDE, SIDE) if images else (n,)):
        raise DatasetError(
            f"Expected {path} to be {file} of {dataset.title}. Got a whole file of the same "
            f"format, of shape {array.shape}, with another content: another data set, or a changed "
            f"one. Try a folder that holds {dataset.title}; `symtheory data fetch {dataset.name}` "
            "downloads it."
        )
    if not images and (np.bincount(array, minlength=CLASSES) != n // CLASSES).any():
        raise DatasetError(
            f"Expected {path} to have {n // CLASSES:,} labels of each of {CLASSES} classes, as "
            f"{dataset.title} has. Got {np.bincount(array).tolist()}. "
            f"Try a folder that holds {dataset.title}."
        )
    warn(
        f"Expected a hash to verify {path} by. Got none: that of {file} of {dataset.title} is "
        "published only for the file as it was packed there. It has the right shape, and was "
        f"taken for what its name says. Try `symtheory data fetch {dataset.name}`, which verifies.",
        UserWarning,
    )


def _damaged(path: Path, dataset: Published, got: str) -> DatasetError:
    return DatasetError(
        f"Expected {path} to be a whole file of {dataset.title}. It is damaged or incomplete. "
        f"Got: {got}. Try putting a whole one in its place, or unset SYMTHEORY_DATA: "
        f"`symtheory data fetch {dataset.name}` downloads it."
    )

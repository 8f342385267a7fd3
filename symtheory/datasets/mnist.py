"""MNIST: found on this machine or downloaded, and verified either way."""

from __future__ import annotations

import gzip
import hashlib
import logging
import os
from functools import cache
from pathlib import Path

import numpy as np

from symtheory.datasets.base import Dataset, DatasetError, source_hash
from symtheory.datasets.idx import parse_idx

VARIABLE = "SYMTHEORY_DATA"

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
SHA256 = {
    "train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea37026"
    "5605f56be210a4024d2ca8f203523609",
    "train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cc"
    "a23d567ec52cac8be1a0730e8010255c",
    "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
}
FILES = {
    "train": ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
    "test": ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"),
}
TIMEOUT_SECONDS = 30


def load_mnist(split: str = "train") -> Dataset:
    """The 60,000 training or 10,000 test images of MNIST.

    Looks in the folder that the environment variable SYMTHEORY_DATA names, then in the user's cache
    folder, and downloads into the latter what it found in neither. The SHA-256 of every file is
    verified each time, wherever the file comes from.

    Args:
        split: "train" or "test".

    Returns:
        A `Dataset` named "mnist-train" or "mnist-test". Source: Y. LeCun, C. Cortes and
        C. J. C. Burges, The MNIST database of handwritten digits, CC BY-SA 3.0.

    Raises:
        ValueError: for another split.
        DatasetError: if a file is damaged, or missing and out of reach; names it and the fix.
    """
    images_path, labels_path = fetch_mnist(split)
    return _read(split, images_path, labels_path)


def fetch_mnist(split: str = "train", *, progress: bool = False) -> tuple[Path, Path]:
    """Make sure that the two files of a split are on this machine, and verified.

    Args:
        split: "train" or "test".
        progress: show a progress bar while downloading.

    Returns:
        The paths of the images and of the labels.

    Raises:
        ValueError, DatasetError: as `load_mnist`.
    """
    if split not in FILES:
        raise ValueError(f'Expected split "train" or "test". Got {split!r}. Try split="test".')
    images, labels = (_locate(name) or _download(name, progress) for name in FILES[split])
    return images, labels


def data_folder() -> Path | None:
    """The folder that SYMTHEORY_DATA names, None if it is not set.

    Raises:
        DatasetError: if it is set but is no folder.
    """
    value = os.environ.get(VARIABLE)
    if not value:
        return None
    folder = Path(value).expanduser()
    if not folder.is_dir():
        raise DatasetError(
            f"Expected {VARIABLE} to name a folder. Got {value}, which is none. "
            f"Try correcting it, or unset {VARIABLE}."
        )
    return folder


def cache_folder() -> Path:
    """Where downloads are kept: the user's cache folder, by the convention of the system."""
    import pooch

    return Path(pooch.os_cache("symtheory")) / "mnist"


def _locate(name: str) -> Path | None:
    """The path of a file that is already here and whole; None if it is not here."""
    for place in (data_folder, cache_folder):
        folder = place()
        if folder is not None and (folder / name).is_file():
            _verified_bytes(folder / name)
            return folder / name
    return None


def _verified_bytes(path: Path) -> bytes:
    """The content of a file whose SHA-256 is as published."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DatasetError(
            f"Expected to read {path}. Got: {error.strerror}. Try making it readable."
        ) from error
    actual = hashlib.sha256(content).hexdigest()
    if actual != SHA256[path.name]:
        raise DatasetError(
            f"Expected {path} to have SHA-256 {SHA256[path.name]}. Got {actual} "
            f"({len(content):,} bytes): it is damaged or incomplete. "
            "Try deleting it and running `symtheory data fetch mnist`."
        )
    return content


def _download(name: str, progress: bool) -> Path:
    """Download a file from the first mirror that serves it whole."""
    import pooch

    # pooch downloads to a temporary file, verifies it there, and only then gives it its name.
    pooch.get_logger().setLevel(logging.ERROR)
    folder = cache_folder()
    failures = []
    for mirror in MIRRORS:
        downloader = pooch.HTTPDownloader(progressbar=progress, timeout=TIMEOUT_SECONDS)
        try:
            pooch.retrieve(
                mirror + name, SHA256[name], fname=name, path=folder, downloader=downloader
            )
        except (OSError, ValueError) as error:
            if isinstance(error, OSError) and error.errno is not None:  # this machine's own fault
                raise DatasetError(
                    f"Expected to write {folder / name}. Got: {error.strerror}. "
                    "Try making that folder writable and freeing some space."
                ) from error
            # OSError: no network or a time-out; ValueError: the hash is not as published.
            failures.append(f"{mirror}: {_reason(error)}")
        else:
            return folder / name
    raise DatasetError(
        f"Expected to download {name}. Got {'; '.join(failures)}. "
        f"Try again with a network, or put the file into a folder and set {VARIABLE} to it."
    )


def _reason(error: Exception) -> str:
    """One short phrase for what went wrong with a download."""
    if isinstance(error, ValueError) and "hash" in str(error).lower():
        return "the file it serves is damaged or incomplete (wrong SHA-256)"
    return type(error).__name__


@cache
def _read(split: str, images_path: Path, labels_path: Path) -> Dataset:
    pixels = parse_idx(gzip.decompress(_verified_bytes(images_path)), source=str(images_path))
    labels = parse_idx(gzip.decompress(_verified_bytes(labels_path)), source=str(labels_path))
    if pixels.ndim != 3 or labels.shape != pixels.shape[:1]:
        raise DatasetError(
            f"Expected {images_path} (n, height, width) and {labels_path} (n,) to match. "
            f"Got {pixels.shape} and {labels.shape}. Try downloading both again."
        )
    return Dataset(
        f"mnist-{split}", pixels / 255.0, labels.astype(np.int64), source_hash(pixels, labels)
    )

"""MNIST and sets in its format: found on this machine or downloaded, and verified either way."""

from __future__ import annotations

import logging
import os
from functools import cache
from pathlib import Path

import numpy as np

from symtheory._checks import as_choice
from symtheory.datasets.base import Dataset, DatasetError, source_hash
from symtheory.datasets.files import OtherDataset, find, read
from symtheory.datasets.published import FILES, PUBLISHED, Published

__all__ = [
    "TIMEOUT_SECONDS",
    "VARIABLE",
    "cache_folder",
    "data_folder",
    "fetch",
    "load_fashion_mnist",
    "load_kmnist",
    "load_mnist",
]

VARIABLE = "SYMTHEORY_DATA"
TIMEOUT_SECONDS = 30


def load_mnist(split: str = "train") -> Dataset:
    """The 60,000 training or 10,000 test images of MNIST.

    Looks in the folder that the environment variable SYMTHEORY_DATA names, then in the user's cache
    folder, and downloads into the latter what it found in neither. Files may be packed or not, in
    ``MNIST/raw`` as torchvision leaves them, and called ``t10k-images-idx3-ubyte`` or
    ``t10k-images.idx3-ubyte``. The SHA-256 of their contents is verified each time.

    Args:
        split: "train" or "test".

    Returns:
        A `Dataset` named "mnist-train" or "mnist-test". Source: Y. LeCun, C. Cortes and
        C. J. C. Burges, The MNIST database of handwritten digits, CC BY-SA 3.0.

    Raises:
        ValueError: for another split.
        DatasetError: if a file is damaged, or missing and out of reach; names it and the fix.
    """
    return _load("mnist", split)


def load_fashion_mnist(split: str = "train") -> Dataset:
    """The 60,000 training or 10,000 test images of clothes of Fashion-MNIST, as `load_mnist`.

    Returns:
        A `Dataset` named "fashion-mnist-train" or "fashion-mnist-test". Source: H. Xiao, K. Rasul
        and R. Vollgraf, Fashion-MNIST (arXiv 1708.07747), MIT license.
    """
    return _load("fashion-mnist", split)


def load_kmnist(split: str = "train") -> Dataset:
    """The 60,000 training or 10,000 test images of cursive characters of KMNIST, as `load_mnist`.

    Only the hashes of its packed files are published. Unpacked or packed anew, they are recognized
    by their shapes and numbers of labels, with a warning.

    Returns:
        A `Dataset` named "kmnist-train" or "kmnist-test". Source: T. Clanuwat et al., Deep Learning
        for Classical Japanese Literature (arXiv 1812.01718), CC BY-SA 4.0.
    """
    return _load("kmnist", split)


def fetch(name: str, split: str = "train", *, progress: bool = False) -> tuple[Path, Path]:
    """Make sure that the two files of a split are on this machine, and verified.

    Args:
        name: "mnist", "fashion-mnist" or "kmnist".
        split: "train" or "test".
        progress: show a progress bar while downloading.

    Returns:
        The paths of the images and of the labels.

    Raises:
        ValueError: for another name or split.
        DatasetError: as `load_mnist`.
    """
    name, split = as_choice(name, "name", PUBLISHED), as_choice(split, "split", FILES)
    images, labels = (_locate(PUBLISHED[name], file, progress) for file in FILES[split])
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


def cache_folder(dataset: Published) -> Path:
    """Where downloads are kept: the user's cache folder, by the convention of the system."""
    import pooch

    return Path(pooch.os_cache("symtheory")) / dataset.name


def _locate(dataset: Published, file: str, progress: bool) -> Path:
    """The path of a verified file: in the folder of data, in the cache, or downloaded."""
    elsewhere = ""
    folder = data_folder()
    if folder is not None:
        try:
            path = find(dataset, file, folder)
        except OtherDataset as error:
            path, elsewhere = None, f" {error}"
        if path is not None:
            return path
    kept = cache_folder(dataset) / f"{file}.gz"
    try:
        read(dataset, file, kept)
    except DatasetError:  # not there yet, or damaged: it is ours to replace
        _download(dataset, file, kept, progress, elsewhere)
    return kept


def _download(
    dataset: Published, file: str, kept: Path, progress: bool, elsewhere: str = ""
) -> None:
    """Download a file from the first mirror that serves it whole."""
    import pooch

    # pooch downloads to a temporary file, verifies it there, and only then gives it its name.
    pooch.get_logger().setLevel(logging.ERROR)
    name = kept.name
    failures = []
    for mirror in dataset.mirrors:
        downloader = pooch.HTTPDownloader(progressbar=progress, timeout=TIMEOUT_SECONDS)
        try:
            pooch.retrieve(
                mirror + name,
                dataset.packed[file],
                fname=name,
                path=kept.parent,
                downloader=downloader,
            )
        except (OSError, ValueError) as error:
            if isinstance(error, OSError) and error.errno is not None:  # this machine's own fault
                raise DatasetError(
                    f"Expected to write {kept}. Got: {error.strerror}. "
                    "Try making that folder writable and freeing some space."
                ) from error
            # OSError: no network or a time-out; ValueError: the hash is not as published.
            failures.append(f"{mirror}: {_reason(error)}")
        else:
            return
    raise DatasetError(
        f"Expected to download {name} of {dataset.title}. Got {'; '.join(failures)}. "
        f"Try again with a network, or put the file into a folder and set {VARIABLE} to it."
        f"{elsewhere}"
    )


def _reason(error: Exception) -> str:
    """One short phrase for what went wrong with a download."""
    if isinstance(error, ValueError) and "hash" in str(error).lower():
        return "the file it serves is damaged or incomplete (wrong SHA-256)"
    return type(error).__name__


def _load(name: str, split: str) -> Dataset:
    return _read(name, split, *fetch(name, split))


@cache
def _read(name: str, split: str, images_path: Path, labels_path: Path) -> Dataset:
    files = zip(FILES[split], (images_path, labels_path), strict=True)
    pixels, labels = (read(PUBLISHED[name], file, path) for file, path in files)
    if pixels.ndim != 3 or labels.shape != pixels.shape[:1]:
        raise DatasetError(
            f"Expected {images_path} (n, height, width) and {labels_path} (n,) to match. "
            f"Got {pixels.shape} and {labels.shape}. Try downloading both again."
        )
    images, classes = pixels / 255.0, labels.astype(np.int64)
    for array in (images, classes):
        array.setflags(write=False)  # nobody else holds them: a data set need not copy them
    return Dataset(f"{name}-{split}", images, classes, source_hash(pixels, labels))

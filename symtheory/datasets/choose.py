"""Choosing a data set by name, and the one that the book runs on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from symtheory._checks import as_choice
from symtheory.datasets.base import Dataset, DatasetError
from symtheory.datasets.circles import seven_points
from symtheory.datasets.digits import load_digits
from symtheory.datasets.files import find
from symtheory.datasets.mnist import (
    VARIABLE,
    data_folder,
    load_fashion_mnist,
    load_kmnist,
    load_mnist,
)
from symtheory.datasets.published import FILES, PUBLISHED

__all__ = ["NAMES", "book_dataset", "load"]

_IN_SPLITS = {"mnist": load_mnist, "fashion-mnist": load_fashion_mnist, "kmnist": load_kmnist}
_LOADERS: dict[str, Callable[[], Dataset]] = {"digits": load_digits, "seven-points": seven_points}
for _kind, _loader in _IN_SPLITS.items():
    _LOADERS[_kind] = partial(_loader, "test")
    _LOADERS |= {f"{_kind}-{split}": partial(_loader, split) for split in ("test", "train")}

NAMES = tuple(_LOADERS)


def load(name: str) -> Dataset:
    """Load a data set by name.

    Args:
        name: "digits" or "seven-points" (embedded); "mnist-test" or "mnist-train", and likewise
            "fashion-mnist-…" and "kmnist-…". "mnist" is short for the test split, which is large
            enough for every experiment here and six times smaller.

    Raises:
        ValueError: for another name.
        DatasetError: as `load_mnist`.
    """
    return _LOADERS[as_choice(name, "name", NAMES)]()


def book_dataset() -> Dataset:
    """The data set of the chapters: MNIST where SYMTHEORY_DATA holds it, else the embedded digits.

    So `SYMTHEORY_DATA=folder make book` builds the book on MNIST, and `make book` builds it without
    a network. The test split is taken if it is there, else the training split.

    Raises:
        DatasetError: if SYMTHEORY_DATA is set but holds no split whole: a book that fell back to
            the digits would hide the mistake.
    """
    folder = data_folder()
    if folder is None:
        return load_digits()
    for split, files in reversed(FILES.items()):
        if all(find(PUBLISHED["mnist"], file, folder) for file in files):
            return load_mnist(split)
    place = PUBLISHED["mnist"].folders[0]
    names = sorted(path.name for path in folder.iterdir())
    got = f"{', '.join(names[:5])}{', …' if len(names) > 5 else ''}" if names else "nothing"
    raise DatasetError(
        f"Expected the files {' and '.join(FILES['test'])} of MNIST, packed or not, in {folder} or "
        f"its {place}, which {VARIABLE} names. Got a folder without both; it holds "
        f"{got}. Try adding them, or unset {VARIABLE}."
    )

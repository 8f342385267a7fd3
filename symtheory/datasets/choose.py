"""Choosing a data set by name, and the one that the book runs on."""

from __future__ import annotations

from symtheory.datasets.base import Dataset, DatasetError
from symtheory.datasets.digits import load_digits
from symtheory.datasets.mnist import FILES, VARIABLE, data_folder, load_mnist


def load(name: str) -> Dataset:
    """Load a data set by name.

    Args:
        name: "digits" (embedded), "mnist-test" or "mnist-train"; "mnist" is short for the test
            split, which is large enough for every experiment here and six times smaller.

    Raises:
        ValueError: for another name.
        DatasetError: as `load_mnist`.
    """
    if name == "digits":
        return load_digits()
    if name in ("mnist", "mnist-test"):
        return load_mnist("test")
    if name == "mnist-train":
        return load_mnist("train")
    raise ValueError(
        f'Expected "digits", "mnist", "mnist-test" or "mnist-train". Got {name!r}. Try "digits".'
    )


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
    for split in ("test", "train"):
        if all((folder / name).is_file() for name in FILES[split]):
            return load_mnist(split)
    raise DatasetError(
        f"Expected the files {' and '.join(FILES['test'])} in {folder}, which {VARIABLE} names. "
        f"Got a folder without them. Try adding them, or unset {VARIABLE}."
    )

"""Data sets: handwritten digits, MNIST, two circles; pairs of seeds; normalization."""

from symtheory.datasets.base import Dataset, DatasetError
from symtheory.datasets.choose import book_dataset, load
from symtheory.datasets.circles import two_circles
from symtheory.datasets.digits import load_digits
from symtheory.datasets.mnist import fetch_mnist, load_mnist
from symtheory.datasets.preparation import normalize, sample_pairs

__all__ = [
    "Dataset",
    "DatasetError",
    "book_dataset",
    "fetch_mnist",
    "load",
    "load_digits",
    "load_mnist",
    "normalize",
    "sample_pairs",
    "two_circles",
]

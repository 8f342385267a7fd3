"""Data sets: handwritten digits, MNIST and its kin, two circles; pairs of seeds; normalization."""

from symtheory.datasets.arrays import OwnItems, load_items
from symtheory.datasets.base import Dataset, DatasetError
from symtheory.datasets.choose import book_dataset, load
from symtheory.datasets.circles import two_circles
from symtheory.datasets.digits import load_digits
from symtheory.datasets.mnist import fetch, load_fashion_mnist, load_kmnist, load_mnist
from symtheory.datasets.own import load_images
from symtheory.datasets.preparation import normalize, sample_pairs

__all__ = [
    "Dataset",
    "DatasetError",
    "OwnItems",
    "book_dataset",
    "fetch",
    "load",
    "load_digits",
    "load_fashion_mnist",
    "load_images",
    "load_items",
    "load_kmnist",
    "load_mnist",
    "normalize",
    "sample_pairs",
    "two_circles",
]

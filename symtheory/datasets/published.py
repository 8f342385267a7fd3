"""The data sets that are published in MNIST's format: their files, hashes and mirrors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["FASHION_MNIST", "FILES", "KMNIST", "MNIST", "PUBLISHED", "SIZES", "Published"]

# Of every such set: the images and the labels of each split, as they are called once unpacked.
FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}
SIZES = {"train": 60_000, "test": 10_000}
SIDE, CLASSES = 28, 10


@dataclass(frozen=True)
class Published:
    """A data set in MNIST's format.

    Attributes:
        name: As `symtheory.datasets.load` takes it.
        title: For people.
        folders: Where it lies in a folder of data, torchvision's place first.
        mirrors: Where it is downloaded from, packed.
        packed: SHA-256 of the packed files, as published, by the names of the unpacked ones.
        contents: SHA-256 of the unpacked files, however they were packed. Empty where nobody has
            published them; files are then recognized by their size and classes, with a warning.
    """

    name: str
    title: str
    folders: tuple[str, ...]
    mirrors: tuple[str, ...]
    packed: Mapping[str, str]
    contents: Mapping[str, str] = field(default_factory=dict)


def _by_file(*hashes: str) -> dict[str, str]:
    """Four hashes, in the order of `FILES`."""
    return dict(zip((file for files in FILES.values() for file in files), hashes, strict=True))


MNIST = Published(
    "mnist",
    "MNIST",
    ("MNIST/raw", "mnist"),
    (
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ),
    _by_file(
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    ),
    _by_file(
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
)
FASHION_MNIST = Published(
    "fashion-mnist",
    "Fashion-MNIST",
    ("FashionMNIST/raw", "fashion-mnist"),
    ("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",),
    _by_file(
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    ),
    _by_file(
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    ),
)
KMNIST = Published(
    "kmnist",
    "KMNIST",
    ("KMNIST/raw", "kmnist"),
    ("http://codh.rois.ac.jp/kmnist/dataset/kmnist/",),
    _by_file(
        "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
        "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
        "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
        "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
    ),
)
PUBLISHED = {dataset.name: dataset for dataset in (MNIST, FASHION_MNIST, KMNIST)}

"""Images of one's own, from a file of NumPy or from folders of pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from symtheory.datasets.arrays import as_items, read_arrays
from symtheory.datasets.base import DatasetError

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["load_images"]

_PICTURES = {".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"}


def load_images(path: str | Path) -> tuple[np.ndarray, np.ndarray]:
    """Images and their labels.

    Args:
        path: A file ``.npz`` with the arrays `images`, of shape (n, height, width) or (n, height,
            width, channels), and `labels`, n numbers or words; or a folder with one folder for each
            class, named by its label, that holds pictures of one size. Pictures need Pillow. Names
            that begin with a dot are passed over, and so are folders in that of a class.

    Returns:
        Images, float64, of the shape above, those of pictures gray, from 0 to 1, and upright as
        their cameras say; and labels, of shape (n,).

    Raises:
        DatasetError: If there is nothing of the kind, a class has no picture, or a picture cannot
            be read, has another size, is transparent in places, or has more than 16 bits, or
            fractions, which do not say what white is: it is named. Nothing is unpickled.
    """
    try:
        path = Path(path)
    except TypeError:
        raise DatasetError(
            f"Expected the path of a file or of a folder. Got {path!r}. Try 'own.npz'."
        ) from None
    if path.is_dir():
        return _from_folders(path)
    if path.suffix == ".npz" and path.is_file():
        return _from_archive(path)
    raise DatasetError(
        f"Expected a file .npz with images and labels, or a folder of folders of pictures. "
        f"Got {path}{'' if path.exists() else ', which is not there'}. "
        "Try numpy.savez('own.npz', images=images, labels=labels)."
    )


def _from_archive(path: Path) -> tuple[np.ndarray, np.ndarray]:
    arrays = read_arrays(path, ("images", "labels"))
    images, labels = as_items(arrays["images"], "images", path), arrays["labels"]
    if images.ndim not in (3, 4) or labels.shape != images.shape[:1]:
        raise DatasetError(
            "Expected images of shape (n, height, width) or (n, height, width, channels), and n "
            f"labels. Got {images.shape} and {labels.shape} in {path}. Try one label for each."
        )
    return images, labels


def _from_folders(path: Path) -> tuple[np.ndarray, np.ndarray]:
    classes = {folder: _pictures(folder) for folder in _seen(path) if folder.is_dir()}
    if not any(classes.values()):
        raise DatasetError(
            f"Expected a folder for each class in {path}, with pictures in it "
            f"({', '.join(sorted(_PICTURES))}). Got none. Try {path / 'cat' / 'first.png'}."
        )
    for folder, files in classes.items():
        if not files:
            raise DatasetError(
                f"Expected pictures in the folder of each class. Got none in {folder} itself. "
                "Try moving them there, or that folder elsewhere."
            )
    pictures = [(folder.name, file) for folder, files in classes.items() for file in files]
    images: list[np.ndarray] = []
    for _, file in pictures:
        image = _gray(file)
        if images and image.shape != images[0].shape:
            raise DatasetError(
                f"Expected pictures of one size, {images[0].shape} as {pictures[0][1]} has. "
                f"Got {image.shape} in {file}. Try resizing them."
            )
        images.append(image)
    return np.stack(images), np.array([label for label, _ in pictures])


def _pictures(folder: Path) -> list[Path]:
    return [file for file in _seen(folder) if file.suffix.lower() in _PICTURES]


def _seen(folder: Path) -> list[Path]:
    """What is in a folder, but for what systems and editors hide there."""
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _gray(file: Path) -> np.ndarray:
    """A picture from 0 to 1, upright."""
    try:
        from PIL import Image, ImageOps
    except ImportError:
        raise DatasetError(
            "Expected Pillow, to read pictures. Got no such package. Try pip install pillow."
        ) from None
    try:
        with Image.open(file) as picture:
            # Pillow calls 16 bits of a gray PNG "I" in older releases, and "I;16" in newer ones.
            deep = picture.mode.startswith("I;16") or (picture.mode, picture.format) == ("I", "PNG")
            if picture.mode in ("I", "F") and not deep:
                raise _unbounded(file)
            upright = ImageOps.exif_transpose(picture)
            if _is_clear(upright):
                raise _clear(file)
            if deep:  # which convert would clip at 255
                return np.asarray(upright, dtype=np.float64) / 65535
            return np.asarray(upright.convert("L"), dtype=np.float64) / 255
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DatasetError(
            f"Expected a picture that Pillow reads. Got {file}: {error}. Try without it."
        ) from error


def _is_clear(picture: Image.Image) -> bool:
    """Whether what is behind a picture shows somewhere."""
    if picture.mode.startswith("I"):
        return "transparency" in picture.info
    return bool(np.asarray(picture.convert("RGBA"))[..., 3].min() < 255)


def _unbounded(file: Path) -> DatasetError:
    return DatasetError(
        f"Expected pictures of 8 or 16 bits, from black to white. Got {file}, of numbers that do "
        "not say what white is. Try numpy.savez('own.npz', images=images, labels=labels)."
    )


def _clear(file: Path) -> DatasetError:
    return DatasetError(
        f"Expected pictures that cover what is behind them. Got {file}, which is transparent in "
        "places: its gray depends on the ground. "
        "Try pasting it on black or on white, and saving that."
    )

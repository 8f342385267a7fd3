"""Images of one's own, from a file of NumPy or from folders of pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from symtheory.datasets.arrays import as_items, read_arrays
from symtheory.datasets.base import DatasetError

__all__ = ["load_images"]

_PICTURES = {".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"}


def load_images(path: str | Path) -> tuple[np.ndarray, np.ndarray]:
    """Images and their labels.

    Args:
        path: A file ``.npz`` with the arrays `images`, of shape (n, height, width) or (n, height,
            width, channels), and `labels`, n numbers or words; or a folder with one folder for each
            class, named by its label, that holds pictures of one size. Pictures need Pillow.

    Returns:
        Images, float64, of the shape above, those of pictures gray and from 0 to 1; and labels, of
        shape (n,).

    Raises:
        DatasetError: If there is nothing of the kind, or a picture cannot be read or has another
            size: it is named. Nothing is unpickled.
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
    pictures = [
        (folder.name, file)
        for folder in sorted(path.iterdir())
        if folder.is_dir()
        for file in sorted(folder.iterdir())
        if file.suffix.lower() in _PICTURES
    ]
    if not pictures:
        raise DatasetError(
            f"Expected a folder for each class in {path}, with pictures in it "
            f"({', '.join(sorted(_PICTURES))}). Got none. Try {path / 'cat' / 'first.png'}."
        )
    try:
        from PIL import Image
    except ImportError:
        raise DatasetError(
            "Expected Pillow, to read pictures. Got no such package. Try pip install pillow."
        ) from None
    images: list[np.ndarray] = []
    for _, file in pictures:
        try:
            with Image.open(file) as picture:
                image = np.asarray(picture.convert("L"), dtype=np.float64) / 255
        except (OSError, ValueError, Image.DecompressionBombError) as error:
            raise DatasetError(
                f"Expected a picture that Pillow reads. Got {file}: {error}. Try without it."
            ) from error
        if images and image.shape != images[0].shape:
            raise DatasetError(
                f"Expected pictures of one size, {images[0].shape} as {pictures[0][1]} has. "
                f"Got {image.shape} in {file}. Try resizing them."
            )
        images.append(image)
    return np.stack(images), np.array([label for label, _ in pictures])

"""The patches under a filter, and images as weighted bags of different ones.

Most patches of a digit are background, and all transforms of an image by whole-pixel shifts have
the same patches in other places. A kernel that averages over places need not tell equal patches
apart: they are merged exactly, by comparing bits, and counted.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

__all__ = [
    "ROUNDING",
    "Bags",
    "Padding",
    "collect_bags",
    "filter_taps",
    "separate_bags",
    "take_patches",
]

Padding = Literal["circular", "zero"]

# Numbers of classes are rounded up to multiples of this, so that few sizes have to be compiled.
ROUNDING = 64


class Bags(NamedTuple):
    """Images as bags of receptive fields, equal ones merged.

    Attributes:
        patches: The different patches of each bag, array of shape (bags, classes, taps · channels).
        links: For each layer after the first, the classes of the layer before that a filter sees at
            one place of each class: shape (bags, classes, taps). The number of classes there stands
            for what lies outside the image.
        weights: The fraction of places that the last classes cover, of shape (bags, classes), zero
            for classes that only fill up the array.
        bag_of: The bag of each image, of shape (n,).
    """

    patches: NDArray[np.float64] | Array
    links: tuple[NDArray[np.intp], ...]
    weights: NDArray[np.float64]
    bag_of: NDArray[np.intp]


def filter_taps(
    image_shape: tuple[int, int], filter_shape: tuple[int, int], padding: Padding
) -> NDArray[np.intp]:
    """The pixels under a filter at each place, of shape (pixels, taps).

    With zero padding the number of pixels stands for a place outside the image.
    """
    height, width = image_shape
    rows, columns = np.mgrid[:height, :width]
    down, right = (np.arange(size) - size // 2 for size in filter_shape)
    row = rows[:, :, None, None] + down[:, None]
    column = columns[:, :, None, None] + right
    taps = (row % height) * width + column % width
    if padding == "zero":
        inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
        taps = np.where(inside, taps, height * width)
    return taps.reshape(height * width, -1)


def take_patches(images: Array, taps: NDArray[np.intp] | Array) -> Array:
    """All patches of images of shape (n, pixels, channels): (n, pixels, taps · channels)."""
    padded = jnp.pad(images, ((0, 0), (0, 1), (0, 0)))  # what lies outside is zero
    return padded[:, jnp.asarray(taps)].reshape(len(images), len(taps), -1)


def collect_bags(images: NDArray[np.float64], taps: NDArray[np.intp], depth: int) -> Bags:
    """The bags of images of shape (n, pixels, channels), for a network of some convolutions."""
    n, places = len(images), len(taps)
    padded = np.pad(images, ((0, 0), (0, 1), (0, 0)))  # what lies outside is zero
    patches = padded + 0.0  # the two zeros of floating point are one number
    content, ids = _distinct(patches[:, taps].reshape(n * places, -1))
    layers = [ids.reshape(n, places)]
    for _ in range(depth - 1):
        outside = np.full((n, 1), -1)
        seen = np.concatenate([layers[-1], outside], axis=1)[:, taps]
        layers.append(_distinct(seen.reshape(n * places, -1))[1].reshape(n, places))

    last = [np.unique(image, return_counts=True) for image in layers[-1]]
    keys = [classes.tobytes() + counts.tobytes() for classes, counts in last]
    number = {key: k for k, key in enumerate(dict.fromkeys(keys))}
    bag_of = np.array([number[key] for key in keys])
    chosen = [keys.index(key) for key in number]  # one image for each bag

    sizes = [_round_up(max(len(np.unique(layer[i])) for i in chosen)) for layer in layers]
    all_patches = np.zeros((len(chosen), sizes[0], content.shape[1]))
    links = [np.zeros((len(chosen), size, taps.shape[1]), dtype=np.intp) for size in sizes[1:]]
    weights = np.zeros((len(chosen), sizes[-1]))
    for bag, i in enumerate(chosen):
        classes, local = np.unique(layers[0][i], return_inverse=True)
        all_patches[bag, : len(classes)] = content[classes]
        for level, layer in enumerate(layers[1:]):
            _, place, above = np.unique(layer[i], return_index=True, return_inverse=True)
            below = np.append(local, sizes[level])  # what lies outside has no class
            links[level][bag, : len(place)] = below[taps[place]]
            local = above
        counts = last[i][1]
        weights[bag, : len(counts)] = counts / places
    return Bags(all_patches, tuple(links), weights, bag_of)


def separate_bags(images: Array, taps: NDArray[np.intp], depth: int) -> Bags:
    """Bags in which nothing is merged, for images whose values are not known while compiling."""
    n, places = len(images), len(taps)
    links = np.broadcast_to(taps, (n, *taps.shape))
    weights = np.full((n, places), 1 / places)
    return Bags(take_patches(images, taps), (links,) * (depth - 1), weights, np.arange(n))


def _distinct(rows: NDArray) -> tuple[NDArray, NDArray[np.intp]]:
    """The different rows, by their bits, and which of them each row is."""
    rows = np.ascontiguousarray(rows)
    raw = rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1])))[:, 0]
    _, first, inverse = np.unique(raw, return_index=True, return_inverse=True)
    return rows[first], inverse


def _round_up(size: int) -> int:
    return -(-size // ROUNDING) * ROUNDING

"""The kernel of infinitely wide convolutional ReLU networks."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import ArrayLike

from symtheory._checks import as_choice, as_sizes, has_values, in_shape, on_host
from symtheory._pytrees import in_precision, pytree, settle
from symtheory.ntk.convolution import Average, Filter, Layer, first_layer, next_layer, read_out
from symtheory.ntk.images import as_images
from symtheory.ntk.patches import (
    Bags,
    Padding,
    collect_bags,
    filter_taps,
    separate_bags,
    take_patches,
)
from symtheory.ntk.relu import safe_sqrt
from symtheory.ntk.settings import network_settings

__all__ = ["MEMORY_GIB", "CNNKernel"]

MEMORY_GIB = 2.0  # what the arrays of one call may take besides its arguments and its result
_ARRAYS = 16  # of the size of all pairs of places that live at one time, at most
_PAIRS_PER_STEP = 64  # pairs of images between two steps of the progress bar


@pytree("weight_std", "bias_std")
@dataclass(frozen=True)
class CNNKernel:
    """The kernel of an infinitely wide convolutional ReLU network with one output.

    Each of `depth` layers convolves (stride 1, the image keeps its size) and applies a ReLU. The
    readout is one linear layer: on all features of all places (`pooling="none"`; Novak et al. 2019
    call it CNN-VEC), or on their averages over places (`"global"`, CNN-GAP). Weights and biases are
    scaled as in `MLPKernel`, with filter size times channels as fan-in.

    Without pooling only equal places of two images are ever compared, and the kernel costs about as
    much as that of a fully connected network. With pooling all pairs of places are; equal patches
    are merged first, images with equal bags of patches are computed once, and pairs of images are
    taken one at a time. Working memory stays within 2 GiB; a progress bar appears on a terminal
    when it takes more than a few seconds.

    Attributes:
        depth: The number of convolutions, at least 1.
        filter_shape: Height and width of the filters, both odd.
        pooling: ``"none"`` for a dense readout, ``"global"`` for global average pooling before it.
        padding: What a filter sees beyond the border: ``"circular"``, the opposite border, or
            ``"zero"``.
        weight_std: σ_w, of every layer.
        bias_std: σ_b, of every layer.
        kind: ``"ntk"`` or ``"nngp"``, as for `MLPKernel`.

    Raises:
        ValueError: If an attribute is out of range.
    """

    depth: int = 1
    filter_shape: tuple[int, int] = (3, 3)
    pooling: Literal["none", "global"] = "none"
    padding: Padding = "circular"
    weight_std: float = 1.0
    bias_std: float = 0.0
    kind: Literal["ntk", "nngp"] = "ntk"

    def __post_init__(self) -> None:
        """Check the attributes."""
        as_choice(self.pooling, "pooling", ("none", "global"))
        as_choice(self.padding, "padding", ("circular", "zero"))
        filter_shape = as_sizes(self.filter_shape, "filter_shape", length=2)
        if any(side % 2 == 0 for side in filter_shape):
            raise ValueError(f"Expected filters of odd sides. Got {filter_shape}. Try (3, 3).")
        settle(
            self,
            **network_settings(
                self.depth, "convolutions", self.weight_std, self.bias_std, self.kind
            ),
            filter_shape=filter_shape,
        )

    def __call__(self, x: ArrayLike | Array, y: ArrayLike | Array | None = None) -> Array:
        """The kernel between images x, of shape (n, height, width[, channels]), and y: (n, n').

        Raises:
            ValueError: If they are not images of one shape, smaller than the filters, or too large
                for the memory that is allowed.
        """
        x, y = as_images(x, y)
        height, width = x.shape[1:3]
        if self.filter_shape[0] > height or self.filter_shape[1] > width:
            raise ValueError(
                f"Expected filters no larger than images, {height}×{width}. "
                f"Got {self.filter_shape[0]}×{self.filter_shape[1]}. "
                "Try larger images, or filter_shape=(1, 1)."
            )
        if not len(x) or (y is not None and not len(y)):
            return jnp.zeros((len(x), len(x if y is None else y)), x.dtype)
        taps = filter_taps((height, width), self.filter_shape, self.padding)
        compute = _dense if self.pooling == "none" else _pooled
        kernel = in_precision(self, x.dtype)
        return compute(_flat(x), None if y is None else _flat(y), taps, kernel)


def _flat(x: Array) -> Array:
    """Images as (n, pixels, channels)."""
    return in_shape(x, (len(x), x.shape[1] * x.shape[2], x.shape[3]))


@jax.jit
def _unit_patches(patches: Array, kernel: CNNKernel) -> tuple[Array, Array]:
    """Unit vectors along patches with a bias coordinate, and their squared norms.

    Patches are (..., places, taps), vectors (taps + 1, ..., places), norms (..., places).
    """
    weights = kernel.weight_std / math.sqrt(patches.shape[-1]) * patches
    bias = jnp.broadcast_to(kernel.bias_std, (*patches.shape[:-1], 1)).astype(patches.dtype)
    norm = jnp.sum(jnp.square(weights), axis=-1) + jnp.square(bias[..., 0])
    root = safe_sqrt(norm)[..., None]
    unit = jnp.concatenate([weights, bias], axis=-1) / jnp.where(root > 0, root, 1.0)
    return jnp.moveaxis(unit, -1, 0), norm


def _take(values: Array, places: Array, axis: int) -> Array:
    """Values at places along an axis, none of them outside or counted from the end."""
    return jnp.take(values, places, axis=axis, mode="clip")


def _sum_over(taps: Any, values: Callable[[Any], Array], start: Array) -> Array:
    """The sum of start and of values at each of the taps, which lie on the first axis.

    It stays a loop where it is compiled. Written out, it would be merged with what computes the
    values there are to take, and newer versions of JAX then compute them anew for each tap.
    """
    total, _ = jax.lax.scan(lambda total, tap: (total + values(tap), None), start, taps)
    return total


def _deeper(layer: Layer, filters: list[Filter], kernel: CNNKernel) -> Layer:
    for taps in filters:
        layer = next_layer(layer, taps, jnp.square(kernel.weight_std), jnp.square(kernel.bias_std))
    return layer


def _read_out(layer: Layer, average: Average, kernel: CNNKernel) -> Array:
    w_squared, b_squared = jnp.square(kernel.weight_std), jnp.square(kernel.bias_std)
    return read_out(layer, average, w_squared, b_squared, kernel.kind)


# Dense readout: pairs of equal places.


def _dense(x: Array, y: Array | None, taps: np.ndarray, kernel: CNNKernel) -> Array:
    pixels = len(taps)
    columns = max(1, int(MEMORY_GIB * 2**30 / (8 * pixels * _ARRAYS)))
    y = x if y is None else y
    blocks = [
        _dense_block(x, y[start : start + columns], taps, kernel)
        for start in range(0, len(y), columns)
    ]
    return blocks[0] if len(blocks) == 1 else jnp.concatenate(blocks, axis=1)


@jax.jit
def _dense_block(x: Array, y: Array, taps: Array, kernel: CNNKernel) -> Array:
    x_unit, x_norm = _unit_patches(take_patches(x, taps), kernel)
    y_unit, y_norm = _unit_patches(take_patches(y, taps), kernel)

    def average(values: Array) -> Array:
        padded = jnp.concatenate([values, jnp.zeros_like(values[..., :1])], axis=-1)
        total = _sum_over(
            taps.T, lambda places: _take(padded, places, axis=-1), jnp.zeros_like(values)
        )
        return total / taps.shape[1]

    filters = [Filter(average, average, lambda gap, *_: average(gap), average)] * (kernel.depth - 1)

    def row(image: tuple[Array, Array]) -> Array:
        layer = _deeper(first_layer(image[0][:, None], y_unit, image[1], y_norm), filters, kernel)
        return _read_out(layer, partial(jnp.mean, axis=-1), kernel)

    return jax.lax.map(row, (jnp.swapaxes(x_unit, 0, 1), x_norm))


# Global average pooling: all pairs of places, equal ones merged.


def _pooled(x: Array, y: Array | None, taps: np.ndarray, kernel: CNNKernel) -> Array:
    images = [x] if y is None else [x, y]
    if has_values(*images):
        bags = collect_bags(np.concatenate(images), taps, kernel.depth)
    else:
        bags = separate_bags(jnp.concatenate(images), taps, kernel.depth)
    classes = max(bags.patches.shape[1], bags.weights.shape[1])
    needed = 8 * classes**2 * _ARRAYS / 2**30
    if needed > MEMORY_GIB:
        raise ValueError(
            f"Expected images with so few different patches that all pairs of them fit in "
            f"{MEMORY_GIB:g} GiB. Got up to {classes}, which take {needed:.1f}. "
            "Try smaller images."
        )
    rows = bags.bag_of[: len(x)]
    columns = rows if y is None else bags.bag_of[len(x) :]
    # The kernel is symmetric, and bags that occur more than once are one bag.
    wanted = np.sort(np.stack(np.broadcast_arrays(rows[:, None], columns), axis=-1), axis=-1)
    pairs, where = np.unique(wanted.reshape(-1, 2), axis=0, return_inverse=True)
    values = _pooled_pairs(bags, pairs, x.dtype, kernel)
    return jnp.asarray(on_host(values)[where.reshape(wanted.shape[:2])])


def _pooled_pairs(bags: Bags, pairs: np.ndarray, dtype: jnp.dtype, kernel: CNNKernel) -> Array:
    """The kernel of pairs of bags, of shape (pairs,)."""
    from tqdm import tqdm  # here, so that the command line starts without it

    unit, norm = _unit_patches(jnp.asarray(bags.patches, dtype=dtype), kernel)
    arrays = (jnp.swapaxes(unit, 0, 1), norm, bags.links, jnp.asarray(bags.weights, dtype))
    steps = range(0, len(pairs), _PAIRS_PER_STEP)
    values = []
    # Only where it takes long, and only on a terminal.
    for start in tqdm(steps, desc="pooled kernel", unit="step", delay=3, disable=None):
        chunk = pairs[start : start + _PAIRS_PER_STEP]
        filled = np.resize(chunk, (min(_PAIRS_PER_STEP, len(pairs)), 2))  # one size to compile
        values.append(_pooled_step(arrays, jnp.asarray(filled), kernel)[: len(chunk)])
    return jnp.concatenate(values)


@jax.jit
def _pooled_step(
    arrays: tuple[Array, Array, tuple[Array, ...], Array], pairs: Array, kernel: CNNKernel
) -> Array:
    def pair(indices: Array) -> Array:
        (x_unit, x_norm, x_links, x_weights), (y_unit, y_norm, y_links, y_weights) = (
            jax.tree.map(itemgetter(index), arrays) for index in indices
        )
        layer = first_layer(x_unit[:, :, None], y_unit[:, None], x_norm[:, None], y_norm)
        filters = [_merged_filter(*links) for links in zip(x_links, y_links, strict=True)]
        layer = _deeper(layer, filters, kernel)

        def mean(values: Array) -> Array:
            # A sum, not a product of matrices, so that the pairs need not be stored.
            return jnp.sum(values * y_weights * x_weights[:, None])

        return _read_out(layer, mean, kernel)

    return jax.lax.map(pair, pairs)


def _merged_filter(x_links: Array, y_links: Array) -> Filter:
    """A filter over classes; one more row and column stand for what lies outside the images."""
    taps = x_links.shape[1]

    def over(links: Array, axis: int) -> Average:
        def average(norm: Array) -> Array:
            padded = jnp.append(norm.ravel(), 0.0)
            return jnp.expand_dims(padded[links].mean(axis=1), axis)

        return average

    def pairs(values: Array, right: Array | float = 0.0, below: Array | float = 0.0) -> Array:
        column = jnp.broadcast_to(right, (values.shape[0], 1))
        row = jnp.broadcast_to(below, (1, values.shape[1]))
        corner = jnp.zeros((1, 1), dtype=values.dtype)
        padded = jnp.block([[values, column], [row, corner]])
        total = jnp.zeros((len(x_links), len(y_links)), dtype=values.dtype)

        def tap(places: tuple[Array, Array]) -> Array:
            return _take(_take(padded, places[0], axis=0), places[1], axis=1)

        return _sum_over((x_links.T, y_links.T), tap, total) / taps

    return Filter(over(x_links, 1), over(y_links, 0), pairs, pairs)

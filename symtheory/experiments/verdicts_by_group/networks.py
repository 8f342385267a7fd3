"""The architectures: closed forms for the verdict, and small networks that are trained."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from symtheory.experiments.verdicts_by_group.problems import CLASSES, Problem
from symtheory.kernels import Kernel, gram
from symtheory.networks import MLP, ViT
from symtheory.networks.cnn import convolve
from symtheory.networks.dense import Dense
from symtheory.networks.items import as_image
from symtheory.networks.parametrization import STANDARD, draw_layer
from symtheory.networks.vit import Normalization
from symtheory.ntk import AttentionKernel, CNNKernel, GroupCNNKernel, MLPKernel
from symtheory.orbit_gram import orbit_gram

__all__ = ["QUARTER_TURNS", "RATES", "SmallCNN", "closed_form", "gram_of", "is_defined", "network"]

# Of Adam: such that some hundred steps are enough to fit the items.
RATES = {
    "mlp-1": 2e-3,
    "mlp-3": 2e-3,
    "cnn-dense": 4e-3,
    "cnn-pooled": 1e-2,
    "cnn-p4": 1e-2,
    "attention": 4e-3,
}
# Elements by 0, 90, 180 and 270°, of eight rotations and of the symmetries of a square alike.
QUARTER_TURNS = {"rotations": (0, 2, 4, 6), "square": (0, 2, 4, 6)}
_HIDDEN = 128
# Of the two layers; with filters in four orientations, of each orientation.
_CHANNELS = {"cnn-dense": (16, 16), "cnn-pooled": (16, 32), "cnn-p4": (6, 16)}


def is_defined(architecture: str, group: str) -> bool:
    """Whether there is such a network of the items that a group acts on: lists have no turns."""
    return not (architecture == "cnn-p4" and group == "permutations")


def closed_form(architecture: str, *, lists: bool) -> Kernel:
    """The kernel of the infinitely wide network; of attention, that of the nearest kin.

    Args:
        architecture: Its name.
        lists: Whether items are lists of points: filters and patches are single points then.
    """
    if architecture in ("mlp-1", "mlp-3"):
        return MLPKernel(depth=int(architecture[-1]))
    if architecture == "attention":
        return AttentionKernel(patch_shape=(1, 1) if lists else (2, 2))
    if architecture == "cnn-p4":
        return GroupCNNKernel("p4", depth=2)
    return CNNKernel(
        depth=2,
        filter_shape=(1, 1) if lists else (3, 3),
        pooling="global" if architecture == "cnn-pooled" else "none",
    )


def gram_of(architecture: str, group: str, problem: Problem) -> np.ndarray:
    """The Gram matrix of all items, by the closed form.

    The kernel with filters in four orientations is the pooled one, averaged over quarter turns of
    one argument (see `GroupCNNKernel`). Where these are among the poses, and exact, the matrix of
    the pooled one has all that is needed.

    Returns:
        Shape (m|G|, m|G|), seed-major.
    """
    lists = group == "permutations"
    by_average = architecture == "cnn-p4" and group in QUARTER_TURNS
    kernel = closed_form("cnn-pooled" if by_average else architecture, lists=lists)
    if architecture == "attention" and group == "shifts":
        # Moved by less than a patch, an image has other patches: nothing is left out.
        return np.array(gram(kernel, problem.orbits))
    matrix = np.asarray(orbit_gram(kernel, problem.orbits, problem.action))
    if not by_average:
        return matrix
    m, order = problem.orbits.shape[:2]
    turned = problem.action.group.table[list(QUARTER_TURNS[group])]  # qh for all turns q and h
    mean = matrix.reshape(m, order, m, order)[..., turned].mean(axis=-2)
    return np.asarray(mean.reshape(matrix.shape))


def network(architecture: str, key: Array, item_shape: tuple[int, ...]) -> Any:
    """A small network, drawn.

    Args:
        architecture: Its name.
        key: From `jax.random.key`.
        item_shape: (side, side) of images; (4, 1, 2) of lists of points.
    """
    lists = len(item_shape) == 3
    if architecture in ("mlp-1", "mlp-3"):
        hidden = int(architecture[-1]) * [_HIDDEN]
        return MLP(int(np.prod(item_shape)), *hidden, CLASSES, key=key)
    if architecture == "attention":
        patch = 1 if lists else 2
        model = ViT(item_shape, patch=patch, width=32, depth=1, hidden=64, outputs=CLASSES, key=key)
        # Normalized, a point would keep no more than which of its two coordinates is larger.
        return eqx.tree_at(lambda vit: vit.before_embed, model, eqx.nn.Identity())
    return SmallCNN(architecture, item_shape, 1 if lists else 3, key=key)


class SmallCNN(eqx.Module):
    """Two convolutions with circular padding, each with ReLU, and a linear readout.

    Of all features at all places ("cnn-dense"), of their means over places ("cnn-pooled"), or of
    their means over places and orientations, where each filter is applied in four orientations and
    the second one sees the four of the first ("cnn-p4", Cohen and Welling 2016).

    Attributes:
        first: Filters, of shape (size, size, inputs, channels).
        second: Of shape (size, size, channels, channels), or with orientations of what comes in
            (size, size, 4, channels, channels).
        biases: Of the two layers, of shape (channels,).
        normalize: Of the features that are read out: means over places differ little.
        readout: To the outputs.
        architecture: Its name.
        item_shape: Of what it takes.
    """

    first: Array
    second: Array
    biases: tuple[Array, Array]
    normalize: Normalization
    readout: Dense
    architecture: str = eqx.field(static=True)
    item_shape: tuple[int, ...] = eqx.field(static=True)

    def __init__(
        self, architecture: str, item_shape: tuple[int, ...], size: int, *, key: Array
    ) -> None:
        """Draw a network with filters of ``size`` by ``size``, an odd number."""
        height, width, inputs = (*item_shape, 1)[:3]
        channels, last = _CHANNELS[architecture]
        orientations = (4,) if architecture == "cnn-p4" else ()
        shape = (size, size, *orientations, channels, last)
        keys = jax.random.split(key, 3)
        fan_in = size * size * inputs
        self.first, bias, _, _ = draw_layer(
            STANDARD, keys[0], (size, size, inputs, channels), channels, fan_in
        )
        self.second, other, _, _ = draw_layer(
            STANDARD, keys[1], shape, last, int(np.prod(shape[:-1]))
        )
        self.biases = bias, other
        features = last if architecture != "cnn-dense" else height * width * last
        self.normalize = Normalization(features)
        self.readout = Dense(features, CLASSES, key=keys[2])
        self.architecture, self.item_shape = architecture, item_shape

    def __call__(self, x: Array, *, key: Array | None = None) -> Array:
        """The outputs for one item, of shape (5,)."""
        features = as_image(x, self.item_shape, self.first.dtype)
        filters, copies = (self.first, self.second), 1
        if self.architecture == "cnn-p4":
            filters, copies = _in_four_orientations(*filters), 4
        for weight, bias in zip(filters, self.biases, strict=True):
            features = jax.nn.relu(_convolve(features, weight) + jnp.tile(bias, copies))
        if self.architecture == "cnn-dense":
            return self.readout(self.normalize(features.reshape(-1)))
        means = features.mean(axis=(0, 1)).reshape(copies, -1).mean(axis=0)
        return self.readout(self.normalize(means))


def _in_four_orientations(first: Array, second: Array) -> tuple[Array, Array]:
    """Filters of an ordinary network whose channels are those of four orientations, in turn."""
    lifted = [jnp.rot90(first, r) for r in range(4)]
    # A turn of the image turns the maps and moves each on to the next orientation.
    moved = [jnp.rot90(jnp.roll(second, r, axis=2), r) for r in range(4)]
    size, channels = len(second), second.shape[-1]
    flat = [one.reshape(size, size, -1, channels) for one in moved]
    return jnp.concatenate(lifted, axis=-1), jnp.concatenate(flat, axis=-1)


def _convolve(x: Array, weight: Array) -> Array:
    """A convolution with circular padding: (height, width, inputs) to (height, width, outputs)."""
    margin = len(weight) // 2
    return convolve(jnp.pad(x, ((margin, margin), (margin, margin), (0, 0)), mode="wrap"), weight)

"""The kernel of infinitely wide transformers, in the limit in which attention has a closed form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Literal, NamedTuple

import jax
import jax.numpy as jnp
from jax import Array
from numpy.typing import ArrayLike

from symtheory._checks import as_choice, as_number, as_sizes
from symtheory._pytrees import in_precision, pytree, settle
from symtheory.ntk.images import as_images
from symtheory.ntk.relu import Activation, relu, safe_sqrt
from symtheory.ntk.settings import network_settings

__all__ = ["AttentionKernel"]


@pytree("positional_std", "attention_scale", "weight_std", "bias_std")
@dataclass(frozen=True)
class AttentionKernel:
    """The kernel of an infinitely wide vision transformer with one output.

    The image is cut into patches, each embedded linearly; a random vector for each place, the
    positional encoding, is added. Each of `depth` blocks is a self-attention of infinitely many
    heads and a ReLU. The readout is linear, on the average over patches or on all of them.

    *What limit this is.* Queries and keys are one and the same random projection, and their inner
    products are divided by the dimension, not by its square root (linear scaling: Hron et al.
    2020). As that dimension grows, attention becomes a deterministic function of the input,
    softmax(τ Σ(x, x)), and the network a Gaussian process. *What it is not.* With the usual scaling
    and independent queries and keys the attention stays random, and no closed form is known; nor do
    this network's attention weights learn, nor has it residual connections or layer norms.

    Attributes:
        depth: The number of attention blocks, at least 1.
        patch_shape: Height and width of a patch, which divide those of the image.
        positional_std: Standard deviation of the positional encoding; 0 for none, where the network
            sees a bag of patches.
        attention_scale: τ, the factor of the inner products in the softmax.
        pooling: ``"global"`` for the average over patches, ``"none"`` for a dense readout.
        weight_std: σ_w, of the embedding, of values, of the projection after attention, and of the
            readout.
        bias_std: σ_b, of the embedding, the projection and the readout.
        kind: ``"ntk"`` or ``"nngp"``.

    Raises:
        ValueError: If an attribute is out of range.
    """

    depth: int = 1
    patch_shape: tuple[int, int] = (4, 4)
    positional_std: float = 1.0
    attention_scale: float = 1.0
    pooling: Literal["none", "global"] = "global"
    weight_std: float = 1.0
    bias_std: float = 0.0
    kind: Literal["ntk", "nngp"] = "ntk"

    def __post_init__(self) -> None:
        """Check the attributes."""
        as_choice(self.pooling, "pooling", ("none", "global"))
        settle(
            self,
            **network_settings(self.depth, "blocks", self.weight_std, self.bias_std, self.kind),
            patch_shape=as_sizes(self.patch_shape, "patch_shape", length=2),
            positional_std=as_number(self.positional_std, "positional_std", minimum=0.0),
            attention_scale=as_number(self.attention_scale, "attention_scale"),
        )

    def __call__(self, x: ArrayLike | Array, y: ArrayLike | Array | None = None) -> Array:
        """The kernel between images x, of shape (n, height, width[, channels]), and y: (n, n').

        Raises:
            ValueError: If they are not images of one shape, or patches do not tile them.
        """
        x, other = as_images(x, y)
        y = x if other is None else other
        height, width = x.shape[1:3]
        if height % self.patch_shape[0] or width % self.patch_shape[1]:
            raise ValueError(
                f"Expected patches that tile images of {height}×{width}. "
                f"Got {self.patch_shape[0]}×{self.patch_shape[1]}. Try padding the images."
            )
        if not len(x) or not len(y):
            return jnp.zeros((len(x), len(y)), x.dtype)
        return _gram(x, y, in_precision(self, x.dtype), other is None)


class _Scales(NamedTuple):
    """Numbers that a network is scaled by: variances, and τ."""

    weight: Array
    bias: Array
    position: Array
    attention: Array


class _Image(NamedTuple):
    """What an image by itself determines, of shape (images, …) for several.

    Attributes:
        tokens: Patches as vectors, of shape (P, pixels · channels).
        attentions: softmax(τ Σ(x, x)) of each block, of shape (P, P).
        norms: The diagonal of Σ(x, x) after attention in each block, of shape (P,).
    """

    tokens: Array
    attentions: tuple[Array, ...]
    norms: tuple[Array, ...]


@partial(jax.jit, static_argnames="same")
def _gram(x: Array, y: Array, kernel: AttentionKernel, same: bool) -> Array:
    """The kernel of images. Compiled once for all standard deviations and τ."""
    stds = kernel.weight_std, kernel.bias_std, kernel.positional_std
    weight, bias, position = (jnp.square(std) for std in stds)
    scales = _Scales(weight, bias, position, jnp.asarray(kernel.attention_scale))
    alone = partial(_alone, scales, kernel.depth)
    x_images, y_images = (jax.vmap(alone)(_tokens(images, kernel.patch_shape)) for images in (x, y))

    def row(image: _Image) -> Array:
        covariance, tangent = jax.vmap(partial(_together, scales, image))(y_images)
        values = covariance + tangent if kernel.kind == "ntk" else covariance
        values = values if kernel.pooling == "global" else jnp.diagonal(values, axis1=-2, axis2=-1)
        return scales.weight * values.reshape(len(y), -1).mean(axis=-1) + scales.bias

    matrix = jax.lax.map(row, x_images)
    return (matrix + matrix.T) / 2 if same else matrix  # symmetric to the last bit


def _tokens(images: Array, patch_shape: tuple[int, int]) -> Array:
    """Patches as vectors, of shape (n, P, pixels · channels)."""
    n, height, width = images.shape[:3]
    down, right = patch_shape
    cut = images.reshape(n, height // down, down, width // right, right, -1)
    return jnp.moveaxis(cut, 2, 3).reshape(n, (height // down) * (width // right), -1)


def _alone(scales: _Scales, depth: int, tokens: Array) -> _Image:
    covariance = _embed(scales, tokens, tokens)
    attentions, norms = [], []
    for _ in range(depth):
        attention = jax.nn.softmax(scales.attention * covariance, axis=-1)
        attended = _attend(scales, attention, covariance, attention)
        attentions.append(attention)
        norms.append(jnp.diag(attended))
        covariance = _relu(attended, norms[-1], norms[-1]).covariance
    return _Image(tokens, tuple(attentions), tuple(norms))


def _together(scales: _Scales, x: _Image, y: _Image) -> tuple[Array, Array]:
    """Σ and Θ̇Θ of the features before the readout, for all pairs of patches: (P, P) each."""
    covariance = tangent = _embed(scales, x.tokens, y.tokens)
    for x_attention, y_attention, x_norm, y_norm in zip(
        x.attentions, y.attentions, x.norms, y.norms, strict=True
    ):
        covariance = _attend(scales, x_attention, covariance, y_attention)
        # Values and projection are two layers of weights; each adds the covariance once.
        moved = _attend(scales, x_attention, tangent, y_attention)
        tangent = moved + 2 * (covariance - scales.bias)
        features = _relu(covariance, x_norm, y_norm)
        covariance, tangent = features.covariance, tangent * features.slope
    return covariance, tangent


def _embed(scales: _Scales, x: Array, y: Array) -> Array:
    """Σ(x, x') of embedded patches with their positional encodings, of shape (P, P)."""
    covariance = scales.weight / x.shape[-1] * (x @ y.T) + scales.bias
    return covariance + scales.position * jnp.eye(len(x), dtype=x.dtype)


def _attend(scales: _Scales, left: Array, values: Array, right: Array) -> Array:
    return jnp.square(scales.weight) * (left @ values @ right.T) + scales.bias


def _relu(covariance: Array, x_norm: Array, y_norm: Array) -> Activation:
    x_root, y_root = safe_sqrt(x_norm)[:, None], safe_sqrt(y_norm)
    scale = x_root * y_root
    positive = scale > 0
    versine = 1 - jnp.where(positive, covariance / jnp.where(positive, scale, 1.0), 1.0)
    # A few units of rounding are no angle: a square root would make 10⁻⁸ of them.
    rounding = 16 * jnp.finfo(covariance.dtype).eps
    return relu(x_root, y_root, jnp.clip(jnp.where(versine < rounding, 0.0, versine), 0.0, 2.0))

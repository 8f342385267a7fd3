"""A small vision transformer: patches of the image that attend to one another."""

from __future__ import annotations

from collections.abc import Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array
from numpy.typing import ArrayLike, DTypeLike

from symtheory._checks import as_image_shape, as_sizes
from symtheory.networks.dense import Dense
from symtheory.networks.items import as_image
from symtheory.networks.parametrization import STANDARD, Parametrization, as_parametrization

__all__ = ["EPSILON", "POSITION_STD", "Block", "Normalization", "ViT"]

# Of learned positions at the start: that of fixed waves, about as large as the tokens.
POSITION_STD = 0.7
EPSILON = 1e-5  # added to a variance before its root is divided by


class Normalization(eqx.Module):
    """Layer normalization: zero mean and unit variance over the last axis, then scale and shift.

    Attributes:
        scale: Of shape (width,), at first all ones.
        shift: Of shape (width,), at first all zeros.
    """

    scale: Array
    shift: Array

    def __init__(self, width: int, *, dtype: DTypeLike = jnp.float32) -> None:
        """Make a layer for vectors of ``width`` entries."""
        self.scale = jnp.ones(width, jnp.dtype(dtype))
        self.shift = jnp.zeros(width, jnp.dtype(dtype))

    def __call__(self, x: Array) -> Array:
        """Normalize x, of shape (..., width)."""
        centered = x - jnp.mean(x, axis=-1, keepdims=True)
        variance = jnp.mean(jnp.square(centered), axis=-1, keepdims=True)
        return centered * jax.lax.rsqrt(variance + EPSILON) * self.scale + self.shift


class Block(eqx.Module):
    """Self-attention and a two-layer network, each after a normalization and added to its input.

    Attributes:
        before_attention: Normalization.
        queries: From a token to the queries of all heads.
        keys: From a token to the keys of all heads.
        values: From a token to the values of all heads.
        merge: From the heads' outputs back to a token.
        before_mlp: Normalization.
        mlp: Two layers, with GELU between.
        heads: How many attend side by side.
    """

    before_attention: Normalization
    queries: Dense
    keys: Dense
    values: Dense
    merge: Dense
    before_mlp: Normalization
    mlp: tuple[Dense, Dense]
    heads: int = eqx.field(static=True)

    def __init__(
        self,
        width: int,
        heads: int,
        hidden: int,
        *,
        key: Array,
        parametrization: Parametrization = STANDARD,
    ) -> None:
        """Draw a block: ``width`` entries in a token, ``hidden`` units in its two-layer network."""
        dtype = jnp.dtype(parametrization.dtype)
        parts = jax.random.split(key, 6)
        self.before_attention = Normalization(width, dtype=dtype)
        self.queries, self.keys, self.values, self.merge = (
            Dense(width, width, key=part, parametrization=parametrization) for part in parts[:4]
        )
        self.before_mlp = Normalization(width, dtype=dtype)
        self.mlp = (
            Dense(width, hidden, key=parts[4], parametrization=parametrization),
            Dense(hidden, width, key=parts[5], parametrization=parametrization),
        )
        self.heads = heads

    def __call__(self, tokens: Array) -> Array:
        """Apply the block to tokens, of shape (tokens, width): the same shape."""
        tokens = tokens + self._attend(self.before_attention(tokens))
        first, second = self.mlp
        hidden = jax.nn.gelu(_every(first, self.before_mlp(tokens)), approximate=True)
        return tokens + _every(second, hidden)

    def _attend(self, tokens: Array) -> Array:
        """Each token becomes a mean of all values, weighted by how its query meets their keys."""
        count, width = tokens.shape
        size = width // self.heads
        queries, keys, values = (
            _every(layer, tokens).reshape(count, self.heads, size).transpose(1, 0, 2)
            for layer in (self.queries, self.keys, self.values)
        )
        scores = queries @ keys.transpose(0, 2, 1) * size**-0.5
        attended = jax.nn.softmax(scores, axis=-1) @ values  # (heads, tokens, size)
        return _every(self.merge, attended.transpose(1, 0, 2).reshape(count, width))


class ViT(eqx.Module):
    """A vision transformer, ``ViT(key=key)``, by default of the sizes of the paper's figure 1.

    The image is cut into square patches, each of which becomes a token by one linear map between
    two normalizations, and learned positions are added. Blocks of self-attention and two-layer
    networks follow, each with the normalization before it (pre-norm). There is no class token: the
    mean over the tokens, normalized, is read out by a linear layer (Beyer, Zhai, Kolesnikov 2022,
    whose positions are fixed waves).

    Attributes:
        before_embed: Normalization of the pixels of a patch.
        embed: From the pixels of a patch to a token.
        after_embed: Normalization of a token.
        positions: Of shape (patches, width), or None.
        blocks: From the image on.
        normalize: Of the mean token.
        readout: To the outputs.
        patch: Side of a patch in pixels.
        image_shape: Of what it takes, (height, width) or (height, width, channels).
    """

    before_embed: Normalization
    embed: Dense
    after_embed: Normalization
    positions: Array | None
    blocks: tuple[Block, ...]
    normalize: Normalization
    readout: Dense
    patch: int = eqx.field(static=True)
    image_shape: tuple[int, ...] = eqx.field(static=True)

    def __init__(
        self,
        image_shape: Sequence[int] = (28, 28),
        *,
        patch: int = 4,
        width: int = 256,
        depth: int = 2,
        heads: int = 4,
        hidden: int = 256,
        outputs: int = 10,
        positions: bool = True,
        key: Array,
        parametrization: Parametrization = STANDARD,
    ) -> None:
        """Draw a network.

        Args:
            image_shape: (height, width) in pixels, or (height, width, channels).
            patch: Side of a patch in pixels, which divides both.
            width: Entries of a token.
            depth: Number of blocks.
            heads: Of attention, in each block; divides ``width``.
            hidden: Units of the two-layer network in each block.
            outputs: Numbers that the network returns.
            positions: Whether tokens are told apart by where they are. Without positions the
                network sees a bag of patches.
            key: From `jax.random.key`; each part has its own part of it.
            parametrization: How the parameters of all linear maps are drawn and used.

        Raises:
            ValueError: If a number is below 1, patches do not tile the image, or heads do not
                divide the width.
        """
        patch, width, depth, heads, hidden, outputs = as_sizes(
            (patch, width, depth, heads, hidden, outputs),
            "patch, width, depth, heads, hidden and outputs",
        )
        self.image_shape = as_image_shape(image_shape)
        height, breadth, channels = (*self.image_shape, 1)[:3]
        dtype = jnp.dtype(as_parametrization(parametrization).dtype)
        if height % patch or breadth % patch:
            raise ValueError(
                f"Expected patches that tile the image. Got patch={patch} for {self.image_shape}. "
                "Try patch=4 or patch=7 for images of 28×28."
            )
        if width % heads:
            raise ValueError(
                f"Expected heads that divide width={width}. Got heads={heads}. Try heads=1."
            )
        count = (height // patch) * (breadth // patch)
        of_embed, of_positions, of_readout, *of_blocks = jax.random.split(key, 3 + depth)
        self.before_embed = Normalization(patch * patch * channels, dtype=dtype)
        self.after_embed = Normalization(width, dtype=dtype)
        self.embed = Dense(
            patch * patch * channels, width, key=of_embed, parametrization=parametrization
        )
        self.positions = None
        if positions:
            draw = jax.random.normal(of_positions, (count, width), dtype)
            self.positions = POSITION_STD * draw
        self.blocks = tuple(
            Block(width, heads, hidden, key=k, parametrization=parametrization) for k in of_blocks
        )
        self.normalize = Normalization(width, dtype=dtype)
        self.readout = Dense(width, outputs, key=of_readout, parametrization=parametrization)
        self.patch = patch

    def __call__(self, x: ArrayLike | Array, *, key: Array | None = None) -> Array:
        """The outputs for one image.

        Args:
            x: Of the ``image_shape``.
            key: Not used: nothing is dropped.

        Returns:
            Shape (outputs,).

        Raises:
            ValueError: If it has another shape.
        """
        image = as_image(x, self.image_shape, self.readout.weight.dtype)
        rows, columns = (side // self.patch for side in image.shape[:2])
        squares = image.reshape(rows, self.patch, columns, self.patch, -1)
        patches = squares.transpose(0, 2, 1, 3, 4)
        pixels = self.before_embed(patches.reshape(rows * columns, -1))
        tokens = self.after_embed(_every(self.embed, pixels))
        if self.positions is not None:
            tokens = tokens + self.positions
        for block in self.blocks:
            tokens = block(tokens)
        return self.readout(self.normalize(jnp.mean(tokens, axis=0)))


def _every(layer: Dense, tokens: Array) -> Array:
    """Apply a layer to each token."""
    return jax.vmap(layer)(tokens)

"""The Fourier blocks of an invariant Gram matrix, one for each irrep, and their inverses."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from symtheory.fourier import transform_at
from symtheory.groups import FiniteGroup
from symtheory.representations import Irrep, irreps

__all__ = ["Blocks", "fourier_blocks", "half_columns", "trivial_weights"]


class Blocks(NamedTuple):
    """Fourier blocks of one size.

    Attributes:
        blocks: Λ_ρ, ridge included, of shape (..., k, m·d, m·d), for k irreps of dimension d.
        weight: How often each counts in a trace over the regular representation, of shape (k,): d,
            or 2 for a character that stands for its conjugate as well.
        matrices: ρ(g), called with group elements of shape (...): shape (k, ..., d, d).
    """

    blocks: Array
    weight: NDArray[np.floating]
    matrices: Callable[[NDArray[np.integer]], NDArray]


def fourier_blocks(rows: Array, group: FiniteGroup, ridge: Array) -> list[Blocks]:
    """The blocks of first rows at all irreps, the trivial one first: by FFT if the group allows."""
    if group.cyclic_factors is not None:
        blocks = _abelian_blocks(rows, ridge, group.cyclic_factors)
        return [_abelian_part(blocks, group.cyclic_factors)]
    found = irreps(group)
    each = _irrep_blocks(rows, ridge, tuple(irrep.matrices for irrep in found))
    return [_part_of(*pair) for pair in zip(found, each, strict=True)]


@partial(jax.jit, static_argnames="factors")
def _abelian_blocks(rows: Array, ridge: Array, factors: tuple[int, ...]) -> Array:
    """The blocks of the characters of a product of cyclic groups.

    Rows are real, so the block of a character is the conjugate of its inverse's, and is left out.
    """
    axes = tuple(range(-len(factors), 0))
    transform = jnp.fft.rfftn(rows.reshape(*rows.shape[:-1], *factors), axes=axes)
    flat = transform.reshape(*rows.shape[:-1], math.prod(_kept(factors)))
    return _with_ridge(jnp.moveaxis(flat, -1, -3), ridge)


def _abelian_part(blocks: Array, factors: tuple[int, ...]) -> Blocks:
    """Blocks of characters that count twice, but for those that are their own conjugates."""
    kept = _kept(factors)
    weight = np.full(kept, 2.0, dtype=jnp.finfo(blocks.dtype).dtype)
    weight[..., 0] = 1.0
    if factors[-1] % 2 == 0:
        weight[..., -1] = 1.0

    def matrices(elements: NDArray[np.integer]) -> NDArray:
        frequencies = np.stack(np.unravel_index(np.arange(weight.size), kept), axis=-1)
        places = np.stack(np.unravel_index(elements, factors), axis=-1) / np.array(factors)
        phase = np.tensordot(frequencies, places, axes=(-1, -1))
        return np.asarray(np.exp(-2j * np.pi * phase)[..., None, None])

    return Blocks(blocks, weight.ravel(), matrices)


def _kept(factors: tuple[int, ...]) -> tuple[int, ...]:
    """How many frequencies of each factor are kept; the others are conjugates."""
    return (*factors[:-1], factors[-1] // 2 + 1)


@jax.jit
def _irrep_blocks(rows: Array, ridge: Array, matrices: tuple[Array, ...]) -> list[Array]:
    """The blocks of irreps, made of κ̂_ij(ρ)_ab at row (i, a), column (j, b)."""
    blocks = []
    # In the precision of the rows, by which it is judged what is singular.
    kind = jnp.result_type(rows.dtype, jnp.complex64)
    for transform in transform_at(tuple(rho.astype(kind) for rho in matrices), rows):
        size = transform.shape[-3] * transform.shape[-1]
        turned = jnp.swapaxes(transform, -3, -2)
        block = turned.reshape(*transform.shape[:-4], 1, size, size)
        blocks.append(_with_ridge(block, ridge))
    return blocks


def _part_of(irrep: Irrep, blocks: Array) -> Blocks:
    """The block of one irrep."""
    weight = np.full(1, irrep.dimension, dtype=jnp.finfo(blocks.dtype).dtype)
    return Blocks(blocks, weight, lambda elements: irrep.matrices[elements][None])


def _with_ridge(blocks: Array, ridge: Array) -> Array:
    return blocks + ridge[..., None, None, None] * jnp.eye(blocks.shape[-1], dtype=ridge.dtype)


def trivial_weights(inverse: Array, columns: Array) -> Array:
    """Λ_1⁻¹ y, of shape (..., m, classes). The trivial irrep is block 0 of the first part."""
    trivial = jnp.real(inverse[..., 0, :, :])
    return jnp.swapaxes(trivial, -1, -2) @ (trivial @ columns)


def half_columns(inverse: Array, scale: Array, rho: Array, m: int, orbits: Array) -> Array:
    """What one part adds to a matrix M with MᵀM = (A⁻¹)_HH: √(d_ρ/|G|) L_ρ⁻¹ ρ(h)*, real.

    A⁻¹ itself is not formed, nor its entries: where H has copies of an item they are 1/r, in
    differences of which the rest would be lost.

    Args:
        inverse: L⁻¹ of the blocks of one size, of shape (..., k, m·d, m·d).
        scale: √(d_ρ/|G|), of shape (k,).
        rho: ρ(h) at the group element h of each point of H, of shape (k, |H|, d, d).
        m: The number of orbits.
        orbits: The orbit of each point, of shape (|H|,).

    Returns:
        Shape (..., rows, |H|).
    """
    d = inverse.shape[-1] // m
    chosen = inverse.reshape(*inverse.shape[:-1], m, d)[..., orbits, :]  # (..., k, md, H, d)
    conjugate = jnp.conj(rho).astype(inverse.dtype)
    columns = jnp.einsum("k,kpcb,...kspb->...kscp", scale, conjugate, chosen)
    *batch, k, s, c, points = columns.shape
    columns = columns.reshape(*batch, k * s * c, points)
    return jnp.concatenate([columns.real, columns.imag], axis=-2)

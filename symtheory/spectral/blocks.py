"""The Fourier blocks of an invariant Gram matrix, one for each irrep, and their inverses."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy.linalg import solve_triangular
from numpy.typing import NDArray

from symtheory._checks import cholesky
from symtheory.fourier import fourier_transform
from symtheory.groups import FiniteGroup
from symtheory.representations import Irrep, irreps

__all__ = ["Blocks", "fourier_blocks", "half_columns", "inverse_factor", "trivial_weights"]


class Blocks(NamedTuple):
    """Fourier blocks of one size.

    Attributes:
        blocks: Λ_ρ, ridge included, of shape (..., k, m·d, m·d), for k irreps of dimension d.
        weight: How often each counts in a trace over the regular representation, of shape (k,): d,
            or 2 for a character that stands for its conjugate as well.
        order: |G|.
        matrices: ρ(g), called with group elements of shape (...): shape (k, ..., d, d).
    """

    blocks: Array
    weight: Array
    order: int
    matrices: Callable[[NDArray[np.integer]], Array]


def fourier_blocks(rows: Array, group: FiniteGroup, ridge: Array) -> list[Blocks]:
    """The blocks of first rows at all irreps, the trivial one first: by FFT if the group allows."""
    if group.cyclic_factors is not None:
        parts = [_abelian_part(rows, group.cyclic_factors)]
    else:
        transforms = fourier_transform(rows, group)
        parts = [_part_of(*pair) for pair in zip(irreps(group), transforms, strict=True)]
    return [
        part._replace(
            blocks=part.blocks
            + ridge[..., None, None, None] * jnp.eye(part.blocks.shape[-1], dtype=rows.dtype)
        )
        for part in parts
    ]


def _abelian_part(rows: Array, factors: tuple[int, ...]) -> Blocks:
    """All characters of a product of cyclic groups.

    Rows are real, so the block of a character is the conjugate of its inverse's, and counts twice.
    """
    axes = tuple(range(-len(factors), 0))
    transform = jnp.fft.rfftn(rows.reshape(*rows.shape[:-1], *factors), axes=axes)
    kept = transform.shape[-len(factors) :]
    weight = np.full(kept, 2.0)
    weight[..., 0] = 1.0
    if factors[-1] % 2 == 0:
        weight[..., -1] = 1.0
    blocks = jnp.moveaxis(transform.reshape(*rows.shape[:-1], weight.size), -1, -3)

    def matrices(elements: NDArray[np.integer]) -> Array:
        frequencies = np.stack(np.unravel_index(np.arange(weight.size), kept), axis=-1)
        places = np.stack(np.unravel_index(elements, factors), axis=-1) / np.array(factors)
        phase = np.tensordot(frequencies, places, axes=(-1, -1))
        return jnp.asarray(np.exp(-2j * np.pi * phase)[..., None, None])

    weights = jnp.asarray(weight.ravel(), dtype=rows.dtype)
    return Blocks(blocks, weights, rows.shape[-1], matrices)


def _part_of(irrep: Irrep, transform: Array) -> Blocks:
    """The block of one irrep, made of κ̂_ij(ρ)_ab, at row (i, a), column (j, b)."""
    size = transform.shape[-3] * irrep.dimension
    blocks = jnp.swapaxes(transform, -3, -2).reshape(*transform.shape[:-4], 1, size, size)

    def matrices(elements: NDArray[np.integer]) -> Array:
        return jnp.asarray(irrep.matrices[elements])[None]

    weight = jnp.full(1, float(irrep.dimension), dtype=transform.real.dtype)
    return Blocks(blocks, weight, len(irrep.matrices), matrices)


def inverse_factor(part: Blocks) -> Array:
    """L⁻¹ for the Cholesky factors Λ = LL* of all blocks of one size; Λ⁻¹ is (L⁻¹)*L⁻¹."""
    factor = cholesky(part.blocks)
    identity = jnp.eye(factor.shape[-1], dtype=factor.dtype)
    return solve_triangular(factor, jnp.broadcast_to(identity, factor.shape), lower=True)


def trivial_weights(inverse: Array, columns: Array) -> Array:
    """Λ_1⁻¹ y, of shape (..., m, classes). The trivial irrep is block 0 of the first part."""
    trivial = jnp.real(inverse[..., 0, :, :])
    return jnp.swapaxes(trivial, -1, -2) @ (trivial @ columns)


def half_columns(
    part: Blocks,
    inverse: Array,
    m: int,
    orbits: NDArray[np.integer],
    elements: NDArray[np.integer],
) -> Array:
    """What one part adds to a matrix M with MᵀM = (A⁻¹)_HH: √(d_ρ/|G|) L_ρ⁻¹ ρ(h)*, real.

    A⁻¹ itself is not formed, nor its entries: where H has copies of an item they are 1/r, in
    differences of which the rest would be lost.

    Args:
        part: Blocks of one size.
        inverse: Their L⁻¹, from `inverse_factor`.
        m: The number of orbits.
        orbits: The orbit of each point of H, of shape (|H|,).
        elements: The group element h of each point, of shape (|H|,).

    Returns:
        Shape (..., rows, |H|).
    """
    d = inverse.shape[-1] // m
    chosen = inverse.reshape(*inverse.shape[:-1], m, d)[..., orbits, :]  # (..., k, md, H, d)
    rho = jnp.conj(part.matrices(elements))  # (k, H, d, d)
    scale = jnp.sqrt(part.weight / part.order)
    columns = jnp.einsum("k,kpcb,...kspb->...kscp", scale, rho, chosen)
    *batch, k, s, c, points = columns.shape
    columns = columns.reshape(*batch, k * s * c, points)
    return jnp.concatenate([columns.real, columns.imag], axis=-2)

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


class Blocks(NamedTuple):
    """Fourier blocks of one size.

    Attributes:
        blocks: Λ_ρ, ridge included, of shape (..., k, m·d, m·d), for k irreps of dimension d.
        weight: How often each counts in a trace over the regular representation, of shape (k,): d,
            or 2 for a character that stands for its conjugate as well.
        matrices: ρ(g), called with group elements of shape (...): shape (k, ..., d, d).
    """

    blocks: Array
    weight: Array
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

    return Blocks(blocks, jnp.asarray(weight.ravel(), dtype=rows.dtype), matrices)


def _part_of(irrep: Irrep, transform: Array) -> Blocks:
    """The block of one irrep, made of κ̂_ij(ρ)_ab, at row (i, a), column (j, b)."""
    size = transform.shape[-3] * irrep.dimension
    blocks = jnp.swapaxes(transform, -3, -2).reshape(*transform.shape[:-4], 1, size, size)

    def matrices(elements: NDArray[np.integer]) -> Array:
        return jnp.asarray(irrep.matrices[elements])[None]

    return Blocks(blocks, jnp.full(1, float(irrep.dimension), dtype=transform.real.dtype), matrices)


def inverse_factor(part: Blocks) -> Array:
    """L⁻¹ for the Cholesky factors Λ = LL* of all blocks of one size; Λ⁻¹ is (L⁻¹)*L⁻¹."""
    factor = cholesky(part.blocks)
    identity = jnp.eye(factor.shape[-1], dtype=factor.dtype)
    return solve_triangular(factor, jnp.broadcast_to(identity, factor.shape), lower=True)


def trivial_weights(inverse: Array, columns: Array) -> Array:
    """Λ_1⁻¹ y, of shape (..., m, classes). The trivial irrep is block 0 of the first part."""
    trivial = jnp.real(inverse[..., 0, :, :])
    return jnp.swapaxes(trivial, -1, -2) @ (trivial @ columns)


def inverse_entries(
    part: Blocks,
    inverse: Array,
    m: int,
    orbits: NDArray[np.integer],
    steps: NDArray[np.integer],
) -> Array:
    """What one part adds to |G| (A⁻¹)_HH: Σ_ρ d_ρ tr(ρ(g⁻¹h)* (Λ_ρ⁻¹)_ij), for all pairs in H.

    Args:
        part: Blocks of one size.
        inverse: Their L⁻¹, from `inverse_factor`.
        m: The number of orbits.
        orbits: The orbit of each point of H, of shape (|H|,).
        steps: g⁻¹h for each pair of points, of shape (|H|, |H|).

    Returns:
        Shape (..., |H|, |H|).
    """
    blocks = jnp.conj(jnp.swapaxes(inverse, -1, -2)) @ inverse
    d = blocks.shape[-1] // m
    blocks = blocks.reshape(*blocks.shape[:-2], m, d, m, d)
    chosen = jnp.moveaxis(blocks, -2, -3)[..., orbits[:, None], orbits, :, :]
    rho = jnp.conj(part.matrices(steps))
    return jnp.real(jnp.einsum("k,kpqab,...kpqab->...pq", part.weight, rho, chosen))

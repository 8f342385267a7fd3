"""The Fourier transform on a finite group: f̂(ρ) = Σ_g f(g) ρ(g), one matrix for each irrep.

Convolutions become products of matrices, (f * h)^(ρ) = f̂(ρ) ĥ(ρ), and Plancherel's theorem says
Σ_g |f(g)|² = (1/|G|) Σ_ρ d_ρ ‖f̂(ρ)‖² (Serre 1977, section 6.2).
"""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Complex
from numpy.typing import ArrayLike

from symtheory.groups import FiniteGroup
from symtheory.representations import irreps


def fourier_transform(function: ArrayLike | Array, group: FiniteGroup) -> tuple[Array, ...]:
    """The transform at each irrep of `symtheory.representations.irreps`, in their order.

    Args:
        function: Of shape (..., order).
        group: Of order at most 720.

    Returns:
        One complex array of shape (..., d, d) for each irrep.

    Raises:
        ValueError: If the last axis is not the group.
    """
    function = jnp.asarray(function)
    if function.ndim == 0 or function.shape[-1] != group.order:
        raise ValueError(
            f"Expected a function on {group.name}, of shape (..., {group.order}). "
            f"Got shape {function.shape}."
        )
    return tuple(_at(irrep.matrices, function) for irrep in irreps(group))


def inverse_fourier_transform(
    transform: Sequence[ArrayLike | Array], group: FiniteGroup
) -> Complex[Array, "*batch order"]:
    """The function f(g) = (1/|G|) Σ_ρ d_ρ tr(ρ(g⁻¹) f̂(ρ)).

    Args:
        transform: As `fourier_transform` returns it.
        group: The same group.

    Returns:
        Complex, of shape (..., order); real up to rounding if the function was.

    Raises:
        ValueError: If there is not one matrix for each irrep.
    """
    all_irreps = irreps(group)
    matrices = [jnp.asarray(matrix) for matrix in transform]
    shapes = [matrix.shape[-2:] for matrix in matrices]
    if shapes != [(irrep.dimension, irrep.dimension) for irrep in all_irreps]:
        raise ValueError(
            f"Expected matrices of dimensions {[irrep.dimension for irrep in all_irreps]}, one for "
            f"each irrep of {group.name}. Got shapes {shapes}."
        )
    # ρ(g⁻¹) is the conjugate transpose of ρ(g).
    terms = [
        irrep.dimension * jnp.einsum("gab,...ab->...g", irrep.matrices.conj(), matrix)
        for irrep, matrix in zip(all_irreps, matrices, strict=True)
    ]
    return jnp.asarray(sum(terms)) / group.order


def _at(matrices: np.ndarray, function: Array) -> Array:
    """Σ_g f(g) ρ(g). Real functions meet the two parts of ρ apart, and so have real gradients."""
    if jnp.iscomplexobj(function):
        return jnp.einsum("...g,gab->...ab", function, matrices)
    parts = (
        jnp.einsum("...g,gab->...ab", function, part) for part in (matrices.real, matrices.imag)
    )
    return jax.lax.complex(*parts)


def convolve(f: ArrayLike | Array, h: ArrayLike | Array, group: FiniteGroup) -> Array:
    """The convolution (f * h)(x) = Σ_g f(g) h(g⁻¹x), summed directly.

    Args:
        f: Of shape (..., order).
        h: Of shape (..., order).
        group: The group.

    Returns:
        Shape (..., order).
    """
    shifted = jnp.asarray(h)[..., group.table[group.inverse]]  # entry (g, x) is h(g⁻¹x)
    return jnp.einsum("...g,...gx->...x", jnp.asarray(f), shifted)

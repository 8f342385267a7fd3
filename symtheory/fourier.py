"""The Fourier transform on a finite group: f̂(ρ) = Σ_g f(g) ρ(g), one matrix for each irrep.

Convolutions become products of matrices, (f * h)^(ρ) = f̂(ρ) ĥ(ρ), and Plancherel's theorem says
Σ_g |f(g)|² = (1/|G|) Σ_ρ d_ρ ‖f̂(ρ)‖² (Serre 1977, section 6.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Complex
from numpy.typing import ArrayLike

from symtheory._checks import as_complex_array
from symtheory.groups import FiniteGroup
from symtheory.representations import irreps

__all__ = ["convolve", "fourier_transform", "inverse_fourier_transform"]


def fourier_transform(function: ArrayLike | Array, group: FiniteGroup) -> tuple[Array, ...]:
    """The transform at each irrep of `symtheory.representations.irreps`, in their order.

    Args:
        function: Real or complex, of shape (..., order).
        group: Of order at most 720.

    Returns:
        One complex array of shape (..., d, d) for each irrep.

    Raises:
        ValueError: If the last axis is not the group, or the group is too large.
    """
    function = _as_function(function, group)
    return transform_at(tuple(irrep.matrices for irrep in irreps(group)), function)


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
        ValueError: If there is not one matrix for each irrep, all of one batch shape.
    """
    all_irreps = irreps(group)
    dimensions = [irrep.dimension for irrep in all_irreps]
    matrices = [as_complex_array(matrix, "transform") for matrix in _each(transform)]
    shapes = [matrix.shape for matrix in matrices]
    if [shape[-2:] for shape in shapes] != [(d, d) for d in dimensions] or (
        len({shape[:-2] for shape in shapes}) != 1
    ):
        raise ValueError(
            f"Expected matrices of shapes (..., d, d) for d in {dimensions}, one for each irrep of "
            f"{group.name}, and the same batch. Got shapes {shapes}. Try fourier_transform."
        )
    # ρ(g⁻¹) is the conjugate transpose of ρ(g).
    return _function_of(tuple(irrep.matrices.conj() for irrep in all_irreps), tuple(matrices))


@jax.jit
def _function_of(conjugates: tuple[Array, ...], transform: tuple[Array, ...]) -> Array:
    terms = [
        rho.shape[-1] * jnp.einsum("gab,...ab->...g", rho, matrix)
        for rho, matrix in zip(conjugates, transform, strict=True)
    ]
    return jnp.asarray(sum(terms)) / len(conjugates[0])


def convolve(f: ArrayLike | Array, h: ArrayLike | Array, group: FiniteGroup) -> Array:
    """The convolution (f * h)(x) = Σ_g f(g) h(g⁻¹x), summed directly.

    Args:
        f: Of shape (..., order).
        h: Of shape (..., order).
        group: The group.

    Returns:
        Shape (..., order); batch shapes are broadcast.

    Raises:
        ValueError: If the last axis of one is not the group, or their batches do not fit.
    """
    f, h = _as_function(f, group), _as_function(h, group)
    try:
        np.broadcast_shapes(f.shape, h.shape)
    except ValueError:
        raise ValueError(
            f"Expected functions whose batch shapes broadcast. Got shapes {f.shape} and {h.shape}. "
            "Try f[:, None] for all pairs."
        ) from None
    return _convolved(f, h, group.table[group.inverse])


@jax.jit
def _convolved(f: Array, h: Array, back: Array) -> Array:
    shifted = h[..., back]  # entry (g, x) is h(g⁻¹x)
    return jnp.einsum("...g,...gx->...x", f, shifted)


def _as_function(function: ArrayLike | Array, group: FiniteGroup) -> Array:
    function = as_complex_array(function, "function")
    if function.ndim == 0 or function.shape[-1] != group.order:
        raise ValueError(
            f"Expected a function on {group.name}, of shape (..., {group.order}). "
            f"Got shape {function.shape}. Try one value for each element on the last axis."
        )
    return function


def _each(transform: Sequence[ArrayLike | Array]) -> list[Any]:
    """The matrices of a transform, or none if it is nothing that has any."""
    try:
        return list(transform)
    except TypeError:
        return []


@jax.jit
def transform_at(matrices: tuple[Array, ...], function: Array) -> tuple[Array, ...]:
    """Σ_g f(g) ρ(g) for the matrices of some representations, each of shape (order, d, d)."""
    return tuple(_at(rho, function) for rho in matrices)


def _at(matrices: Array, function: Array) -> Array:
    """One of them. Real functions meet the two parts of ρ apart, and so have real gradients."""
    if jnp.iscomplexobj(function):
        return jnp.einsum("...g,gab->...ab", function, matrices)
    parts = (
        jnp.einsum("...g,gab->...ab", function, part) for part in (matrices.real, matrices.imag)
    )
    return jax.lax.complex(*parts)

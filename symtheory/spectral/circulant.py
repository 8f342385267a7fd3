"""The paper's circulant formula: two orbits of a cyclic group, interleaved."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array
from jaxtyping import Float
from numpy.typing import ArrayLike

from symtheory._checks import as_ridge, inverse_factors, uncopied, warn_if_ill_conditioned
from symtheory.groups import cyclic_group
from symtheory.spectral.invariance import read_rows, warn_of_copies
from symtheory.spectral.rows import FirstRows, diagonal_of

__all__ = ["Spectrum", "circulant_spectral_error", "spectrum"]


class Spectrum(NamedTuple):
    """The circulant spectrum of two interleaved orbits of C_N, ridge included.

    Attributes:
        eigenvalues: λ_0, …, λ_{2N-1} in order of frequency, of shape (..., 2N). Frequency N, which
            changes sign from each point to the next, is that of the labels.
        last_eigenvalue: λ_N, of shape (...,). Large where the two classes are far apart.
        mean_inverse: ⟨λ⁻¹⟩, of shape (...,). Small where orbits are densely sampled.
        error: ε_s = λ_N⁻¹ / ⟨λ⁻¹⟩, of shape (...,). Above 1 the prediction is wrong. It is never
            negative: orbits that interleave cannot overshoot.
    """

    eigenvalues: Array
    last_eigenvalue: Array
    mean_inverse: Array
    error: Array


def circulant_spectral_error(
    gram: ArrayLike | Array | FirstRows, *, ridge: ArrayLike, allow_copies: bool = False
) -> Float[Array, "*batch"]:
    """Perin and Deny's spectral error ε_s = λ_N⁻¹ / ⟨λ⁻¹⟩ of two orbits of a cyclic group.

    The orbits A and B are interleaved, A0, B0, A1, B1, …, and the Gram matrix is averaged along its
    wrapped diagonals. That supposes more than invariance: that B lies half a step ahead of A.

    Args:
        gram: Of two orbits, seed-major, of shape (..., 2N, 2N), or its `FirstRows` (..., 2, 2, N).
        ridge: Absolute, a scalar or of shape (...,).
        allow_copies: As `symtheory.spectral.spectral_error`.

    Returns:
        Shape (...,).

    Raises:
        ValueError: If the matrix is not of two orbits, or singular to its precision.

    Warns:
        IllConditionedWarning, SymmetryWarning: As `symtheory.spectral.spectral_error`.
    """
    return spectrum(gram, ridge=ridge, allow_copies=allow_copies).error


def spectrum(
    gram: ArrayLike | Array | FirstRows, *, ridge: ArrayLike, allow_copies: bool = False
) -> Spectrum:
    """The circulant spectrum behind `circulant_spectral_error`; arguments and errors as there."""
    given = isinstance(gram, FirstRows)
    shape = uncopied(gram.values if isinstance(gram, FirstRows) else gram, "Gram matrix").shape
    order = (shape[-1] if given else shape[-1] // 2) if shape else 0
    if order < 1 or (shape[-3:-1] != (2, 2) if given else shape[-1] % 2):
        raise ValueError(
            "Expected the Gram matrix of two orbits, of shape (..., 2N, 2N), or their FirstRows, "
            f"of shape (..., 2, 2, N). Got shape {shape}. Try symtheory.spectral.spectral_error, "
            "for any number of orbits."
        )
    group = cyclic_group(order)
    rows = read_rows(gram, group)
    blocks = _blocks(rows, as_ridge(ridge, diagonal_of(rows)))
    (inverses,) = inverse_factors([blocks], what="circulant Gram matrix")
    warn_if_ill_conditioned([blocks], [inverses])
    if not allow_copies:
        warn_of_copies(rows, group)
    return _spectrum(blocks, inverses)


@jax.jit
def _blocks(rows: Array, ridge: Array) -> Array:
    """The eigenvalues, ridge included, as 1×1 blocks: of shape (..., 2N, 1, 1)."""
    # From A_g it is 2h steps to A_{g+h} and 2h + 1 to B_{g+h}; from B_g it is 2h + 1 to A_{g+h+1}.
    same = (rows[..., 0, 0, :] + rows[..., 1, 1, :]) / 2
    other = (rows[..., 0, 1, :] + jnp.roll(rows[..., 1, 0, :], -1, axis=-1)) / 2
    row = jnp.stack([same, other], axis=-1).reshape(*same.shape[:-1], 2 * same.shape[-1])
    eigenvalues = jnp.real(jnp.fft.fft(row, axis=-1)) + ridge[..., None]
    return eigenvalues[..., None, None]


@jax.jit
def _spectrum(blocks: Array, inverses: Array) -> Spectrum:
    """With the inverses of the roots of the blocks, from `inverse_factors`."""
    eigenvalues = blocks[..., 0, 0]
    last = eigenvalues[..., eigenvalues.shape[-1] // 2]
    mean_inverse = jnp.mean(jnp.square(inverses[..., 0, 0]), axis=-1)
    return Spectrum(eigenvalues, last, mean_inverse, 1 / (last * mean_inverse))

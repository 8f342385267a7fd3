"""Errors at unseen points, from the Fourier blocks of an invariant Gram matrix."""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float
from numpy.typing import ArrayLike, NDArray

from symtheory._checks import as_labels, as_ridge
from symtheory.groups import FiniteGroup
from symtheory.spectral.blocks import trivial_weights
from symtheory.spectral.factored import factorized
from symtheory.spectral.invariance import read_rows, warn_of_copies
from symtheory.spectral.rows import FirstRows, diagonal_of

__all__ = ["as_points", "held_out_error", "held_out_prediction", "prepare", "spectral_error"]


def spectral_error(
    gram: ArrayLike | Array | FirstRows,
    group: FiniteGroup,
    *,
    ridge: ArrayLike,
    labels: ArrayLike | Array | None = None,
    allow_copies: bool = False,
) -> Float[Array, "*shape"]:
    """The error at an unseen point of each orbit when all other points are seen.

    The Gram matrix is averaged over the group first. The result equals the leave-one-out error of
    exact kernel regression where the Gram matrix is invariant. Where it is not, by more than
    `symtheory.spectral.variation_defect` of .02, the layout or the action are likely to be wrong.
    (On digits of 28×28 pixels rotations by interpolation reach .0025, with the NTK of fully
    connected networks, an RBF or a linear kernel, for 3 to 64 rotations; group-major order gives
    .23 to .65, orbits of D4 called C8 .14 to .32, a right action .05 to .5, rotations with shifts
    .3 to .8. Networks that collapse orbits, by pooling or by attention, leave little but what
    interpolation does: .5 to 1.)

    Args:
        gram: Of m orbits, of shape (..., m|G|, m|G|), or `FirstRows` of shape (..., m, m, |G|).
        group: Any finite group; a product of cyclic groups by FFT, others of order at most 720.
        ridge: Absolute, a scalar or of shape (...,).
        labels: +1 or -1 for each orbit, of shape (m,) or (m, classes). For two orbits, (+1, -1) if
            not given.
        allow_copies: Do not warn of items that are the same to the kernel, for kernels that are
            blind to some transforms by design.

    Returns:
        1 - yŷ, of shape (..., m) or (..., m, classes). Above 1 exactly where a prediction has the
        wrong sign, negative where it overshoots.

    Raises:
        ValueError: If shapes do not match, a value is not finite, a label is not ±1, or the matrix
            is singular to its precision.

    Warns:
        IllConditionedWarning: If the condition number leaves fewer than about four digits, which in
            double precision is beyond 10¹².
        SymmetryWarning: If the Gram matrix is not invariant, or if a copy of an unseen item is
            seen. Not where it is traced, as in ``jax.jit``.
    """
    rows = read_rows(gram, group)
    labels, ridge = prepare(rows, group, labels, ridge)
    factored = factorized(rows, group, ridge)
    if not allow_copies:
        warn_of_copies(rows, group)
    return _error(factored.inverses, factored.shares, labels)


@jax.jit
def _error(inverses: Sequence[Array], shares: Sequence[Array], labels: Array) -> Array:
    """The signal over the noise, with the share of each block in the mean of the inverses."""
    diagonals = [
        # Sums of squares of the columns of L⁻¹, over the d rows of a block and all blocks.
        share @ jnp.sum(jnp.real(inverse * jnp.conj(inverse)), axis=-2)
        for inverse, share in zip(inverses, shares, strict=True)
    ]
    m = len(labels)
    per_orbit = [jnp.sum(d.reshape(*d.shape[:-1], m, d.shape[-1] // m), axis=-1) for d in diagonals]
    noise = jnp.sum(jnp.stack(per_orbit), axis=0)
    columns = labels[:, None] if labels.ndim == 1 else labels
    error = columns * trivial_weights(inverses[0], columns) / noise[..., None]
    return error[..., 0] if labels.ndim == 1 else error


def held_out_error(
    gram: ArrayLike | Array | FirstRows,
    group: FiniteGroup,
    *,
    held_out: Sequence[tuple[int, int]],
    ridge: ArrayLike,
    labels: ArrayLike | Array | None = None,
    allow_copies: bool = False,
) -> Float[Array, "*shape"]:
    """The errors at several points that are held out together, such as an arc of an orbit.

    With A = K + rI and H the held-out points, y_H - ŷ_H = [(A⁻¹)_HH]⁻¹ (A⁻¹y)_H; a factor of
    (A⁻¹)_HH comes from those of the blocks, and the (m|G|)² inverse is never formed.

    Args:
        gram: As `spectral_error`.
        group: As `spectral_error`.
        held_out: Pairs (orbit, group element), all different.
        ridge: As `spectral_error`.
        labels: As `spectral_error`.
        allow_copies: As `spectral_error`.

    Returns:
        1 - yŷ at each held-out point, of shape (..., |H|) or (..., |H|, classes). Above 1 exactly
        where a prediction has the wrong sign, negative where it overshoots.

    Raises:
        ValueError: As `spectral_error`, or if held_out is empty, out of range, repeated, or
            everything.

    Warns:
        IllConditionedWarning, SymmetryWarning: As `spectral_error`.
    """
    return _held_out(gram, group, held_out, ridge, labels, allow_copies)[1]


def held_out_prediction(
    gram: ArrayLike | Array | FirstRows,
    group: FiniteGroup,
    *,
    held_out: Sequence[tuple[int, int]],
    ridge: ArrayLike,
    labels: ArrayLike | Array | None = None,
    allow_copies: bool = False,
    real_labels: bool = False,
) -> Float[Array, "*shape"]:
    """The predictions ŷ at several points that are held out together, with their signs.

    Several classes are told apart by them: of the predictions one class against the rest, the
    largest wins. Arguments and errors as `held_out_error`, which has more digits where the error is
    tiny; by ``real_labels=True`` labels are any real numbers, one for each orbit.

    Returns:
        Shape (..., |H|) or (..., |H|, classes).
    """
    return _held_out(gram, group, held_out, ridge, labels, allow_copies, real=real_labels)[0]


def _held_out(
    gram: ArrayLike | Array | FirstRows,
    group: FiniteGroup,
    held_out: Sequence[tuple[int, int]],
    ridge: ArrayLike,
    labels: ArrayLike | Array | None,
    allow_copies: bool,
    *,
    real: bool | None = None,
) -> tuple[Array, Array]:
    """ŷ and y (y - ŷ), which is 1 - yŷ for labels ±1, at held-out points."""
    rows = read_rows(gram, group)
    m = rows.shape[-2]
    labels, ridge = prepare(rows, group, labels, ridge, real=real)
    points = as_points(held_out, m, group)
    orbits, elements = points.T
    factored = factorized(rows, group, ridge)
    if not allow_copies:
        warn_of_copies(rows, group, list(zip(orbits.tolist(), elements.tolist(), strict=True)))
    return factored.left_out(labels, orbits, elements)


def as_points(
    held_out: Sequence[tuple[int, int]], m: int, group: FiniteGroup
) -> NDArray[np.integer]:
    """Pairs (orbit, group element) of points that are held out together, of shape (|H|, 2).

    Args:
        held_out: What a user handed in.
        m: The number of orbits.
        group: The group.

    Raises:
        ValueError: If there are none, one is out of range or repeated, or they are all points.
    """
    try:
        points = np.asarray(held_out)
    except jax.errors.TracerArrayConversionError:
        raise ValueError(
            "Expected held_out as pairs (orbit, group element), integers. Got a traced array. "
            "Try NumPy arrays, outside of jax.jit."
        ) from None
    except ValueError:  # tuples of different lengths
        points = np.asarray(None)
    if points.ndim != 2 or points.shape[1] != 2 or not np.issubdtype(points.dtype, np.integer):
        raise ValueError(
            f"Expected held_out as pairs (orbit, group element). Got {held_out!r}. Try [(0, 3)]."
        )
    inside = len(points) > 0 and (points >= 0).all() and (points < [m, group.order]).all()
    if not inside or len(np.unique(points, axis=0)) < len(points) or len(points) == m * group.order:
        raise ValueError(
            f"Expected different pairs of an orbit below {m} and an element below {group.order}, "
            f"and not all of them. Got {held_out!r}. Try [(0, 0)]."
        )
    return points


def prepare(
    rows: Array,
    group: FiniteGroup,
    labels: ArrayLike | Array | None,
    ridge: ArrayLike,
    *,
    real: bool | None = None,
) -> tuple[Array, Array]:
    """Labels of orbits and the ridge, checked."""
    m = rows.shape[-2]
    if labels is None and m != 2:
        raise ValueError(f"Expected labels for {m} orbits. Got none. Try labels=[+1, -1, …].")
    labels = as_labels([1.0, -1.0] if labels is None else labels, m, rows.dtype, real=real)
    return labels, as_ridge(ridge, diagonal_of(rows))

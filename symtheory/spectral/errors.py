"""Errors at unseen points, from the Fourier blocks of an invariant Gram matrix."""

from __future__ import annotations

from collections.abc import Sequence

import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float
from numpy.typing import ArrayLike

from symtheory._checks import as_labels, as_ridge, warn_if_ill_conditioned
from symtheory.groups import FiniteGroup
from symtheory.spectral.blocks import (
    fourier_blocks,
    inverse_entries,
    inverse_factor,
    trivial_weights,
)
from symtheory.spectral.invariance import read_rows


def spectral_error(
    gram: ArrayLike | Array,
    group: FiniteGroup,
    *,
    ridge: ArrayLike,
    labels: ArrayLike | Array | None = None,
) -> Float[Array, "*shape"]:
    """The error at an unseen point of each orbit when all other points are seen.

    The Gram matrix is averaged over the group first. The result equals the leave-one-out error of
    exact kernel regression where the Gram matrix is invariant.

    Args:
        gram: Of m orbits, of shape (..., m|G|, m|G|), or its first rows, of shape (..., m, m, |G|).
        group: Any finite group; a product of cyclic groups by FFT, others of order at most 720.
        ridge: Absolute, a scalar or of shape (...,).
        labels: +1 or -1 for each orbit, of shape (m,) or (m, classes). For two orbits, (+1, -1) if
            not given.

    Returns:
        Shape (..., m) or (..., m, classes). Above 1 a prediction has the wrong sign or overshoots.

    Raises:
        ValueError: If shapes do not match, a value is not finite, a label is not ±1, or the matrix
            is singular to its precision.

    Warns:
        IllConditionedWarning: If the condition number leaves fewer than about four digits, which in
            double precision is beyond 10¹².
    """
    rows = read_rows(gram, group)
    m = rows.shape[-2]
    labels, ridge = _prepare(rows, group, labels, ridge)
    parts = fourier_blocks(rows, group, ridge)
    inverses = [inverse_factor(part) for part in parts]
    warn_if_ill_conditioned([part.blocks for part in parts], inverses)
    diagonals = [
        # Sums of squares of the columns of L⁻¹, over the d rows of a block and all blocks.
        part.weight @ jnp.sum(jnp.real(inverse * jnp.conj(inverse)), axis=-2)
        for part, inverse in zip(parts, inverses, strict=True)
    ]
    per_orbit = [jnp.sum(d.reshape(*d.shape[:-1], m, -1), axis=-1) for d in diagonals]
    noise = _sum(per_orbit) / group.order

    columns = labels[:, None] if labels.ndim == 1 else labels
    error = jnp.abs(trivial_weights(inverses[0], columns)) / noise[..., None]
    return error[..., 0] if labels.ndim == 1 else error


def held_out_error(
    gram: ArrayLike | Array,
    group: FiniteGroup,
    *,
    held_out: Sequence[tuple[int, int]],
    ridge: ArrayLike,
    labels: ArrayLike | Array | None = None,
) -> Float[Array, "*shape"]:
    """The errors at several points that are held out together, such as an arc of an orbit.

    With H the held-out points, y_H - ŷ_H = [(A⁻¹)_HH]⁻¹ (A⁻¹y)_H, and (A⁻¹)_HH comes from the
    inverse blocks by an inverse Fourier transform at |H|² group elements; the (m|G|)² inverse is
    never formed.

    Args:
        gram: As `spectral_error`.
        group: As `spectral_error`.
        held_out: Pairs (orbit, group element), all different.
        ridge: As `spectral_error`.
        labels: As `spectral_error`.

    Returns:
        |y - ŷ| at each held-out point, of shape (..., |H|) or (..., |H|, classes).

    Raises:
        ValueError: As `spectral_error`, or if held_out is empty, out of range, repeated, or
            everything.

    Warns:
        IllConditionedWarning: As `spectral_error`.
    """
    _, residual = _held_out(gram, group, held_out, ridge, labels)
    return jnp.abs(residual)


def held_out_prediction(
    gram: ArrayLike | Array,
    group: FiniteGroup,
    *,
    held_out: Sequence[tuple[int, int]],
    ridge: ArrayLike,
    labels: ArrayLike | Array | None = None,
) -> Float[Array, "*shape"]:
    """The predictions ŷ at several points that are held out together, with their signs.

    Several classes are told apart by them: of the predictions one class against the rest, the
    largest wins. Arguments and errors as `held_out_error`, which has more digits where the error is
    tiny.

    Returns:
        Shape (..., |H|) or (..., |H|, classes).
    """
    truth, residual = _held_out(gram, group, held_out, ridge, labels)
    return truth - residual


def _held_out(
    gram: ArrayLike | Array,
    group: FiniteGroup,
    held_out: Sequence[tuple[int, int]],
    ridge: ArrayLike,
    labels: ArrayLike | Array | None,
) -> tuple[Array, Array]:
    """The labels y of held-out points, and y - ŷ."""
    rows = read_rows(gram, group)
    m = rows.shape[-2]
    labels, ridge = _prepare(rows, group, labels, ridge)
    points = np.asarray(held_out)
    if points.ndim != 2 or points.shape[1] != 2 or not np.issubdtype(points.dtype, np.integer):
        raise ValueError(
            f"Expected held_out as pairs (orbit, group element). Got {held_out!r}. Try [(0, 3)]."
        )
    inside = (points >= 0).all() and (points < [m, group.order]).all()
    if not inside or len(np.unique(points, axis=0)) < len(points) or len(points) == m * group.order:
        raise ValueError(
            f"Expected different pairs of an orbit below {m} and an element below {group.order}, "
            f"and not all of them. Got {held_out!r}."
        )
    orbits, elements = points.T
    # g⁻¹h for each pair of points (·, g), (·, h).
    steps = np.asarray(group.multiply(group.inverse[elements][:, None], elements))

    parts = fourier_blocks(rows, group, ridge)
    inverses = [inverse_factor(part) for part in parts]
    warn_if_ill_conditioned([part.blocks for part in parts], inverses)
    among = [
        inverse_entries(part, inverse, m, orbits, steps)
        for part, inverse in zip(parts, inverses, strict=True)
    ]
    columns = labels[:, None] if labels.ndim == 1 else labels
    weights = trivial_weights(inverses[0], columns)[..., orbits, :]
    residual = jnp.linalg.solve(_sum(among) / group.order, weights)
    return labels[orbits], residual[..., 0] if labels.ndim == 1 else residual


def _prepare(
    rows: Array, group: FiniteGroup, labels: ArrayLike | Array | None, ridge: ArrayLike
) -> tuple[Array, Array]:
    """Labels of orbits and the ridge, checked."""
    m = rows.shape[-2]
    if labels is None and m != 2:
        raise ValueError(f"Expected labels for {m} orbits. Got none. Try labels=[+1, -1, …].")
    labels = as_labels([1.0, -1.0] if labels is None else labels, m, rows.dtype)
    diagonal = jnp.diagonal(rows[..., 0], axis1=-2, axis2=-1) * group.order
    return labels, as_ridge(ridge, diagonal)


def _sum(arrays: Sequence[Array]) -> Array:
    return jnp.sum(jnp.stack(arrays), axis=0)

"""What theory, exact regression and the nearest neighbor say of poses that a class lacks."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float
from scipy.linalg import solve_triangular

from symtheory._checks import IllConditionedWarning
from symtheory.diagnosis.problem import Problem
from symtheory.regression.solving import factorize, weights
from symtheory.spectral.factored import Factored, factorized

__all__ = ["Theory", "margins", "nearest", "regression_outputs", "theory"]

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Theory:
    """What the spectral theory says.

    Attributes:
        outputs: Of each class against the rest, for each seed when its class lacks one pose, at
            that pose, of shape (m, classes). It is the same for every pose.
        signal: For each class, the mean of y (Λ_1⁻¹ y) over its seeds, in inverse units of the
            kernel, of shape (classes,).
        noise: For each class, the mean of the inverse blocks over the group, taken along the sum
            of its seeds, in the same units. Signal over noise is the mean error where all seeds of
            a class are alike.
        energy: What each irrep has of that noise, as `irreps` orders them, of shape
            (classes, irreps); characters that are conjugates of each other are one.
        ill_conditioned: Whether the condition number leaves fewer than about four digits.
    """

    outputs: Float[np.ndarray, "m classes"]
    signal: Float[np.ndarray, " classes"]
    noise: Float[np.ndarray, " classes"]
    energy: Float[np.ndarray, "classes irreps"]
    ill_conditioned: bool


def theory(problem: Problem, rows: Array | None = None) -> Theory:
    """All classes in turn, from one factorization.

    Args:
        problem: What is diagnosed.
        rows: First rows to take instead of the problem's, of shape (m, m, |G|).

    Raises:
        ValueError: If the Gram matrix is singular to its precision.
    """
    rows = problem.rows if rows is None else rows
    factored, ill_conditioned = _quietly(
        lambda: factorized(rows, problem.group, jnp.asarray(problem.ridge, rows.dtype))
    )
    columns = problem.columns
    labels = jnp.asarray(columns, rows.dtype)
    trivial = np.real(np.asarray(factored.inverses[0])[0])
    weighted = trivial.T @ (trivial @ columns)  # Λ_1⁻¹ y
    outputs = np.empty(columns.shape)
    signal, noise, energy = [], [], []
    for number in range(len(problem.classes)):
        seeds = problem.seeds_of(number)
        predicted, _ = factored.left_out(labels, seeds, np.zeros_like(seeds))
        outputs[seeds] = predicted
        shares = _energy(factored, seeds, len(columns))
        signal.append(weighted[seeds, number].mean())
        noise.append(shares.sum())
        energy.append(shares / shares.sum())
    return Theory(outputs, np.array(signal), np.array(noise), np.array(energy), ill_conditioned)


def _energy(factored: Factored, seeds: np.ndarray, m: int) -> np.ndarray:
    """uᵀ (A⁻¹)_HH u by irrep, for one pose of some seeds and u = 1/√|H|."""
    found = []
    for inverse, share in zip(factored.inverses, factored.shares, strict=True):
        blocks = np.asarray(inverse)
        k, size, _ = blocks.shape
        summed = blocks.reshape(k, size, m, size // m)[:, :, seeds].sum(axis=2)
        found.append(share * np.square(np.abs(summed)).sum((1, 2)) / len(seeds))
    return np.concatenate(found)


def regression_outputs(problem: Problem) -> tuple[Float[np.ndarray, "m order classes"], bool]:
    """The same by kernel regression on the matrix as it is, at every pose; and if few digits hold.

    One factorization serves all classes and poses: ŷ_H = y_H - [(A⁻¹)_HH]⁻¹ (A⁻¹y)_H.
    """
    if problem.matrix is None:
        raise ValueError("Expected a Gram matrix. Got first rows. Try expand_rows.")
    order = problem.group.order
    every = np.repeat(problem.columns, order, axis=0)
    matrix = jnp.asarray(problem.matrix)
    (regularized, inverse), ill_conditioned = _quietly(
        lambda: factorize(matrix, jnp.asarray(problem.ridge, matrix.dtype))
    )
    weighted = np.asarray(weights(regularized, inverse, jnp.asarray(every, matrix.dtype)))
    half = np.asarray(inverse)
    outputs = np.empty((len(problem.members), order, every.shape[1]))
    for number in range(len(problem.classes)):
        seeds = problem.seeds_of(number)
        for g in range(order):
            held_out = seeds * order + g
            # By QR, since copies of an item make (A⁻¹)_HH as ill-conditioned as A is.
            factor = np.asarray(np.linalg.qr(half[:, held_out], mode="r"))
            residual = solve_triangular(
                factor, solve_triangular(factor, weighted[held_out], trans="T")
            )
            outputs[seeds, g] = every[held_out] - residual
    return outputs, ill_conditioned


def nearest(problem: Problem) -> Float[np.ndarray, " m"]:
    """Whether the nearest seen item is of the right class, for each seed as in `theory`."""
    rows, members = np.asarray(problem.rows), problem.members
    own = np.diagonal(rows[..., 0])
    right = np.empty(len(members))
    for number in range(len(problem.classes)):
        seeds = problem.seeds_of(number)
        distance = own[seeds, None, None] + own[None, :, None] - 2 * rows[seeds]
        distance[:, seeds, 0] = np.inf
        right[seeds] = members[distance.min(axis=-1).argmin(axis=-1)] == number
    return right


def margins(
    outputs: Float[np.ndarray, "m ... classes"], members: np.ndarray
) -> Float[np.ndarray, "m ..."]:
    """The output of the own class less the largest other one: above 0 where a seed is right.

    Args:
        outputs: Of each class against the rest, of shape (m, classes) or (m, |G|, classes).
        members: The class of each seed.
    """
    own = np.arange(outputs.shape[-1]) == members[:, None]
    own = own.reshape(len(members), *(1,) * (outputs.ndim - 2), -1)
    return np.max(outputs, axis=-1, where=own, initial=-np.inf) - np.max(
        outputs, axis=-1, where=~own, initial=-np.inf
    )


def _quietly(solve: Callable[[], T]) -> tuple[T, bool]:
    """What is solved, and whether it warned that few digits are left."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = solve()
    ill = False
    for one in caught:
        if issubclass(one.category, IllConditionedWarning):
            ill = True
        else:
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
    return found, ill

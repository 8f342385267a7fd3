"""Generators found together, by gradient descent on one loss, as a network would find them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import Array
from jaxtyping import Float, Inexact
from numpy.typing import ArrayLike

from symtheory._checks import as_float_type, as_integer, as_number
from symtheory.lie.demands import SQUARED_NORM, as_constraints, as_matrices, demands

__all__ = ["LearnedGenerators", "learn_generators"]


@dataclass(frozen=True, eq=False)
class LearnedGenerators:
    """Where a descent has ended.

    Attributes:
        generators: Those of the start that ended lowest, of shape (count, n, n).
        loss: Their loss: 0 up to rounding if they are what was asked for.
        losses: That of all starts, of shape (starts,).
    """

    generators: Inexact[np.ndarray, "count n n"]
    loss: float
    losses: Float[np.ndarray, " starts"]


def learn_generators(
    constraints: ArrayLike,
    count: int,
    *,
    closure: bool = False,
    starts: int = 1,
    steps: int = 2500,
    learning_rate: float = 0.05,
    seed: int,
) -> LearnedGenerators:
    """Generators of a symmetry, all at once, by descent from random matrices.

    The loss of Forestano et al. (2023, arXiv 2301.05638, §3) is the sum over generators of
    invariance, the mean of (Re Σ C·G)² over constraints C, and of normalization, (|G|² − 2)²; over
    pairs of orthogonality, (Re Σ G_a·conj(G_b))², and, if closure is asked for, of what is left of
    the bracket [G_a, G_b] without its components along all G_c, squared. It vanishes just for
    orthogonal generators of squared norm 2 that meet all constraints and, with closure, span a Lie
    algebra. Adam has a rate that falls to 0 along a cosine.

    >>> import numpy as np
    >>> from symtheory.lie import invariance_constraints
    >>> x = np.random.default_rng(0).normal(size=(20, 3))
    >>> of_length = invariance_constraints(x, 2 * x)
    >>> [learn_generators(of_length, k, closure=True, seed=0).loss < 1e-8 for k in (2, 3)]
    [False, True]

    Args:
        constraints: As `invariance_constraints` returns them, of shape (m, n, n). Their scale does
            not matter: they are divided by the root of the mean square of their entries. If they
            are complex, so are the generators.
        count: How many generators to look for.
        closure: Whether their brackets have to stay in their span.
        starts: From how many random matrices. One start can miss what another finds.
        steps: Of Adam.
        learning_rate: The first one.
        seed: Of the starts.

    Returns:
        The generators of the best start, and the losses of all.

    Raises:
        ValueError: If the constraints are not such matrices, a setting is out of bounds, a loss is
            no number, or JAX computes in 32 bits.
    """
    given = as_constraints(constraints)
    count = as_integer(count, "count", minimum=1)
    starts = as_integer(starts, "starts", minimum=1)
    steps = as_integer(steps, "steps", minimum=1)
    rate = as_number(learning_rate, "learning_rate", above=0)
    rng = np.random.default_rng(as_integer(seed, "seed", minimum=0))
    as_float_type(np.float64)

    n, is_complex = given.shape[1], np.iscomplexobj(given)
    triangle = demands(given)
    size = (starts, count, triangle.shape[1])
    # By NumPy: JAX would compile a program for every shape, which takes longer than the descent.
    start = rng.normal(0, np.sqrt(SQUARED_NORM / size[2]), size)
    ends, values = _descend(
        start, triangle, rate, n=n, is_complex=is_complex, closure=bool(closure), steps=steps
    )
    losses = np.asarray(values)
    if not np.isfinite(losses).all():
        raise ValueError(
            f"Expected losses that are finite numbers. Got {losses}. Try a smaller learning_rate."
        )
    generators = as_matrices(np.asarray(ends)[losses.argmin()], n, is_complex)
    return LearnedGenerators(generators, float(losses.min()), losses)


def _loss(rows: Array, triangle: Array, n: int, is_complex: bool, closure: bool) -> Array:
    gram = rows @ rows.T
    invariance = jnp.sum((rows @ triangle.T) ** 2)
    normalization = jnp.sum((jnp.diag(gram) - SQUARED_NORM) ** 2)
    orthogonality = jnp.sum(jnp.triu(gram, 1) ** 2)
    loss = invariance + normalization + orthogonality
    if closure:
        one, other = np.triu_indices(len(rows), 1)
        X = as_matrices(rows, n, is_complex)
        brackets = (X[one] @ X[other] - X[other] @ X[one]).reshape(len(one), n * n)
        if is_complex:
            brackets = jnp.hstack([brackets.real, brackets.imag])
        outside = brackets - (brackets @ rows.T) @ rows / SQUARED_NORM
        loss += jnp.sum(outside**2)
    return loss


@partial(jax.jit, static_argnames=("n", "is_complex", "closure", "steps"))
def _descend(
    start: Array,
    triangle: Array,
    rate: Array,
    *,
    n: int,
    is_complex: bool,
    closure: bool,
    steps: int,
) -> tuple[Array, Array]:
    """All starts side by side, of which Adam treats every entry alone."""

    def losses(rows: Array) -> Array:
        return jax.vmap(lambda one: _loss(one, triangle, n, is_complex, closure))(rows)

    slope = jax.grad(lambda rows: losses(rows).sum())
    optimizer = optax.adam(optax.cosine_decay_schedule(rate, steps))

    def step(_: Array, state: tuple[Array, optax.OptState]) -> tuple[Array, optax.OptState]:
        rows, moments = state
        updates, moments = optimizer.update(slope(rows), moments)
        return rows + updates, moments

    end, _ = jax.lax.fori_loop(0, steps, step, (start, optimizer.init(start)))
    return end, losses(end)

"""The evidence of an average over any set of transformations, on any set of points.

Nothing here needs a group, or whole orbits: with weights a on transformations t the kernel is
k_a(x, x') = Σ_{t,s} a_t a_s k(tx, sx'), and labels have the covariance c K_a + σ² (van der Wilk,
Bauer, John, Hensman 2018 average so over samples of a distribution of transformations).
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy.linalg import solve_triangular
from scipy.optimize import minimize

__all__ = ["FLOOR", "Learned", "learn_among"]

# The least noise variance: labels ±1 without noise have no maximum, but an ever larger evidence.
FLOOR = 1e-4
STEPS = 300


class Learned(NamedTuple):
    """The best of several searches.

    Attributes:
        weights: of the transformations, nonnegative, of sum 1.
        scale: c, of the kernel.
        noise: σ², in squared units of the labels.
        evidence: the log marginal likelihood, in nats.
    """

    weights: np.ndarray
    scale: float
    noise: float
    evidence: float


def learn_among(blocks: np.ndarray, labels: np.ndarray, *, starts: int, seed: int) -> Learned:
    """Weights of transformations by marginal likelihood, from their kernels.

    The evidence has several maxima in general; each start is at random weights.

    Args:
        blocks: k(tx, sx') of n points, of shape (transformations, transformations, n, n).
        labels: of shape (n, columns). Columns are independent.
        starts: how many searches.
        seed: of the starts.

    Returns:
        What the best of them found.
    """
    kernels, columns = jnp.asarray(blocks), jnp.asarray(labels, float)
    generator = np.random.default_rng(seed)
    found = []
    for _ in range(starts):
        start = np.append(generator.normal(scale=0.5, size=len(kernels)), [0.0, -4.0])
        result = minimize(
            lambda p: tuple(map(np.asarray, _loss(p, kernels, columns))),
            start,
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": STEPS},
        )
        found.append((float(result.fun), result.x))
    loss, best = min(found, key=lambda each: each[0])
    weights, scale, noise = _parts(best)
    return Learned(np.asarray(weights), float(scale), float(noise), -loss * columns.size)


def _parts(parameters: Array) -> tuple[Array, Array, Array]:
    scale, noise = jnp.exp(parameters[-2:])
    return jax.nn.softmax(parameters[:-2]), scale, FLOOR + noise


@jax.jit
@jax.value_and_grad
def _loss(parameters: Array, blocks: Array, labels: Array) -> Array:
    """Minus the log evidence, for each label."""
    weights, scale, noise = _parts(parameters)
    n, columns = labels.shape
    averaged = jnp.einsum("t,s,tsij->ij", weights, weights, blocks)
    factor = jnp.linalg.cholesky(scale * averaged + noise * jnp.eye(n))
    white = solve_triangular(factor, labels, lower=True)
    determinant = 2 * jnp.sum(jnp.log(jnp.diagonal(factor)))
    total = jnp.sum(white * white) + columns * (determinant + n * np.log(2 * np.pi))
    return total / (2 * labels.size)

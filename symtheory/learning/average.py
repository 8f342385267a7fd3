"""An average over a group, learned from labels by maximizing their evidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy.linalg import solve_triangular
from jaxtyping import Bool, Float
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize

from symtheory._checks import as_integer, as_number
from symtheory.groups import FiniteGroup, Homomorphism, subgroup
from symtheory.learning.evidence import (
    as_functions,
    as_rows,
    coefficients,
    indicators,
    seen_part,
    spectrum_of,
    transforms_of,
)
from symtheory.spectral import FirstRows
from symtheory.spectral.errors import as_points

__all__ = ["LearnedAverage", "learn_average"]

# Of the weight, what has to lie on a coset of a subgroup for it to carry the weight.
_SHARE = 0.9
# Starts whose evidence is as close to the best, in nats, have found the same maximum.
_SAME = 0.1
_LARGEST_NOISE = 10.0  # beside the mean square of the labels


@dataclass(frozen=True, eq=False)
class LearnedAverage:
    """What the evidence makes of the weights of an average.

    Attributes:
        weights: a, ≥ 0, of sum 1 and shape (|G|,). All left translates a(h·) have one evidence;
            this is the one whose largest weight is that of the identity.
        amplitude: What the kernel is multiplied by, s².
        noise: σ², in squared units of the labels.
        log_evidence: Of the labels that were seen, in nats, for ``s * weights`` as weights.
        subgroup: The smallest subgroup that a share of .9 of the weight generates, as an inclusion.
        share: The part of the weight that lies on it.
        evenness: How evenly: 1 / (|H| Σ_h a_h²) over the weights on the subgroup, taken to sum 1.
            It is 1 for the uniform average over it, and 1/|H| where one element has all.
        evidences: Where each of the starts ended, of shape (starts,), the best first.
        converged: Whether each of them ended at a stationary point, of shape (starts,).
        noise_at_bound: Whether the noise ran down to its bound, as it does where an average
            explains the labels without any.
    """

    weights: Float[np.ndarray, " order"]
    amplitude: float
    noise: float
    log_evidence: float
    subgroup: Homomorphism
    share: float
    evenness: float
    evidences: Float[np.ndarray, " starts"]
    converged: Bool[np.ndarray, " starts"]
    noise_at_bound: bool

    @property
    def agreement(self) -> float:
        """The fraction of starts that ended within .1 nats of the best."""
        return float(np.mean(self.evidences >= self.evidences[0] - _SAME))

    @property
    def verdict(self) -> str:
        """A sentence: which subgroup carries the weight, and whether evenly."""
        group, found = self.subgroup.target, self.subgroup.source
        if found.order == 1:
            return f"No average: {self.share:.0%} of the weight is on one element of {group.name}."
        whole = found.order == group.order
        name = f"all of {group.name}" if whole else f"{found.name}, of order {found.order}"
        spread = "evenly" if self.evenness >= _SHARE else "unevenly"
        return f"An average over {name}: {self.share:.0%} of the weight, spread {spread}."


def learn_average(
    rows: ArrayLike | Array | FirstRows,
    group: FiniteGroup,
    labels: ArrayLike | Array,
    *,
    held_out: Sequence[tuple[int, int]] | None = None,
    starts: int = 4,
    steps: int = 500,
    least_noise: float = 1e-4,
    seed: int = 0,
) -> LearnedAverage:
    """The average over a group under which labels are most likely.

    Maximizes `symtheory.learning.log_evidence` over the weights in the simplex, the amplitude of
    the kernel and the noise. Amplitude times weights is any vector w ≥ 0, so that bounds are the
    only constraints, and are reached exactly (L-BFGS-B: Byrd, Lu, Nocedal, Zhu 1995). The blocks
    are diagonalized once, and a step costs little. The evidence has several maxima, and the uniform
    average is a stationary point whatever the labels: there is one start near the identity, the
    others are drawn from the simplex.

    >>> import numpy as np
    >>> from symtheory import groups
    >>> c4 = groups.cyclic_group(4)
    >>> own, other = [2.0, 1.0, 0.5, 1.0], [0.3, 0.1, 0.0, 0.2]
    >>> rows = np.array([[own, other], [np.roll(other[::-1], 1), own]])
    >>> learn_average(rows, c4, [1.0, -1.0]).subgroup.source.order
    4
    >>> alternating = np.array([[1.0, -1.0, 1.0, -1.0]] * 2)  # kept by half turns
    >>> learn_average(rows, c4, alternating).verdict
    'An average over ⟨e, r2⟩ in C4, of order 2: 100% of the weight, spread evenly.'

    Args:
        rows: As `log_evidence`.
        group: As `log_evidence`.
        labels: As `log_evidence`.
        held_out: As `log_evidence`.
        starts: How many, at least 1.
        steps: At most, for each start.
        least_noise: The lower bound of σ², as a fraction of the labels' mean square, > 0. Where an
            average explains the labels, the evidence grows without bound as the noise vanishes.
        seed: Draws the starts.

    Returns:
        The best of the starts, and what each of them came to.

    Raises:
        ValueError: As `log_evidence`, if a setting is out of bounds, all labels that were seen are
            0, no start ends at finite numbers, or labels are most likely as noise alone.
    """
    starts, steps = as_integer(starts, "starts", minimum=1), as_integer(steps, "steps", minimum=1)
    seed = as_integer(seed, "seed", minimum=0)
    least = as_number(least_noise, "least_noise", above=0.0, maximum=1.0)
    values = as_rows(rows, group)
    functions = as_functions(labels, len(values), group, values.dtype)
    points = None if held_out is None else as_points(held_out, len(values), group)
    seen = np.ones(functions.shape, bool)
    if points is not None:
        seen[:, points[:, 0], points[:, 1]] = False
    size = float(np.sqrt(np.mean(np.square(np.asarray(functions))[seen])))
    scale = float(np.mean(np.diagonal(np.asarray(values)[..., 0])))
    if not size or scale <= 0:
        raise ValueError(
            "Expected labels that are not all 0, and a kernel that is not. "
            f"Got a root mean square of {size:g} and a mean k(x, x) of {scale:g}. "
            "Try labels +1 and -1."
        )
    loss = _loss(values / scale, functions / size, group, points)
    count = int(seen.sum())
    bounds = [(0.0, None)] * group.order + [(np.log(least), np.log(_LARGEST_NOISE))]
    ends = []
    for start in _starts(group.order, starts, seed):
        end = minimize(
            loss,
            np.append(start, np.log(max(least, 0.1))),
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxiter": steps, "maxfun": 4 * steps, "ftol": 1e-11, "gtol": 1e-7},
        )
        ends.append(end)
    ends = sorted((end for end in ends if np.isfinite(end.fun)), key=lambda end: end.fun)
    if not ends:
        raise ValueError(
            "Expected a start that ends at a finite evidence. Got none. Try a larger least_noise."
        )
    best = ends[0].x
    if not best[:-1].any():
        raise ValueError(
            "Expected labels that some average of the kernel explains better than noise alone. "
            "Got labels that are most likely as noise. Try log_evidence, for weights of your own."
        )
    a = _first_at_identity(best[:-1] / best[:-1].sum(), group)
    inclusion, share, evenness = _carrier(a, group)
    return LearnedAverage(
        weights=a,
        amplitude=float(size**2 / scale * best[:-1].sum() ** 2),
        noise=float(size**2 * np.exp(best[-1])),
        log_evidence=float(-count * (ends[0].fun + np.log(size))),
        subgroup=inclusion,
        share=share,
        evenness=evenness,
        evidences=np.array([-count * (end.fun + np.log(size)) for end in ends]),
        converged=np.array([bool(end.success) for end in ends]),
        noise_at_bound=bool(best[-1] <= np.log(least) + 1e-6),
    )


def _starts(order: int, count: int, seed: int) -> NDArray[np.floating]:
    """Weights to start from, of shape (count, order): near the identity, then anywhere."""
    drawn = np.random.default_rng(seed).dirichlet(np.ones(order), size=count)
    drawn[0] = 0.2 * drawn[0]
    drawn[0, 0] += 0.8
    return drawn


def _first_at_identity(weights: NDArray, group: FiniteGroup) -> NDArray:
    """The left translate a(x·) whose largest weight is that of the identity."""
    return weights[group.multiply(int(np.argmax(weights)), group.elements)]


def _carrier(weights: NDArray, group: FiniteGroup) -> tuple[Homomorphism, float, float]:
    """The subgroup that the heaviest elements generate, its share, and how even that is."""
    heaviest = np.argsort(-weights, kind="stable")
    needed = int(np.searchsorted(np.cumsum(weights[heaviest]), _SHARE)) + 1
    inclusion = subgroup(group, heaviest[:needed].tolist())
    on_it = weights[inclusion.images]
    share = float(on_it.sum())
    return inclusion, share, float(share**2 / (len(on_it) * np.sum(np.square(on_it))))


def _loss(
    values: Array, functions: Array, group: FiniteGroup, points: NDArray[np.integer] | None
) -> Callable[[NDArray], tuple[float, NDArray]]:
    """Minus the log evidence for each label, and its gradient, of (weights, log σ²)."""
    hidden = 0 if points is None else len(points)
    if points is not None:
        functions = jnp.concatenate([functions, indicators(points, functions)])
    blocks, counts = spectrum_of(values, group)
    eigenvalues, columns = [], []
    for block, transform in zip(blocks, transforms_of(functions, group), strict=True):
        found, vectors = jnp.linalg.eigh(block)
        eigenvalues.append(jnp.maximum(found, 0))
        columns.append(
            jnp.einsum("kst,kasp->ktap", vectors.conj(), coefficients(transform, group.order))
        )
    of_all = jnp.asarray(values.shape[0] * group.order - hidden, values.dtype)

    def with_gradient(x: NDArray) -> tuple[float, NDArray]:
        value, gradient = _mean_loss(
            jnp.asarray(x, values.dtype), eigenvalues, columns, counts, of_all, group, hidden
        )
        return float(value), np.asarray(gradient, dtype=float)

    return with_gradient


# One program for all labels and kernels of one size.
@partial(jax.jit, static_argnames=("group", "hidden"))
@jax.value_and_grad
def _mean_loss(
    x: Array,
    eigenvalues: list[Array],
    columns: list[Array],
    counts: list[Array],
    of_all: Array,
    group: FiniteGroup,
    hidden: int,
) -> Array:
    """Minus the log evidence for each of the points that were seen, and each column."""
    products, determinant = jnp.zeros((), x.dtype), jnp.zeros((), x.dtype)
    averages = transforms_of(x[:-1], group)
    for average, found, y, often in zip(averages, eigenvalues, columns, counts, strict=True):
        inner, logarithm = _whitened(average, found, y, jnp.exp(x[-1]))
        products += jnp.einsum("k,kpq->pq", often, inner)
        determinant += often @ logarithm
    squares, determinant, classes = seen_part(products, determinant, hidden)
    return (squares / classes + determinant + of_all * np.log(2 * np.pi)) / (2 * of_all)


def _whitened(average: Array, found: Array, y: Array, noise: Array) -> tuple[Array, Array]:
    """y*M⁻¹y of all pairs of columns and log det M, of shapes (k, p, p) and (k,).

    M is λ âᵀconj(â) + σ² for each eigenvalue λ of a block, of size d × d.

    Args:
        average: â, of shape (k, d, d).
        found: λ, of shape (k, md).
        y: In the basis of the eigenvectors, of shape (k, md, d, p).
        noise: σ².
    """
    d = average.shape[-1]
    gain = jnp.swapaxes(average, -1, -2) @ jnp.conj(average)
    if d == 1:
        variance = found * jnp.real(gain[..., 0]) + noise
        white = y[:, :, 0] / jnp.sqrt(variance)[..., None]
        logarithm = jnp.sum(jnp.log(variance), axis=-1)
    else:
        system = found[..., None, None] * gain[:, None] + noise * jnp.eye(d)
        factor = jnp.linalg.cholesky(system)
        white = solve_triangular(factor, y, lower=True).reshape(len(y), -1, y.shape[-1])
        pivots = jnp.real(jnp.diagonal(factor, axis1=-2, axis2=-1))
        logarithm = 2 * jnp.sum(jnp.log(pivots), axis=(-2, -1))
    return jnp.real(jnp.einsum("ksp,ksq->kpq", jnp.conj(white), white)), logarithm

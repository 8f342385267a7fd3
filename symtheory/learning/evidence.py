r"""The marginal likelihood of labels on orbits, under a kernel that is averaged over a group.

With weights a on the group, the averaged kernel is k_a(x, x') = Σ_{g,h} a_g a_h k(gx, hx'). On
orbits, whose point (i, u) is u·seed_i, averaging is a translation from the left,
(Af)(u) = Σ_g a_g f(gu), and an invariant Gram matrix a convolution from the right, so that the two
commute: the covariance of the labels is K_a + σ² with K_a = A K Aᵀ = (AAᵀ) K. At an irrep ρ, with
μ_k(ρ) the squared singular values of â(ρ) = Σ_g a_g ρ(g) and Λ_ρ the block of K, it falls apart
into the d_ρ blocks μ_k(ρ) Λ_ρ + σ².

K_a itself is not invariant in general, K_a[(i,u),(j,v)] = Σ_w (a⋆a)(w) κ_ij(u⁻¹wv) with the
autocorrelation (a⋆a)(w) = Σ_g a_g a_{gw}; it is if a is constant on conjugacy classes. As weights
enter through their autocorrelation alone, all left translates a(h·) have one evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy.linalg import cho_solve
from jaxtyping import Float
from numpy.typing import ArrayLike, NDArray

from symtheory._checks import (
    as_real_array,
    as_ridge,
    inverse_factor,
    warn_if_ill_conditioned,
)
from symtheory.groups import FiniteGroup
from symtheory.spectral import FirstRows
from symtheory.spectral.blocks import fourier_blocks
from symtheory.spectral.errors import as_points
from symtheory.spectral.rows import check_rows, diagonal_of

__all__ = [
    "as_functions",
    "as_rows",
    "as_weights",
    "averaged_gram",
    "coefficients",
    "indicators",
    "log_evidence",
    "seen_part",
    "spectrum_of",
    "transforms_of",
]


def log_evidence(
    rows: ArrayLike | Array | FirstRows,
    group: FiniteGroup,
    *,
    weights: ArrayLike | Array,
    labels: ArrayLike | Array,
    noise: ArrayLike | Array,
    held_out: Sequence[tuple[int, int]] | None = None,
) -> Float[Array, ""]:
    """The log of the marginal likelihood of labels under the averaged kernel, in nats.

    Of the Gaussian with covariance K_a + σ², its constant included (Rasmussen and Williams 2006,
    equation 5.8), from Fourier blocks: for labels that are constant on orbits and weights that sum
    to 1

        log p(y) = -½|G| yᵀ(Λ_1 + σ²)⁻¹y - ½ Σ_ρ Σ_{k≤d_ρ} log det(μ_k(ρ)Λ_ρ + σ²) - ½m|G| log 2π.

    Labels that vary along orbits have a term of this kind at every irrep. Points that are held out
    are left out by the inverse at these points: with M the covariance of all points,
    log det M_SS = log det M + log det (M⁻¹)_HH for the seen ones, and likewise for the labels.

    It can be differentiated with respect to the first rows, the weights, the labels and the noise.

    >>> import numpy as np
    >>> from symtheory import groups
    >>> rows = np.array([[[2.0, 1.0, 0.5, 1.0]]])  # one orbit of C4
    >>> for weights in ([1, 0, 0, 0], [0.25, 0.25, 0.25, 0.25]):
    ...     evidence = log_evidence(
    ...         rows, groups.cyclic_group(4), weights=weights, labels=[1.0], noise=0.01
    ...     )
    ...     print(f"{evidence:.2f}")
    -4.95
    2.04

    Args:
        rows: First rows κ_ij(h) of m orbits, of shape (m, m, |G|), from
            `symtheory.kernels.first_rows` or `symtheory.spectral.average_rows`.
        group: Any finite group; a product of cyclic groups by FFT, others of order at most 720.
        weights: a, of shape (|G|,). Any real numbers; their sum is the amplitude by which functions
            that are constant on orbits are scaled, 1 for an average.
        labels: Any real numbers: of shape (m,), one for each orbit; (m, |G|), one for each point;
            or with columns, as for several classes, (m, |G|, classes) or (m, 1, classes). Columns
            are independent, and their evidence is added up.
        noise: σ², a scalar, in squared units of the labels.
        held_out: Pairs (orbit, group element) whose labels were not seen; what stands for them in
            `labels` does not matter. None if all were seen.

    Returns:
        A scalar.

    Raises:
        ValueError: If shapes do not match, a value is not finite, the noise is negative, or the
            covariance is singular to its precision.

    Warns:
        IllConditionedWarning: If the condition number leaves fewer than about four digits, which in
            double precision is beyond 10¹². Not where it is traced, as in ``jax.jit``.
    """
    values = as_rows(rows, group)
    functions = as_functions(labels, len(values), group, values.dtype)
    averages = transforms_of(as_weights(weights, group, values.dtype), group)
    variance = as_ridge(noise, diagonal_of(values))
    hidden = 0
    if held_out is not None:
        points = as_points(held_out, len(values), group)
        hidden = len(points)
        functions = jnp.concatenate([functions, indicators(points, functions)])
    blocks, counts = spectrum_of(values, group)
    systems = [_system(*each, variance) for each in zip(averages, blocks, strict=True)]
    halves = [inverse_factor(system, what="covariance of the labels") for system in systems]
    for each in zip(systems, halves, strict=True):
        warn_if_ill_conditioned(*([a.reshape(-1, *a.shape[-2:])] for a in each))
    return _evidence(
        averages,
        blocks,
        transforms_of(functions, group),
        systems,
        halves,
        counts,
        variance,
        group.order,
        hidden,
    )


@jax.jit
def _system(average: Array, blocks: Array, noise: Array) -> Array:
    """μ_k(ρ) Λ_ρ + σ² for the k-th singular value at each irrep, of shape (k, d, md, md)."""
    # Values alone have a derivative where they coincide, as all do at the uniform average.
    gains = jnp.linalg.eigvalsh(_gain(average))
    identity = jnp.eye(blocks.shape[-1], dtype=blocks.dtype)
    return gains[..., None, None] * blocks[:, None] + noise * identity


def _gain(average: Array) -> Array:
    """âᵀ conj(â): what AAᵀ does to the first index of the coefficients of a function."""
    return jnp.swapaxes(average, -1, -2) @ jnp.conj(average)


@partial(jax.jit, static_argnames=("order", "hidden"))
def _evidence(
    averages: Sequence[Array],
    blocks: Sequence[Array],
    transforms: Sequence[Array],
    systems: Sequence[Array],
    halves: Sequence[Array],
    counts: Sequence[Array],
    noise: Array,
    order: int,
    hidden: int,
) -> Array:
    """The log evidence from L⁻¹ of all systems; the last columns are those of held-out points."""
    products, determinant = jnp.zeros((), noise.dtype), jnp.zeros((), noise.dtype)
    for average, block, transform, system, half, n in zip(
        averages, blocks, transforms, systems, halves, counts, strict=True
    ):
        determinant += jnp.sum(n * jnp.sum(_log_determinant(system, half), axis=-1))
        columns = coefficients(transform, order)
        solved = _solve(_gain(average), block, noise, half, columns)
        inner = jnp.einsum("kasp,kasq->kpq", jnp.conj(columns), solved)
        products += jnp.einsum("k,kpq->pq", n, jnp.real(inner))
    squares, determinant, classes = seen_part(products, determinant, hidden)
    count = transforms[0].shape[1] * order - hidden
    return -(squares + classes * (determinant + count * np.log(2 * np.pi))) / 2


def seen_part(products: Array, determinant: Array, hidden: int) -> tuple[Array, Array, int]:
    """What is left where points are held out: yᵀM⁻¹y, log det M, and the number of columns.

    Args:
        products: yᵀM⁻¹y of all pairs of columns, of which the last are indicators of the points.
        determinant: log det M.
        hidden: The number of points.
    """
    classes = len(products) - hidden
    squares = jnp.trace(products[:classes, :classes])
    if hidden:
        inverse = products[classes:, classes:]  # (M⁻¹)_HH
        factor = jnp.linalg.cholesky(inverse)
        determinant += 2 * jnp.sum(jnp.log(jnp.diagonal(factor)))
        across = products[classes:, :classes]
        squares -= jnp.sum(across * cho_solve((factor, True), across))
    return squares, determinant, classes


@jax.custom_jvp
def _log_determinant(system: Array, half: Array) -> Array:
    """The log determinant of Hermitian matrices A, from L⁻¹ for their Cholesky factors LL*."""
    pivots = jnp.real(jnp.diagonal(half, axis1=-2, axis2=-1))
    return -2 * jnp.sum(jnp.log(pivots), axis=-1)


@_log_determinant.defjvp
def _log_determinant_jvp(
    primals: tuple[Array, Array], tangents: tuple[Array, Array]
) -> tuple[Array, Array]:
    """tr(A⁻¹ dA): one product of matrices, where a derivative of the factor takes several."""
    half = primals[1]
    inverse = jnp.conj(jnp.swapaxes(half, -1, -2)) @ half
    change = jnp.sum(jnp.conj(inverse) * tangents[0], axis=(-2, -1))  # Hermitian: A⁻ᵀ is its conj
    return _log_determinant(*primals), jnp.real(change)


def coefficients(transform: Array, order: int) -> Array:
    """√(d/|G|) conj(ŷ_i(ρ)_ab) at (k, a, (i, b), column): orthonormal, of (column, i, k, a, b)."""
    _, m, k, d, _ = transform.shape
    moved = jnp.transpose(jnp.conj(transform), (2, 3, 1, 4, 0))
    return np.sqrt(d / order) * moved.reshape(k, d, m * d, -1)


def _solve(gain: Array, blocks: Array, noise: Array, half: Array, columns: Array) -> Array:
    """(gain ⊗ Λ + σ²)⁻¹ of columns, of shape (k, d, md, columns).

    The eigenvectors of the gain, which have no derivative where its eigenvalues coincide, serve to
    solve only: the derivative of the solution is that of the equation.
    """
    vectors = jax.lax.stop_gradient(jnp.linalg.eigh(jax.lax.stop_gradient(gain))[1])
    inverse = jax.lax.stop_gradient(half)

    def apply(x: Array) -> Array:
        return jnp.einsum("kab,kst,kbtp->kasp", gain, blocks, x) + noise * x

    def solve(_: object, x: Array) -> Array:
        turned = jnp.einsum("kab,kasp->kbsp", jnp.conj(vectors), x)
        solved = jnp.conj(jnp.swapaxes(inverse, -1, -2)) @ (inverse @ turned)
        return jnp.einsum("kab,kbsp->kasp", vectors, solved)

    def transposed(_: object, x: Array) -> Array:
        return jnp.conj(solve(None, jnp.conj(x)))  # the transpose of what is Hermitian

    return jax.lax.custom_linear_solve(apply, columns, solve, transposed)


def transforms_of(function: Array, group: FiniteGroup) -> list[Array]:
    """The transform of a real function of shape (..., |G|): (..., k, d, d) for each size of irreps.

    Irreps are those of `symtheory.spectral.blocks.fourier_blocks`, without conjugates.
    """
    scalar = function[..., None, None, :]
    zero = jnp.zeros(function.shape[:-1], function.dtype)
    return [part.blocks for part in fourier_blocks(scalar, group, zero)]


def spectrum_of(values: Array, group: FiniteGroup) -> tuple[list[Array], list[NDArray]]:
    """The blocks Λ_ρ of first rows, of shape (k, md, md) for each size of irreps, and their counts.

    Each counts once for every dimension of its irrep, and twice for a character that stands for its
    conjugate as well: the second list has 1 or 2, of shape (k,).
    """
    parts = fourier_blocks(values, group, jnp.zeros((), values.dtype))
    m = values.shape[0]
    return [p.blocks for p in parts], [p.weight * m / p.blocks.shape[-1] for p in parts]


def averaged_gram(
    rows: ArrayLike | Array | FirstRows, group: FiniteGroup, *, weights: ArrayLike | Array
) -> Float[Array, "n n"]:
    """The Gram matrix of the averaged kernel k_a on whole orbits, seed-major.

    It is not invariant in general, so that it has no first rows: see the module.

    Args:
        rows: As `log_evidence`.
        group: Any finite group whose table fits in memory.
        weights: As `log_evidence`.

    Returns:
        Shape (m|G|, m|G|).

    Raises:
        ValueError: As `log_evidence`.
    """
    values = as_rows(rows, group)
    a = as_weights(weights, group, values.dtype)
    return _averaged(values, a, group.table, group.inverse)


@jax.jit
def _averaged(rows: Array, weights: Array, table: Array, inverse: Array) -> Array:
    """Σ_w (a⋆a)(w) κ_ij(u⁻¹wv), as AAᵀ applied to K."""
    m, order = rows.shape[0], len(weights)
    average = weights[table[:, inverse].T]  # entry (u, w) is a(wu⁻¹)
    gram = rows[..., table[inverse]]  # (i, j, u, v)
    moved = jnp.einsum("uw,ijwv->iujv", average @ average.T, gram)
    return moved.reshape(m * order, m * order)


def indicators(points: NDArray[np.integer], functions: Array) -> Array:
    """Functions that are 1 at one point each, of shape (points, m, |G|)."""
    found = np.zeros((len(points), *functions.shape[1:]))
    found[np.arange(len(points)), points[:, 0], points[:, 1]] = 1
    return jnp.asarray(found, functions.dtype)


def as_rows(rows: ArrayLike | Array | FirstRows, group: FiniteGroup) -> Array:
    """First rows of m orbits, checked, of shape (m, m, |G|).

    Raises:
        ValueError: As `symtheory.spectral.rows.check_rows`, or if there is a batch of them.
    """
    values = check_rows(rows.values if isinstance(rows, FirstRows) else rows, group)
    if values.ndim != 3:
        raise ValueError(
            f"Expected first rows of shape (m, m, {group.order}). Got shape {values.shape}. "
            "Try jax.vmap for a batch of them."
        )
    return values


def as_weights(weights: ArrayLike | Array, group: FiniteGroup, dtype: jnp.dtype) -> Array:
    """One real number for each element of the group.

    Raises:
        ValueError: If it is anything else.
    """
    values = as_real_array(weights, "weights")
    if values.shape != (group.order,):
        raise ValueError(
            f"Expected a weight for each of the {group.order} elements of {group.name}, of shape "
            f"({group.order},). Got shape {values.shape}. Try np.full({group.order}, 1 / "
            f"{group.order})."
        )
    return values.astype(dtype)


def as_functions(labels: ArrayLike | Array, m: int, group: FiniteGroup, dtype: jnp.dtype) -> Array:
    """Labels as functions on orbits, of shape (columns, m, |G|).

    Raises:
        ValueError: If they are of none of the shapes (m,), (m, |G|), (m, |G|, columns) and
            (m, 1, columns).
    """
    values = as_real_array(labels, "labels").astype(dtype)
    order, shape = group.order, values.shape
    fits = shape == (m,) or (
        values.ndim in (2, 3)
        and shape[0] == m
        and (shape[1] == order or (values.ndim == 3 and shape[1] == 1))
        and 0 not in shape
    )
    if not fits:
        raise ValueError(
            f"Expected labels of {m} orbits of {group.name}: of shape ({m},), ({m}, {order}), or "
            f"with columns ({m}, {order}, classes) or ({m}, 1, classes). Got shape {shape}. "
            "Try labels[:, None, :], where columns are constant on orbits."
        )
    if values.ndim == 1:
        values = values[:, None]
    if values.ndim == 2:
        values = values[..., None]
    return jnp.moveaxis(jnp.broadcast_to(values, (m, order, values.shape[-1])), -1, 0)

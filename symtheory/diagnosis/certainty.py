"""Where the theory is certainly right, or wrong, of a kernel that is not quite invariant."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from numpy.typing import NDArray
from scipy.linalg import solve_triangular
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh

from symtheory.diagnosis.asked import answered, by_class
from symtheory.diagnosis.forecast import Points, Theory
from symtheory.diagnosis.problem import Problem
from symtheory.spectral.invariance import DEFECT_TOLERANCE

__all__ = ["Certainty", "certain"]

_TOLERANCE = 1e-3  # of the eigenvalues, relative
_ROUNDING = 1e-9  # of F on a random vector, below which its eigenvalues are nothing
_QUICK, _MOST = 5e9, 1e11  # multiplications: about a second, and half a minute


def certain(
    problem: Problem,
    theory: Theory,
    table: Bool[np.ndarray, "classes order"] | None,
    *,
    quick: bool,
) -> tuple[Float[np.ndarray, "classes order"], Float[np.ndarray, "classes order"]] | None:
    """The share of seeds that regression gets right for certain, and the share that it may.

    Args:
        problem: What is diagnosed.
        theory: Of the same.
        table: The poses that each class lacks, all at once; None for each class and pose in turn.
        quick: Whether it is to take no longer than about a second.

    Returns:
        None where the matrix is not known, or too far from invariant for the theory to speak, or
        has rows for each output, or where it would take long.
    """
    if problem.matrix is None or problem.defect > DEFECT_TOLERANCE or problem.width > 1:
        return None
    if _products(problem, table) > (_QUICK if quick else _MOST):
        return None
    found = answered(Certainty.of(problem, theory).signs, problem, table)
    low, high = found[..., 0], 1 - found[..., 1]
    return by_class(low, problem.members), by_class(high, problem.members)


@dataclass(frozen=True, eq=False)
class Certainty:
    """What regression on the matrix as it is says for certain, without factorizing that matrix.

    With A = K + rI, Ā its average over the group, E = A - Ā, any M with MᵀM = Ā⁻¹ and F = M E Mᵀ,
    A⁻¹ is Mᵀ(1 + F)⁻¹M. Let V be the columns of M for the points that are held out, Q the
    projection on what is orthogonal to them, and w = Q M y, of any labels y. Then the outputs ŷ
    there, from A, and those of the theory, ȳ, differ by (VᵀV)⁻¹VᵀFw and a rest,

        |ŷ_a - ȳ_a - [(VᵀV)⁻¹VᵀFw]_a| ≤ √((1 + λ₊)/(1 + λ₋)) √[(VᵀV)⁻¹]_aa ‖F Q F w‖,

    with the extreme eigenvalues λ₋ ≤ 0 ≤ λ₊ of F. It is that of `symtheory.spectral.error_bound`
    for several points and outputs, one order further: what is of first order in E is computed, and
    not bounded. For ŷ - ȳ is -(VᵀSV)⁻¹VᵀSw with S = (1 + F)⁻¹ = 1 - SF, twice; and VᵀSV is at least
    VᵀV/(1 + λ₊), S at most 1/(1 + λ₋).

    Attributes:
        problem: What is diagnosed, with its matrix.
        theory: Of the same.
        half: M, which for points that are held out is `Theory.half_columns`.
        gap: E, of shape (m|G|, m|G|).
        stretch: √((1 + λ₊)/(1 + λ₋)).
    """

    problem: Problem
    theory: Theory
    half: _Half
    gap: np.ndarray
    stretch: float

    @classmethod
    def of(cls, problem: Problem, theory: Theory) -> Certainty:
        """Find E and the extreme eigenvalues of F."""
        group, rows = problem.group, np.asarray(problem.rows)
        m, order = len(problem.members), group.order
        half = _Half(theory.parts(group.elements), order)
        blocks = np.array(problem.matrix).reshape(m, order, m, order)
        for g in range(order):
            blocks[:, g] -= rows[..., group.table[group.inverse[g]]]  # κ_ij(g⁻¹h)
        gap = blocks.reshape(m * order, m * order)
        return cls(problem, theory, half, gap, _stretch(half, gap))

    def signs(self, orbits: Points, elements: Points) -> Bool[np.ndarray, "points 2"]:
        """Whether each of some points that are held out together is right, or wrong, for certain.

        Right is where its own class has the largest output.
        """
        members, order = self.problem.members, self.problem.group.order
        held_out = orbits * order + elements
        said = self.theory.outputs(orbits, elements)
        # M y less its projection on V is M times the same labels, with ȳ where points are held out.
        labels = np.repeat(self.problem.columns, order, axis=0)
        labels[held_out] = said
        basis, factor = np.linalg.qr(self.theory.half_columns(orbits, elements))
        pushed = self.half.times(self.gap @ self.half.solve(labels))  # F w
        within = basis.T @ pushed
        rest = self.half.times(self.gap @ self.half.turned(pushed - basis @ within))  # F Q F w
        said = said + solve_triangular(factor, within)
        inverse = solve_triangular(factor, np.eye(len(factor)))
        power = np.linalg.norm(inverse, axis=1, keepdims=True)

        own = members[orbits]
        lead = said[np.arange(len(own)), own][:, None] - said
        inner = rest.T @ rest
        squares = np.diagonal(inner)
        apart = np.sqrt(np.maximum(squares[:, None] + squares - 2 * inner, 0))
        bound = self.stretch * power * apart[own]
        other = np.arange(said.shape[1]) != own[:, None]
        right = ((lead > bound) | ~other).all(axis=1)
        wrong = ((lead < -bound) & other).any(axis=1)
        return np.stack([right, wrong], axis=1)


def _products(problem: Problem, table: NDArray[np.bool_] | None) -> float:
    """About how many multiplications it takes."""
    classes, order = len(problem.classes), problem.group.order
    points = float(len(problem.members) * order)
    return 2 * points**2 * classes * (classes * order if table is None else 1)


@dataclass(frozen=True, eq=False)
class _Half:
    """M with MᵀM = Ā⁻¹: what `Theory.half_columns` has, for all points.

    Attributes:
        parts: What `Theory.parts` has of all elements of the group.
        order: How many these are.
    """

    parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]]
    order: int

    def times(self, values: Float[np.ndarray, "n c"]) -> Float[np.ndarray, "rows c"]:
        """M x."""
        found, c = [], values.shape[1]
        for inverse, scale, rho in self.parts:
            mixed = np.einsum("khab,ihc->kaibc", rho.conj(), values.reshape(-1, self.order, c))
            k, d = mixed.shape[:2]
            rows = inverse[:, None] @ mixed.reshape(k, d, inverse.shape[-1], c)
            found.append((scale[:, None, None, None] * rows).reshape(-1, c))
        rows = np.concatenate(found)
        return np.concatenate([rows.real, rows.imag])

    def turned(self, rows: Float[np.ndarray, "rows c"]) -> Float[np.ndarray, "n c"]:
        """Mᵀ x."""
        c = rows.shape[1]
        real, imaginary = np.split(rows, 2)
        whole, start = real + 1j * imaginary, 0
        total: np.ndarray = np.zeros(())
        for inverse, scale, rho in self.parts:
            (k, size, _), d = inverse.shape, rho.shape[-1]
            part = whole[start : start + k * d * size].reshape(k, d, size, c)
            start += k * d * size
            # Not (L⁻¹)* itself, which would be copied.
            back = (np.swapaxes(inverse, -1, -2)[:, None] @ part.conj()).conj()
            mixed = (scale[:, None, None, None] * back).reshape(k, d, size // d, d, c)
            total = total + np.einsum("khab,kaibc->ihc", rho, mixed).real
        return total.reshape(-1, c)

    def solve(self, values: Float[np.ndarray, "n c"]) -> Float[np.ndarray, "n c"]:
        """Ā⁻¹ x."""
        return self.turned(self.times(values))


def _stretch(half: _Half, gap: np.ndarray) -> float:
    """√((1 + λ₊)/(1 + λ₋)), by the method of Lanczos; 1 where the matrix is invariant.

    As good as infinite where that does not converge, so that nothing is certain.
    """
    start = half.times(np.random.default_rng(0).normal(size=(len(gap), 1)))

    def changed(x: np.ndarray) -> np.ndarray:
        return half.times(gap @ half.turned(x.reshape(-1, 1)))

    if np.linalg.norm(changed(start)) <= _ROUNDING * np.linalg.norm(start):
        return 1.0
    size, tiny = len(start), np.finfo(np.float64).tiny
    operator = LinearOperator((size, size), matvec=changed, dtype=np.float64)
    options = {"tol": _TOLERANCE, "v0": start[:, 0], "return_eigenvectors": False}
    try:
        ends = eigsh(operator, 2, which="BE", **options)
    except ArpackNoConvergence:
        return float(1 / np.sqrt(tiny))
    least, largest = (1 + _TOLERANCE) * np.array([ends.min(), ends.max()])
    # λ₋ is above -1, but maybe not to this tolerance.
    return float(np.sqrt((1 + max(largest, 0)) / max(1 + min(least, 0), tiny)))

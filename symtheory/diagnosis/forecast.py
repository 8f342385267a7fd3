"""What theory, exact regression and the nearest neighbor say of points that are held out."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

from symtheory._checks import IllConditionedWarning
from symtheory.diagnosis.problem import Problem
from symtheory.regression.solving import factorize, weights
from symtheory.spectral.factored import Factored, factorized

__all__ = ["Regression", "Theory", "nearest"]

T = TypeVar("T")
Points = NDArray[np.integer]


@dataclass(frozen=True, eq=False)
class Theory:
    """The spectral theory of a problem, factorized once for all that may be held out.

    Attributes:
        factored: The factors of the Fourier blocks.
        problem: What is diagnosed.
        ill_conditioned: Whether the condition number leaves fewer than about four digits.
    """

    factored: Factored
    problem: Problem
    ill_conditioned: bool

    @classmethod
    def of(cls, problem: Problem, rows: Array | None = None) -> Theory:
        """Factorize.

        Args:
            problem: What is diagnosed.
            rows: First rows to take instead of the problem's, of shape (m, m, |G|).

        Raises:
            ValueError: If the Gram matrix is singular to its precision.
        """
        rows = problem.rows if rows is None else rows
        ridge = jnp.asarray(problem.ridge, rows.dtype)
        factored, ill = _quietly(lambda: factorized(rows, problem.group, ridge))
        return cls(factored, problem, ill)

    def outputs(self, orbits: Points, elements: Points) -> Float[np.ndarray, "points classes"]:
        """What is said of each class against the rest, at points that are held out together."""
        # As `Factored.left_out`, in NumPy: XLA would compile it anew for each size of a class.
        factor = np.linalg.qr(self.half_columns(orbits, elements), mode="r")
        places, columns = self.problem.places(orbits), self.problem.columns
        half = solve_triangular(factor, self._trivial_weights(columns)[places], trans="T")
        found = np.asarray(columns[places] - solve_triangular(factor, half))
        return found.reshape(len(orbits), -1)

    def half_columns(self, orbits: Points, elements: Points) -> Float[np.ndarray, "rows places"]:
        """Columns, at some points, of a matrix M with MᵀM = Ā⁻¹.

        Those of `symtheory.spectral.blocks.half_columns`: √(d_ρ/|G|) L_ρ⁻¹ ρ(h)*, all real parts
        before all imaginary ones.
        """
        places, width = self.problem.places(orbits), self.problem.width
        m, found = len(self.problem.columns), []
        for inverse, scale, rho in self.parts(np.repeat(elements, width)):
            k, size, _ = inverse.shape
            chosen = inverse.reshape(k, size, m, size // m)[:, :, places]
            mixed = np.einsum("khab,kshb->kash", rho.conj(), chosen)
            found.append((scale[:, None, None, None] * mixed).reshape(-1, len(places)))
        whole = np.concatenate(found)
        return np.concatenate([whole.real, whole.imag])

    def parts(self, elements: Points) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """For each size of blocks L⁻¹, √(d_ρ/|G|) and ρ(g) of some elements."""
        factored = self.factored
        return [
            (np.asarray(inverse), np.sqrt(share), of(elements))
            for inverse, share, of in zip(
                factored.inverses, factored.shares, factored.matrices, strict=True
            )
        ]

    def inverse_signal(self, seeds: Points, number: int) -> float:
        """The mean of y (Λ_1⁻¹ y) over the seeds of a class, in inverse units of the kernel."""
        places, column = self._of_class(seeds, number)
        return float(self._trivial_weights(self.problem.columns[:, column])[places].mean())

    def inverse_noise(self, seeds: Points, number: int) -> Float[np.ndarray, " irreps"]:
        """uᵀ (A⁻¹)_HH u for one pose of some seeds and u = 1/√|H|, and what each irrep has of it.

        In inverse units of the kernel. Noise over signal is the mean error of the seeds where they
        are all alike. Characters that are conjugates of each other count as one.
        """
        found = []
        places, _ = self._of_class(seeds, number)
        for inverse, share in zip(self.factored.inverses, self.factored.shares, strict=True):
            blocks = np.asarray(inverse)
            k, size, _ = blocks.shape
            m = len(self.problem.columns)
            summed = blocks.reshape(k, size, m, size // m)[:, :, places].sum(axis=2)
            found.append(share * np.square(np.abs(summed)).sum((1, 2)) / len(seeds))
        return np.concatenate(found)

    def _trivial_weights(self, columns: np.ndarray) -> np.ndarray:
        """Λ_1⁻¹ y."""
        trivial = np.real(np.asarray(self.factored.inverses[0])[0])
        return np.asarray(trivial.T @ (trivial @ columns))

    def _of_class(self, seeds: Points, number: int) -> tuple[Points, int]:
        """Where the output of a class for some seeds stands: its rows, and the column of labels."""
        if self.problem.width == 1:
            return seeds, number
        return self.problem.width * seeds + number, 0


@dataclass(frozen=True, eq=False)
class Regression:
    """Kernel regression on the Gram matrix as it is, factorized once.

    Attributes:
        half: L⁻¹ for the Cholesky factor of A = K + rI.
        weighted: A⁻¹y, a column for each class.
        columns: Labels of each class against the rest at every item, of shape (m|G|, classes).
        problem: What is diagnosed.
        ill_conditioned: As of `Theory`.
    """

    half: np.ndarray
    weighted: Float[np.ndarray, "items classes"]
    columns: Float[np.ndarray, "items classes"]
    problem: Problem
    ill_conditioned: bool

    @classmethod
    def of(cls, problem: Problem, matrix: np.ndarray) -> Regression:
        """Factorize.

        Raises:
            ValueError: If the Gram matrix is singular to its precision.
        """
        gram = jnp.asarray(matrix)
        ridge = jnp.asarray(problem.ridge, gram.dtype)
        (regularized, inverse), ill = _quietly(lambda: factorize(gram, ridge))
        columns = np.repeat(problem.columns, problem.group.order, axis=0)
        weighted = weights(regularized, inverse, jnp.asarray(columns, gram.dtype))
        return cls(np.asarray(inverse), np.asarray(weighted), columns, problem, ill)

    def outputs(self, orbits: Points, elements: Points) -> Float[np.ndarray, "points classes"]:
        """As of `Theory`: ŷ_H = y_H - [(A⁻¹)_HH]⁻¹ (A⁻¹y)_H."""
        problem = self.problem
        order, repeated = problem.group.order, np.repeat(elements, problem.width)
        held_out = problem.places(orbits) * order + repeated
        # By QR, since copies of an item make (A⁻¹)_HH as ill-conditioned as A is.
        factor = np.asarray(np.linalg.qr(self.half[:, held_out], mode="r"))
        half = solve_triangular(factor, self.weighted[held_out], trans="T")
        found = np.asarray(self.columns[held_out] - solve_triangular(factor, half))
        return found.reshape(len(orbits), -1)


def nearest(problem: Problem, orbits: Points, elements: Points) -> NDArray[np.intp]:
    """The class of the nearest item, to the kernel, that is not held out, for each that is."""
    rows, group = problem.similarities, problem.group
    own = np.diagonal(rows[..., 0])
    seen = np.ones((len(rows), group.order), dtype=bool)
    seen[orbits, elements] = False
    found = np.empty(len(orbits), dtype=np.intp)
    for place, (i, g) in enumerate(zip(orbits, elements, strict=True)):
        between = group.multiply(group.inverse[g], group.elements)  # κ_ij(g⁻¹h)
        distance = np.where(seen, own[:, None] - 2 * rows[i][:, between], np.inf)
        found[place] = problem.members[distance.min(axis=-1).argmin()]
    return found


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

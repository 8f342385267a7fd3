"""Maps that commute with a group of matrices, from what they must do to its generators.

(Finzi, Welling and Wilson 2021, arXiv 2104.09459, §4: finitely many linear constraints, of discrete
generators and of the Lie algebra, are enough for the whole group.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from symtheory._checks import as_real_values
from symtheory.lie.constraints import null_space

__all__ = ["MatrixRepresentation", "equivariant_maps"]


@dataclass(frozen=True, eq=False, init=False)
class MatrixRepresentation:
    """A representation ρ of a group of matrices, by what it makes of generators of the group.

    >>> from symtheory.lie import orthogonal_algebra
    >>> vectors = MatrixRepresentation(algebra=orthogonal_algebra(4))
    >>> matrices = vectors.tensor(vectors.dual())
    >>> len(equivariant_maps(matrices, matrices))
    4

    Attributes:
        elements: ρ(h) of discrete generators h, of shape (discrete, n, n).
        algebra: dρ(A) of generators A of the Lie algebra, of shape (continuous, n, n).
    """

    elements: Float[np.ndarray, "discrete n n"]
    algebra: Float[np.ndarray, "continuous n n"]

    def __init__(self, elements: ArrayLike = (), algebra: ArrayLike = ()) -> None:
        """The representation of a group by its own matrices.

        Args:
            elements: Invertible, of shape (discrete, n, n); none if not given.
            algebra: Of shape (continuous, n, n); none if not given.

        Raises:
            ValueError: If the shapes do not fit, or an element has no inverse.
        """
        given = {"elements": elements, "algebra": algebra}
        arrays = {name: as_real_values(values, name) for name, values in given.items()}
        shapes = {values.shape[1:] for values in arrays.values() if values.size}
        if len(shapes) != 1 or len(shape := shapes.pop()) != 2 or shape[0] != shape[1]:
            raise ValueError(
                "Expected elements or algebra, or both, of shape (generators, n, n). "
                f"Got {arrays['elements'].shape} and {arrays['algebra'].shape}. "
                "Try numpy.stack(matrices)."
            )
        for name, values in arrays.items():
            object.__setattr__(self, name, values.reshape(-1, *shape))
        if len(self.elements) and not np.all(np.linalg.cond(self.elements) < 1e12):
            raise ValueError(
                "Expected elements that have an inverse. Got a singular matrix. "
                "Try the algebra for generators of a Lie algebra."
            )

    @property
    def dimension(self) -> int:
        """The number n."""
        return self.elements.shape[1]

    def dual(self) -> MatrixRepresentation:
        """On linear forms: ρ(h⁻¹)ᵀ and −dρ(A)ᵀ."""
        return MatrixRepresentation(
            np.linalg.inv(self.elements).swapaxes(1, 2), -self.algebra.swapaxes(1, 2)
        )

    def tensor(self, other: MatrixRepresentation) -> MatrixRepresentation:
        """On the tensor product, with entry (i, j) at i * other.dimension + j.

        Raises:
            ValueError: If the other has another number of generators.
        """
        _check_generators(self, other)
        one, two = np.eye(self.dimension), np.eye(other.dimension)
        size = self.dimension * other.dimension
        elements = [np.kron(a, b) for a, b in zip(self.elements, other.elements, strict=True)]
        algebra = [
            np.kron(a, two) + np.kron(one, b)
            for a, b in zip(self.algebra, other.algebra, strict=True)
        ]
        return MatrixRepresentation(
            np.reshape(elements, (-1, size, size)), np.reshape(algebra, (-1, size, size))
        )


def equivariant_maps(
    source: MatrixRepresentation, target: MatrixRepresentation
) -> Float[np.ndarray, "maps n_target n_source"]:
    """All linear maps M with M ρ(g) = σ(g) M for the whole group.

    Args:
        source: The representation ρ.
        target: The representation σ, with the same generators in the same order.

    Returns:
        An orthonormal basis, of shape (maps, target.dimension, source.dimension).

    Raises:
        ValueError: If the two have different numbers of generators.
    """
    _check_generators(source, target)
    n, m = source.dimension, target.dimension
    pairs = [
        *zip(source.elements, target.elements, strict=True),
        *zip(source.algebra, target.algebra, strict=True),
    ]
    constraints = [np.kron(np.eye(m), rho.T) - np.kron(sigma, np.eye(n)) for rho, sigma in pairs]
    return null_space(np.reshape(constraints, (-1, m, n)))


def _check_generators(one: MatrixRepresentation, other: MatrixRepresentation) -> None:
    counts = [(len(each.elements), len(each.algebra)) for each in (one, other)]
    if counts[0] != counts[1]:
        raise ValueError(
            "Expected two representations of one group, with as many generators. Got "
            f"{counts[0]} and {counts[1]} (discrete, continuous). Try dual and tensor of one."
        )

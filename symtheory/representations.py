"""Irreducible representations and characters of any finite group, found numerically.

The regular representation contains every irreducible one. A Hermitian matrix that commutes with
it, drawn at random, has eigenspaces that are irreducible with probability 1 (Dixon 1970), and an
orthonormal basis of such a space gives unitary matrices. Draws are seeded, so that the same group
has the same matrices always; they are checked before they are returned.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Complex, Float, Int
from numpy.typing import NDArray

from symtheory.groups import FiniteGroup, conjugacy_classes
from symtheory.groups.laws import kept_with_group

MAX_ORDER = 720
_ATTEMPTS = 5
_TOLERANCE = 1e-8


@dataclass(frozen=True, eq=False)
class Irrep:
    """An irreducible unitary representation.

    Attributes:
        matrices: ρ(g), complex, of shape (order, d, d). Read-only.
        dimension: d.
        character: χ(g) = tr ρ(g), complex, of shape (order,). Read-only.
    """

    matrices: Complex[np.ndarray, "order d d"]
    dimension: int
    character: Complex[np.ndarray, " order"]


@kept_with_group
def irreps(group: FiniteGroup) -> tuple[Irrep, ...]:
    """All irreducible representations, the trivial one first, then by dimension.

    >>> from symtheory.groups import symmetric_group
    >>> [irrep.dimension for irrep in irreps(symmetric_group(4))]
    [1, 1, 2, 3, 3]

    Args:
        group: Of order at most 720.

    Returns:
        As many as there are conjugacy classes; their squared dimensions add up to the order.

    Raises:
        ValueError: If the group is too large.
    """
    if group.order > MAX_ORDER:
        raise ValueError(
            f"Expected a group of order at most {MAX_ORDER}. Got {group.name}, of order "
            f"{group.order}. Try a product of cyclic groups, which needs no irreps but an FFT."
        )
    for attempt in range(_ATTEMPTS):
        found = _decompose(group, np.random.default_rng(attempt))
        if found is not None:
            return tuple(sorted(found, key=_place))
    raise ArithmeticError(
        f"Expected to tell the irreps of {group.name} apart. Got eigenvalues too "
        "close together in every attempt."
    )


def character_table(group: FiniteGroup) -> Complex[np.ndarray, "irreps classes"]:
    """The characters of all irreps, one column for each conjugacy class.

    Classes are in the order of `symtheory.groups.conjugacy_classes`.
    """
    _, representatives = np.unique(conjugacy_classes(group), return_index=True)
    return np.array([irrep.character[representatives] for irrep in irreps(group)])


def regular_representation(group: FiniteGroup) -> Float[np.ndarray, "order order order"]:
    """The permutation matrices L(g) with L(g)e_h = e_gh, of shape (order, order, order)."""
    elements = np.arange(group.order)
    matrices = np.zeros((group.order,) * 3)
    matrices[elements[:, None], group.table, elements] = 1
    return matrices


def frobenius_schur_indicator(irrep: Irrep, group: FiniteGroup) -> int:
    """1 for a real irrep, 0 for a complex one, -1 for a quaternionic one: the mean of χ(g²)."""
    squares = group.multiply(np.arange(group.order), np.arange(group.order))
    return round(float(irrep.character[squares].real.mean()))


def _decompose(group: FiniteGroup, rng: np.random.Generator) -> list[Irrep] | None:
    """All irreps from one random draw; None if two eigenvalues came too close to tell apart."""
    n = group.order
    weights = rng.normal(size=n) + 1j * rng.normal(size=n)
    weights = weights + weights[group.inverse].conj()
    # The matrix Σ_g a_g R(g), with R(g)e_h = e_{hg⁻¹}; it commutes with all L(g).
    values, vectors = np.linalg.eigh(weights[group.table[group.inverse]])
    gaps = np.flatnonzero(np.diff(values) > _TOLERANCE * np.abs(values).max()) + 1
    back = group.table[group.inverse]  # entry (g, h) is g⁻¹h
    found: list[Irrep] = []
    for basis in np.split(vectors, gaps, axis=1):
        # χ(g) = Σ_h ⟨basis_h, basis_{g⁻¹h}⟩, from the projection onto the space.
        projection = basis @ basis.conj().T
        character = projection[back, np.arange(n)].sum(axis=1)
        if abs(np.mean(np.abs(character) ** 2) - 1) > _TOLERANCE:
            return None
        if all(abs(np.vdot(other.character, character)) < 0.5 * n for other in found):
            found.append(_irrep(basis, character, back))
    complete = sum(irrep.dimension**2 for irrep in found) == n
    return found if complete else None


def _irrep(basis: NDArray, character: NDArray, back: NDArray) -> Irrep:
    """The matrices ρ(g)_ab = Σ_h basis*_ha basis_{g⁻¹h, b}."""
    adjoint = basis.conj().T
    matrices = np.stack([adjoint @ basis[row] for row in back])
    matrices.setflags(write=False)
    character = character.copy()
    character.setflags(write=False)
    return Irrep(matrices, basis.shape[1], character)


def _place(irrep: Irrep) -> tuple[int, list[float], list[float]]:
    """By dimension, then by characters; the trivial one, which is 1 everywhere, comes first."""
    real, imaginary = (
        np.round(part, 6) + 0.0 for part in (irrep.character.real, irrep.character.imag)
    )
    return irrep.dimension, (-real).tolist(), (-imaginary).tolist()


def class_sizes(group: FiniteGroup) -> Int[np.ndarray, " classes"]:
    """The number of elements of each conjugacy class, in their order."""
    return np.bincount(conjugacy_classes(group))

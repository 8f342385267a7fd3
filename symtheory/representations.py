"""Irreducible representations and characters of any finite group, found numerically.

The regular representation contains every irreducible one. A Hermitian matrix that commutes with
it, drawn at random, has eigenspaces that are irreducible with probability 1 (Dixon 1970), and an
orthonormal basis of such a space gives unitary matrices. Which basis an eigensolver returns depends
on the machine; so the projection onto the space is applied to a seeded frame, and the columns are
made orthonormal in the one way in which R of QR has a positive diagonal. So the same group has the
same matrices everywhere, to rounding. They are checked before they are returned.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Complex, Float, Inexact, Int
from numpy.typing import ArrayLike, NDArray
from threadpoolctl import ThreadpoolController

from symtheory._checks import as_complex_values
from symtheory.groups import FiniteGroup, conjugacy_classes
from symtheory.groups.laws import kept_with_group
from symtheory.groups.values import read_only

__all__ = [
    "MAX_ORDER",
    "Irrep",
    "character_table",
    "class_sizes",
    "frobenius_schur_indicator",
    "irreps",
    "multiplicities",
    "regular_representation",
]

MAX_ORDER = 720
_ATTEMPTS = 5
_TOLERANCE = 1e-8


@dataclass(frozen=True, eq=False)
class Irrep:
    """An irreducible unitary representation.

    Attributes:
        matrices: ρ(g), complex, or real on request, of shape (order, d, d). Read-only.
        dimension: The number d of rows.
        character: χ(g) = tr ρ(g), complex, of shape (order,). Read-only.
    """

    matrices: Inexact[np.ndarray, "order d d"]
    dimension: int
    character: Complex[np.ndarray, " order"]


def irreps(group: FiniteGroup, *, real: bool = False) -> tuple[Irrep, ...]:
    """All irreducible representations, the trivial one first, then by dimension.

    >>> from symtheory.groups import symmetric_group
    >>> [irrep.dimension for irrep in irreps(symmetric_group(4))]
    [1, 1, 2, 3, 3]

    Args:
        group: Of order at most 720.
        real: Give those of real type, whose `frobenius_schur_indicator` is 1, as real orthogonal
            matrices; the others, which have none, as unitary ones. The order is the same.

    Returns:
        As many as there are conjugacy classes; their squared dimensions add up to the order.

    Raises:
        ValueError: If the group is too large.
    """
    _check_order(group)
    return _with_real_matrices(group) if real else _unitary(group)


def character_table(group: FiniteGroup) -> Complex[np.ndarray, "irreps classes"]:
    """The characters of all irreps, one column for each conjugacy class.

    Classes are in the order of `symtheory.groups.conjugacy_classes`.
    """
    _, representatives = np.unique(conjugacy_classes(group), return_index=True)
    return np.array([irrep.character[representatives] for irrep in irreps(group)])


def class_sizes(group: FiniteGroup) -> Int[np.ndarray, " classes"]:
    """The number of elements of each conjugacy class, in their order."""
    return np.bincount(conjugacy_classes(group))


def regular_representation(group: FiniteGroup) -> Float[np.ndarray, "order order order"]:
    """The permutation matrices L(g) with L(g)e_h = e_gh, of shape (order, order, order).

    Raises:
        ValueError: If the group is too large for its matrices to fit in memory.
    """
    _check_order(group)
    elements = np.arange(group.order)
    matrices = np.zeros((group.order,) * 3)
    matrices[elements[:, None], group.table, elements] = 1
    return matrices


def multiplicities(representation: ArrayLike, group: FiniteGroup) -> Int[np.ndarray, " irreps"]:
    """How often each irrep occurs in a representation, in the order of `irreps`.

    >>> from symtheory.groups import symmetric_group
    >>> s3 = symmetric_group(3)
    >>> moves = np.eye(3)[s3.permutations].swapaxes(1, 2)  # e_i ↦ e_g(i)
    >>> multiplicities(moves, s3).tolist()
    [1, 0, 1]

    Args:
        representation: Matrices ρ(g), of shape (order, d, d), or their traces, of shape (order,).
        group: Of order at most 720.

    Returns:
        Integers; the dimensions of the irreps, taken as often, add up to d.

    Raises:
        ValueError: If it is no representation, or a character of none.
    """
    values = as_complex_values(representation, "representation")
    if values.shape[:1] != (group.order,) or not (
        values.ndim == 1 or (values.ndim == 3 and values.shape[1] == values.shape[2])
    ):
        raise ValueError(
            f"Expected matrices of shape ({group.order}, d, d), one for each element of "
            f"{group.name}, or their traces. Got shape {values.shape}. "
            "Try np.stack([ρ(g) for g in group.elements])."
        )
    size = max(1.0, np.abs(values).max(initial=0.0))
    tolerance = _TOLERANCE * group.order * size**2
    if values.ndim == 3:
        for s in group.generators:
            product = values[np.asarray(group.law.multiply(s, group.elements))]
            defect = np.abs(values[s] @ values - product).max(initial=0.0)
            if defect > tolerance:
                raise ValueError(
                    f"Expected ρ(gh) = ρ(g)ρ(h) on {group.name}. Got a difference of {defect:.2g} "
                    f"with g = {group.label(s)}. Try matrices that act on columns, or another "
                    "order of the elements."
                )
        values = np.trace(values, axis1=1, axis2=2)
    characters = np.array([irrep.character for irrep in irreps(group)])
    often = np.rint((characters.conj() @ values).real / group.order)
    # Whole numbers are told apart up to 2⁵³.
    if (
        not ((often >= 0) & (often <= 2**53)).all()
        or np.abs(often @ characters - values).max() > tolerance
    ):
        raise ValueError(
            f"Expected the character of a representation of {group.name}, a sum of those of "
            "irreps. Got another function. Try traces in the order of the group's elements."
        )
    return often.astype(int)


def frobenius_schur_indicator(irrep: Irrep, group: FiniteGroup) -> int:
    """1 for a real irrep, 0 for a complex one, -1 for a quaternionic one: the mean of χ(g²).

    Raises:
        ValueError: If the irrep is one of another group.
    """
    if irrep.character.shape != (group.order,):
        raise ValueError(
            f"Expected an irrep of {group.name}, of order {group.order}. Got one of a group of "
            f"order {len(irrep.character)}. Try one of irreps(group)."
        )
    squares = group.multiply(group.elements, group.elements)
    return round(float(irrep.character[squares].real.mean()))


@kept_with_group
def _unitary(group: FiniteGroup) -> tuple[Irrep, ...]:
    return tuple(sorted(_found(group, real=False), key=_place))


@kept_with_group
def _with_real_matrices(group: FiniteGroup) -> tuple[Irrep, ...]:
    """The unitary irreps, and instead of those of real type the ones found over the reals."""
    orthogonal = _found(group, real=True)
    return tuple(
        next((other for other in orthogonal if _overlap(irrep, other) > 0.5), irrep)
        for irrep in _unitary(group)
    )


def _found(group: FiniteGroup, *, real: bool) -> list[Irrep]:
    # Threads would only wait for each other on matrices as small as these.
    with _controller().limit(limits=1, user_api="blas"):
        for attempt in range(_ATTEMPTS):
            found = _decompose(group, np.random.default_rng(attempt), real)
            if found is not None:
                return found
    raise ArithmeticError(
        f"Expected to tell the irreps of {group.name} apart. Got eigenvalues too "
        "close together in every attempt. Try its elements in another order."
    )


@cache
def _controller() -> ThreadpoolController:
    return ThreadpoolController()


def _decompose(group: FiniteGroup, rng: np.random.Generator, real: bool) -> list[Irrep] | None:
    """All irreps from one random draw; None if two eigenvalues came too close to tell apart.

    Over the reals those of real type only: an eigenspace of another type is twice as large as over
    the complex numbers, and its character of norm 2 (complex) or 4 (quaternionic).
    """
    n = group.order
    weights = rng.normal(size=n) if real else rng.normal(size=n) + 1j * rng.normal(size=n)
    weights = weights + weights[group.inverse].conj()
    frame = rng.normal(size=(n, n))
    back = group.table[group.inverse]  # entry (g, h) is g⁻¹h
    classes = conjugacy_classes(group)
    # The matrix Σ_g a_g R(g), with R(g)e_h = e_{hg⁻¹}; it commutes with all L(g).
    values, vectors = np.linalg.eigh(weights[back])
    gaps = np.flatnonzero(np.diff(values) > _TOLERANCE * np.abs(values).max()) + 1
    found: list[Irrep] = []
    complete = 0.0
    for space in np.split(vectors, gaps, axis=1):
        # The projection commutes with L, so its entry (x, y) is p(y⁻¹x), with p(x) = entry (x, 0);
        # its trace against L(g) is χ(g) = Σ_h p(h⁻¹g⁻¹h), and χ(g⁻¹) the conjugate of χ(g).
        p = space @ space[0].conj()
        sums = [np.bincount(classes, part) for part in (p.real, -p.imag)]
        character = (n * (sums[0] + 1j * sums[1]) / class_sizes(group))[classes]
        norm = np.mean(np.abs(character) ** 2)
        if np.abs(norm - np.array([1, 2, 4] if real else [1])).min() > _TOLERANCE:
            return None
        if all(abs(np.vdot(other.character, character)) < 0.5 * n for other in found):
            d = space.shape[1]
            basis = _basis(space @ (space.conj().T @ frame[:, :d]))
            found.append(_irrep(basis, character, back))
            complete += d**2 / norm
    if abs(complete - n) > 0.5:
        return None
    return [irrep for irrep in found if _overlap(irrep, irrep) < 1.5]


def _basis(columns: NDArray) -> NDArray:
    """The orthonormal basis Q for which R of columns = QR has a positive diagonal."""
    basis, triangle = np.linalg.qr(columns)
    diagonal = np.diagonal(triangle)
    return basis * (diagonal / np.abs(diagonal))


def _overlap(one: Irrep, other: Irrep) -> float:
    """How often one occurs in the other: the mean of χ*χ'."""
    return abs(np.vdot(one.character, other.character)) / len(one.character)


def _irrep(basis: NDArray, character: NDArray, back: NDArray) -> Irrep:
    """The matrices ρ(g)_ab = Σ_h basis*_ha basis_{g⁻¹h, b}; of dimension 1, the character."""
    d = basis.shape[1]
    if d == 1:
        values = character if np.iscomplexobj(basis) else character.real
        matrices = values[:, None, None].copy()
    else:
        matrices = np.stack([basis[back, b] @ basis.conj() for b in range(d)], axis=-1)
    return Irrep(read_only(matrices), d, read_only(character))


def _place(irrep: Irrep) -> tuple[int, list[float], list[float]]:
    """By dimension, then by characters; the trivial one, which is 1 everywhere, comes first."""
    real, imaginary = (
        np.round(part, 6) + 0.0 for part in (irrep.character.real, irrep.character.imag)
    )
    return irrep.dimension, (-real).tolist(), (-imaginary).tolist()


def _check_order(group: FiniteGroup) -> None:
    if group.order > MAX_ORDER:
        raise ValueError(
            f"Expected a group of order at most {MAX_ORDER}. Got {group.name}, of order "
            f"{group.order}. Try a product of cyclic groups, which needs no irreps but an FFT."
        )

"""Cyclic groups, and groups made of others: direct and semidirect products."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from symtheory.groups.base import Elements, FiniteGroup


def cyclic_group(n: int) -> FiniteGroup:
    """The cyclic group C_n: the integers 0, …, n - 1 under addition modulo n.

    >>> cyclic_group(3).table
    array([[0, 1, 2],
           [1, 2, 0],
           [2, 0, 1]])

    Raises:
        ValueError: If n is not a positive integer.
    """
    if not isinstance(n, (int, np.integer)) or n < 1:
        raise ValueError(f"Expected the order of a cyclic group, a positive integer. Got {n!r}.")
    n = int(n)

    def multiply(g: ArrayLike, h: ArrayLike) -> Elements:
        return (np.asarray(g) + np.asarray(h)) % n

    def invert(g: ArrayLike) -> Elements:
        return -np.asarray(g) % n

    def label(g: int) -> str:
        return "e" if g == 0 else "r" if g == 1 else f"r{g}"

    return FiniteGroup(f"C{n}", n, multiply, invert, label, cyclic_factors=(n,))


def direct_product(left: FiniteGroup, right: FiniteGroup) -> FiniteGroup:
    """The direct product G × H. The pair (g, h) is element ``g * |H| + h``.

    >>> klein = direct_product(cyclic_group(2), cyclic_group(2))
    >>> klein.order, klein.labels
    (4, ('(e, e)', '(e, r)', '(r, e)', '(r, r)'))
    >>> klein.cyclic_factors
    (2, 2)
    """
    m = right.order

    def multiply(g: ArrayLike, h: ArrayLike) -> Elements:
        (g_left, g_right), (h_left, h_right) = np.divmod(g, m), np.divmod(h, m)
        return left.multiply(g_left, h_left) * m + right.multiply(g_right, h_right)

    def invert(g: ArrayLike) -> Elements:
        g_left, g_right = np.divmod(g, m)
        return left.invert(g_left) * m + right.invert(g_right)

    def label(g: int) -> str:
        return f"({left.label(g // m)}, {right.label(g % m)})"

    factors = None
    if left.cyclic_factors is not None and right.cyclic_factors is not None:
        factors = left.cyclic_factors + right.cyclic_factors
    return FiniteGroup(
        f"{left.name}×{right.name}", left.order * m, multiply, invert, label, factors
    )


def semidirect_product(
    normal: FiniteGroup, acting: FiniteGroup, automorphisms: ArrayLike, name: str | None = None
) -> FiniteGroup:
    """The semidirect product N ⋊ H, with (n, h)(n', h') = (n · φ_h(n'), hh').

    The pair (n, h) is element ``n * |H| + h``.

    >>> semidirect_product(cyclic_group(7), cyclic_group(3), [[k * 2**h % 7 for k in range(7)]
    ...     for h in range(3)])
    FiniteGroup('C7⋊C3', order=21)

    Args:
        normal: N.
        acting: H.
        automorphisms: Integers of shape (|H|, |N|): ``automorphisms[h, n]`` is φ_h(n).
        name: For people; ``"N⋊H"`` if not given.

    Raises:
        ValueError: If the φ_h are not automorphisms of N, or h ↦ φ_h no homomorphism.
    """
    phi = np.asarray(automorphisms)
    if phi.shape != (acting.order, normal.order):
        raise ValueError(
            f"Expected automorphisms of shape ({acting.order}, {normal.order}), a row for each "
            f"element of {acting.name}. Got shape {phi.shape}."
        )
    respects_product = np.array_equal(
        phi[:, normal.table], normal.multiply(phi[:, :, None], phi[:, None, :])
    )
    if not respects_product or not (np.sort(phi, axis=1) == np.arange(normal.order)).all():
        raise ValueError(f"Expected automorphisms of {normal.name}. Got a map that is none.")
    if not np.array_equal(phi[acting.table], phi[:, phi]):
        raise ValueError(
            f"Expected φ_gh(n) = φ_g(φ_h(n)), a homomorphism from {acting.name}. Got another map."
        )
    m = acting.order

    def multiply(g: ArrayLike, h: ArrayLike) -> Elements:
        (n, a), (k, b) = np.divmod(g, m), np.divmod(h, m)
        return normal.multiply(n, phi[a, k]) * m + acting.multiply(a, b)

    def invert(g: ArrayLike) -> Elements:
        n, a = np.divmod(g, m)
        back = acting.invert(a)
        return phi[back, normal.invert(n)] * m + back

    def label(g: int) -> str:
        return f"({normal.label(g // m)}, {acting.label(g % m)})"

    name = name or f"{normal.name}⋊{acting.name}"
    return FiniteGroup(name, normal.order * m, multiply, invert, label)


def dihedral_group(n: int) -> FiniteGroup:
    """The dihedral group D_n of order 2n: rotations and reflections of a regular n-gon.

    Element 2k is the rotation r^k, element 2k + 1 the reflection r^k s.

    >>> dihedral_group(3).labels
    ('e', 's', 'r', 'rs', 'r2', 'r2s')

    Raises:
        ValueError: If n is not a positive integer.
    """
    rotations, reflection = cyclic_group(n), cyclic_group(2)
    turns = np.arange(n)
    group = semidirect_product(rotations, reflection, [turns, rotations.inverse], f"D{n}")

    def label(g: int) -> str:
        turn = rotations.label(g // 2)
        return turn if g % 2 == 0 else "s" if turn == "e" else f"{turn}s"

    return replace(group, label=label)

"""Groups made of others: direct, semidirect and wreath products."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symtheory.groups.base import FiniteGroup
from symtheory.groups.elements import MAX_LISTED, Elements, as_elements
from symtheory.groups.laws import Law
from symtheory.groups.values import read_only

__all__ = ["direct_product", "semidirect_product", "wreath_product"]


@dataclass(frozen=True, eq=False)
class _Direct(Law):
    """Pairs (g, h), numbered ``g * |H| + h``, multiplied one by one."""

    left: Law
    right: Law

    @property
    def order(self) -> int:
        return self.left.order * self.right.order

    @property
    def cyclic_factors(self) -> tuple[int, ...] | None:
        left, right = self.left.cyclic_factors, self.right.cyclic_factors
        return None if left is None or right is None else left + right

    def multiply(self, g: Elements, h: Elements) -> Elements:
        m = self.right.order
        (g_left, g_right), (h_left, h_right) = np.divmod(g, m), np.divmod(h, m)
        return self.left.multiply(g_left, h_left) * m + self.right.multiply(g_right, h_right)

    def invert(self, g: Elements) -> Elements:
        m = self.right.order
        left, right = np.divmod(g, m)
        return self.left.invert(left) * m + self.right.invert(right)

    def label(self, g: int) -> str:
        return _pair(self.left, self.right, g)


@dataclass(frozen=True, eq=False)
class _Semidirect(Law):
    """Pairs (n, h), numbered ``n * |H| + h``: (n, h)(n', h') = (n · φ_h(n'), hh').

    Attributes:
        normal: The normal factor N.
        acting: The acting group H.
        automorphisms: ``automorphisms[h, n]`` is φ_h(n), of shape (|H|, |N|). Read-only.
    """

    normal: Law
    acting: Law
    automorphisms: NDArray[np.intp]

    @property
    def order(self) -> int:
        return self.normal.order * self.acting.order

    def multiply(self, g: Elements, h: Elements) -> Elements:
        m = self.acting.order
        (n, a), (k, b) = np.divmod(g, m), np.divmod(h, m)
        return self.normal.multiply(n, self.automorphisms[a, k]) * m + self.acting.multiply(a, b)

    def invert(self, g: Elements) -> Elements:
        m = self.acting.order
        n, a = np.divmod(g, m)
        back = self.acting.invert(a)
        return self.automorphisms[back, self.normal.invert(n)] * m + back

    def label(self, g: int) -> str:
        return _pair(self.normal, self.acting, g)


def direct_product(left: FiniteGroup, right: FiniteGroup) -> FiniteGroup:
    """The direct product G × H. The pair (g, h) is element ``g * |H| + h``.

    >>> from symtheory.groups import cyclic_group
    >>> klein = direct_product(cyclic_group(2), cyclic_group(2))
    >>> klein.order, klein.labels
    (4, ('(e, e)', '(e, r)', '(r, e)', '(r, r)'))
    >>> klein.cyclic_factors
    (2, 2)
    """
    return FiniteGroup(f"{left.name}×{right.name}", _Direct(left.law, right.law))


def semidirect_product(
    normal: FiniteGroup, acting: FiniteGroup, automorphisms: ArrayLike, name: str | None = None
) -> FiniteGroup:
    """The semidirect product N ⋊ H, with (n, h)(n', h') = (n · φ_h(n'), hh').

    The pair (n, h) is element ``n * |H| + h``.

    >>> from symtheory.groups import cyclic_group
    >>> semidirect_product(cyclic_group(7), cyclic_group(3), [[k * 2**h % 7 for k in range(7)]
    ...     for h in range(3)])
    FiniteGroup('C7⋊C3', order=21)

    Args:
        normal: The normal factor N.
        acting: The acting group H.
        automorphisms: Integers of shape (|H|, |N|): ``automorphisms[h, n]`` is φ_h(n).
        name: For people; ``"N⋊H"`` if not given.

    Raises:
        ValueError: If the φ_h are not automorphisms of N, or h ↦ φ_h no homomorphism.
    """
    phi = as_elements(automorphisms, normal.order, normal.name)
    if phi.shape != (acting.order, normal.order):
        raise ValueError(
            f"Expected automorphisms of shape ({acting.order}, {normal.order}), a row for each "
            f"element of {acting.name}. Got shape {phi.shape}. Try [[φ_h(n) for n] for h]."
        )
    elements = np.arange(normal.order)
    # A map that respects products with generators respects all products.
    respects_products = all(
        np.array_equal(
            phi[:, np.asarray(normal.law.multiply(s, elements))],
            normal.law.multiply(phi[:, s, None], phi),
        )
        for s in normal.generators
    )
    if not respects_products or not (np.sort(phi, axis=1) == elements).all():
        raise ValueError(
            f"Expected automorphisms of {normal.name}. Got a map that is none. "
            "Try maps with φ_h(nk) = φ_h(n)φ_h(k) that are one to one."
        )
    if not np.array_equal(phi[0], elements) or not all(
        np.array_equal(phi[acting.law.multiply(s, np.arange(acting.order))], phi[s][phi])
        for s in acting.generators
    ):
        raise ValueError(
            f"Expected φ_gh(n) = φ_g(φ_h(n)), a homomorphism from {acting.name}. Got another map. "
            "Try powers of one automorphism, if it is cyclic."
        )
    return _semidirect(normal, acting, phi, name or f"{normal.name}⋊{acting.name}")


def wreath_product(group: FiniteGroup, permuting: FiniteGroup) -> FiniteGroup:
    """The wreath product G ≀ H: k copies of G, and a group H of permutations that permutes them.

    The element ((g₁, …, g_k), h) has the number of (g₁, …, g_k), in row-major order, times |H|,
    plus h; products are (f, h)(f', h') = (f · f'∘h⁻¹, hh').

    >>> from symtheory.groups import cyclic_group, symmetric_group
    >>> wreath_product(cyclic_group(2), symmetric_group(3))  # of a cube, mirrors included
    FiniteGroup('C2≀S3', order=48)

    Args:
        group: The group G that is repeated.
        permuting: H, a group of permutations of k places.

    Raises:
        ValueError: If H is no group of permutations, or the product is too large.
    """
    if permuting.permutations is None:
        raise ValueError(
            f"Expected a group of permutations. Got {permuting.name}. Try symmetric_group(k), "
            "alternating_group(k) or permutation_group(generators)."
        )
    places = permuting.permutations.shape[1]
    order = group.order**places * permuting.order
    if order > MAX_LISTED:
        raise ValueError(
            f"Expected a wreath product of order at most {MAX_LISTED}. Got {order}, of {places} "
            f"copies of {group.name} and {permuting.name}. Try fewer copies or a smaller group."
        )
    # The copies of a trivial group, of which there may be any number, are one element together.
    copies = reduce(direct_product, [group] * (places if group.order > 1 else 1))
    radix = group.order ** np.arange(places)[::-1]
    digits = copies.elements // radix[:, None] % group.order
    comes_from = np.argsort(permuting.permutations, axis=1)  # h⁻¹(i)
    moved = [radix @ digits[row] for row in comes_from]
    return _semidirect(copies, permuting, np.array(moved), f"{group.name}≀{permuting.name}")


def _semidirect(
    normal: FiniteGroup, acting: FiniteGroup, phi: NDArray[np.intp], name: str
) -> FiniteGroup:
    return FiniteGroup(name, _Semidirect(normal.law, acting.law, read_only(phi)))


def _pair(left: Law, right: Law, g: int) -> str:
    return f"({left.label(g // right.order)}, {right.label(g % right.order)})"

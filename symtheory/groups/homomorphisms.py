"""Maps between groups that respect products, subgroups as inclusions, and cosets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int
from numpy.typing import ArrayLike, NDArray

from symtheory.groups.base import FiniteGroup
from symtheory.groups.classes import joined
from symtheory.groups.elements import Elements, as_elements, generated, listed
from symtheory.groups.laws import Law
from symtheory.groups.values import Value, read_only

__all__ = ["Homomorphism", "cosets", "homomorphism", "subgroup"]


@dataclass(frozen=True, eq=False)
class Homomorphism(Value):
    """A map φ between groups with φ(gh) = φ(g)φ(h). Called with elements, it maps them.

    Attributes:
        source: The group that is mapped.
        target: The group that it is mapped to.
        images: ``images[g]`` is φ(g), of shape (source.order,). Read-only.
    """

    source: FiniteGroup
    target: FiniteGroup
    images: Int[np.ndarray, " source"]

    def __call__(self, elements: ArrayLike) -> Elements:
        """φ of each of some elements of the source.

        Raises:
            ValueError: If one is no element of it.
        """
        return self.images[as_elements(elements, self.source.order, self.source.name)]

    @property
    def kernel(self) -> Int[np.ndarray, " kernel"]:
        """The elements that are mapped to the identity, in increasing order."""
        return np.flatnonzero(self.images == 0)

    @property
    def image(self) -> Int[np.ndarray, " image"]:
        """The elements of the target that something is mapped to, in increasing order."""
        return np.unique(self.images)


def homomorphism(source: FiniteGroup, target: FiniteGroup, images: ArrayLike) -> Homomorphism:
    """A homomorphism, checked, from the images of all elements.

    >>> from symtheory.groups import cyclic_group
    >>> homomorphism(cyclic_group(4), cyclic_group(2), [0, 1, 0, 1]).kernel.tolist()
    [0, 2]

    Args:
        source: The group that is mapped.
        target: The group that it is mapped to.
        images: Elements of the target, of shape (source.order,).

    Raises:
        ValueError: If there is not one image for each element, or φ(gh) ≠ φ(g)φ(h) for some.
    """
    phi = as_elements(images, target.order, target.name)
    if phi.shape != (source.order,):
        raise ValueError(
            f"Expected an image for each of the {source.order} elements of {source.name}. "
            f"Got shape {phi.shape}. Try [φ(g) for g in source.elements]."
        )
    if phi[0] != 0:
        raise ValueError(
            f"Expected φ(e) = e, the identity of {target.name}. Got {target.label(phi[0])}. "
            "Try 0 first."
        )
    # A map that respects products with generators respects all products.
    for g in source.generators:
        product, images_product = (
            source.law.multiply(g, source.elements),
            target.law.multiply(phi[g], phi),
        )
        wrong = np.flatnonzero(phi[product] != images_product)
        if len(wrong):
            raise ValueError(
                f"Expected φ(gh) = φ(g)φ(h), a homomorphism from {source.name} to {target.name}. "
                f"Got another map, at g = {source.label(g)}, h = {source.label(wrong[0])}. "
                "Try the images of generators, and products of them."
            )
    return Homomorphism(source, target, read_only(phi))


@dataclass(frozen=True, eq=False)
class _Subgroup(Law):
    """The law of a group, kept to some of its elements.

    Attributes:
        parent: The law of the group.
        members: Elements of it that are closed under products, increasing. Read-only.
    """

    parent: Law
    members: NDArray[np.intp]

    @property
    def order(self) -> int:
        return len(self.members)

    def multiply(self, g: Elements, h: Elements) -> Elements:
        return np.searchsorted(self.members, self.parent.multiply(self.members[g], self.members[h]))

    def invert(self, g: Elements) -> Elements:
        return np.searchsorted(self.members, self.parent.invert(self.members[g]))

    def label(self, g: int) -> str:
        return self.parent.label(int(self.members[g]))


def subgroup(group: FiniteGroup, generators: Sequence[int]) -> Homomorphism:
    """The subgroup that some elements generate, as the inclusion of it into the group.

    The elements of the subgroup keep the order that they have in the group, and their labels.

    >>> from symtheory.groups import dihedral_group
    >>> rotations = subgroup(dihedral_group(4), [2])
    >>> rotations.source.labels, rotations.images.tolist()
    (('e', 'r', 'r2', 'r3'), [0, 2, 4, 6])

    Args:
        group: The group.
        generators: Elements of it; none for the trivial subgroup.

    Returns:
        The inclusion; its ``source`` is the subgroup as a group of its own.

    Raises:
        ValueError: If a generator is no element of the group.
    """
    chosen = as_elements(generators, group.order, group.name)
    if chosen.ndim != 1:
        raise ValueError(
            f"Expected elements of {group.name}, a list of them. Got shape {chosen.shape}. "
            "Try [g] for one."
        )
    listed(group.order, group.name)
    _, members = generated(group.law.multiply, group.order, chosen)
    name = f"⟨{', '.join(group.label(g) for g in chosen)}⟩ in {group.name}"
    source = FiniteGroup(name, _Subgroup(group.law, read_only(members)))
    return Homomorphism(source, group, members)


def cosets(inclusion: Homomorphism) -> Int[np.ndarray, " order"]:
    """The left coset gH of each element of the group; cosets are numbered by their least element.

    >>> from symtheory.groups import cyclic_group
    >>> cosets(subgroup(cyclic_group(6), [3])).tolist()
    [0, 1, 2, 0, 1, 2]

    Args:
        inclusion: Of the subgroup H, from `subgroup`; of any homomorphism, H is its image.

    Returns:
        Integers of shape (target.order,): g and k have the same one if gH = kH.
    """
    group, source = inclusion.target, inclusion.source
    generators = inclusion.images[source.generators]
    return joined(group.order, [group.law.multiply(group.elements, s) for s in generators])

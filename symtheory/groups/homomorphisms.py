"""Maps between groups that respect products, subgroups as inclusions, and cosets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int
from numpy.typing import ArrayLike, NDArray

from symtheory.groups.base import Elements, FiniteGroup


@dataclass(frozen=True, eq=False)
class Homomorphism:
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
        """φ of each of some elements of the source."""
        return self.images[np.asarray(elements)]

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
    phi = np.array(images)
    if phi.shape != (source.order,) or not np.issubdtype(phi.dtype, np.integer):
        raise ValueError(
            f"Expected an integer image for each of the {source.order} elements of {source.name}. "
            f"Got {phi.dtype} of shape {phi.shape}."
        )
    if phi.min() < 0 or phi.max() >= target.order:
        raise ValueError(
            f"Expected images in {target.name}: 0, …, {target.order - 1}. "
            f"Got {phi.min()} to {phi.max()}."
        )
    wrong = np.argwhere(phi[source.table] != target.multiply(phi[:, None], phi))
    if len(wrong):
        g, h = wrong[0]
        raise ValueError(
            f"Expected φ(gh) = φ(g)φ(h), a homomorphism from {source.name} to {target.name}. "
            f"Got another map, at g = {source.label(g)}, h = {source.label(h)}."
        )
    return _homomorphism(source, target, phi)


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
    first = np.asarray(generators, dtype=np.intp).ravel()
    if not ((first >= 0) & (first < group.order)).all() or not np.array_equal(first, generators):
        raise ValueError(
            f"Expected elements of {group.name}, integers in 0, …, {group.order - 1}. "
            f"Got {list(generators)!r}."
        )
    found = np.array([0])
    while True:  # a finite set that is closed under products is closed under inverses
        products = group.multiply(found[:, None], first)
        larger = np.union1d(found, products)
        if len(larger) == len(found):
            break
        found = larger
    table = np.searchsorted(found, group.multiply(found[:, None], found))
    labels = [group.label(int(g)) for g in found]
    name = f"⟨{', '.join(group.label(int(g)) for g in first)}⟩ in {group.name}"
    return _homomorphism(FiniteGroup.from_table(name, table, labels), group, found)


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
    group = inclusion.target
    members = group.multiply(np.arange(group.order)[:, None], inclusion.image)
    return np.unique(np.min(members, axis=1), return_inverse=True)[1]


def _homomorphism(
    source: FiniteGroup, target: FiniteGroup, images: NDArray[np.integer]
) -> Homomorphism:
    images.setflags(write=False)
    return Homomorphism(source, target, images)

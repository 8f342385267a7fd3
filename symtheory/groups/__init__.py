"""Finite groups as integer tables.

The elements of a group of order n are the integers 0, …, n - 1, and element 0 is the identity. A
group knows how to multiply arrays of elements; its full multiplication table is built only when it
is asked for, so that the cyclic group of a million elements costs nothing until then.
"""

from symtheory.groups.base import FiniteGroup
from symtheory.groups.classes import conjugacy_classes
from symtheory.groups.cyclic import cyclic_group, dihedral_group
from symtheory.groups.homomorphisms import Homomorphism, cosets, homomorphism, subgroup
from symtheory.groups.permutations import (
    alternating_group,
    permutation_group,
    quaternion_group,
    symmetric_group,
)
from symtheory.groups.point_groups import POINT_GROUPS, point_group
from symtheory.groups.products import direct_product, semidirect_product, wreath_product

__all__ = [
    "POINT_GROUPS",
    "FiniteGroup",
    "Homomorphism",
    "alternating_group",
    "conjugacy_classes",
    "cosets",
    "cyclic_group",
    "dihedral_group",
    "direct_product",
    "homomorphism",
    "permutation_group",
    "point_group",
    "quaternion_group",
    "semidirect_product",
    "subgroup",
    "symmetric_group",
    "wreath_product",
]

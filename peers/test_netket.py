"""NetKet's point groups of the plane and of space: tables, characters and irreps."""

import numpy as np
import pytest
from netket.utils.group import axial, cubic, icosa, planar
from same import assert_same_characters, renumbered

from symtheory.groups import cyclic_group, dihedral_group, point_group
from symtheory.representations import class_sizes, irreps
from symtheory.testing import assert_representation

ROUND = [1, 2, 3, 4, 5, 6, 8, 12]
GROUPS = {
    **{f"planar C{n}": (planar.C, n) for n in ROUND},
    **{f"planar D{n}": (planar.D, n) for n in ROUND},
    **{f"C{n}": (axial.C, n) for n in ROUND},
    **{f"C{n}v": (axial.Cv, n) for n in ROUND},
    **{f"C{n}h": (axial.Ch, n) for n in ROUND},
    **{f"D{n}": (axial.D, n) for n in ROUND},
    **{f"D{n}h": (axial.Dh, n) for n in ROUND},
    **{f"D{n}d": (axial.Dd, n) for n in ROUND},
    **{f"S{n}": (axial.S, n) for n in (2, 4, 6, 8, 12)},
    "T": (cubic.T,),
    "Td": (cubic.Td,),
    "Th": (cubic.Th,),
    "O": (cubic.O,),
    "Oh": (cubic.Oh,),
    "I": (icosa.I,),
    "Ih": (icosa.Ih,),
}
OURS = {
    **{f"planar C{n}": cyclic_group(n) for n in ROUND},
    **{f"planar D{n}": dihedral_group(n) for n in ROUND},
    **{name: point_group(name) for name in ("T", "Td", "Th", "O", "Oh", "S4", "S6")},
    **{f"C{n}": point_group(f"C{n}") for n in (1, 2, 3, 4, 6)},
    **{f"C{n}v": point_group(f"C{n}v") for n in (2, 3, 4, 6)},
    **{f"C{n}h": point_group(f"C{n}h") for n in (2, 3, 4, 6)},
    **{f"D{n}": point_group(f"D{n}") for n in (2, 3, 4, 6)},
    **{f"D{n}h": point_group(f"D{n}h") for n in (2, 3, 4, 6)},
    **{f"D{n}d": point_group(f"D{n}d") for n in (2, 3)},
}


def theirs(name):
    """NetKet's group, and the same one here with its old numbers."""
    make, *arguments = GROUPS[name]
    group = make(*arguments)
    # NetKet tabulates g⁻¹h.
    return group, *renumbered(name, np.asarray(group.product_table)[np.asarray(group.inverse)])


@pytest.mark.parametrize("name", GROUPS)
def test_tables_and_characters_are_the_same(name):
    group, mine, old = theirs(name)
    assert sorted(class_sizes(mine)) == sorted(group.conjugacy_classes[0].sum(axis=1))
    known = np.asarray(group.character_table())  # a column for each element
    assert_same_characters(mine, known[:, old])
    for irrep in irreps(mine):
        assert_representation(irrep.matrices, mine)


@pytest.mark.parametrize("name", OURS)
def test_our_group_of_this_name_has_the_same_characters(name):
    """Up to the order of elements: values and on how many they are taken."""
    mine = OURS[name]
    tables = [
        np.round([irrep.character for irrep in irreps(group)], 6) + 0.0
        for group in (mine, theirs(name)[1])
    ]
    first, second = (
        sorted(sorted(zip(row.real, row.imag, strict=True)) for row in table) for table in tables
    )
    assert first == second

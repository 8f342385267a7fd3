"""All groups of order up to 31, and larger ones, against GAP and its library of small groups."""

import gap
import numpy as np
import pytest

from symtheory.groups import (
    FiniteGroup,
    alternating_group,
    conjugacy_classes,
    cyclic_group,
    dihedral_group,
    direct_product,
    permutation_group,
    point_group,
    quaternion_group,
    symmetric_group,
    wreath_product,
)
from symtheory.representations import (
    character_table,
    class_sizes,
    frobenius_schur_indicator,
    irreps,
)

NUMBER_OF_ORDER = [
    1,
    1,
    1,
    2,
    1,
    2,
    1,
    5,
    2,
    2,
    1,
    5,
    1,
    2,
    1,
    14,
    1,
    5,
    1,
    5,
    2,
    2,
    1,
    15,
    2,
    2,
    5,
]
NUMBER_OF_ORDER += [4, 1, 4, 1]
SMALL = [
    f"SmallGroup({order},{number})"
    for order, many in enumerate(NUMBER_OF_ORDER, start=1)
    for number in range(1, many + 1)
]
LARGER = [
    *(f"SmallGroup(32,{number})" for number in range(2, 52, 7)),
    *(f"SmallGroup(48,{number})" for number in range(1, 53, 7)),
    *(f"SmallGroup({order},{number})" for order, number in [(54, 8), (64, 134), (72, 41), (81, 7)]),
    *(f"SmallGroup({order},{number})" for order, number in [(96, 64), (120, 5), (243, 26)]),
    *(f"SmallGroup({order},{number})" for order, number in [(168, 43), (336, 208), (660, 13)]),
    "SymmetricGroup(5)",
    "SymmetricGroup(6)",
    "AlternatingGroup(6)",
    "PSL(2,7)",
    "GL(2,3)",
    "PGL(2,7)",
    "PSU(3,2)",
    "DihedralGroup(200)",
    "CyclicGroup(120)",
]
OURS = {
    "CyclicGroup(30)": lambda: cyclic_group(30),
    "DihedralGroup(28)": lambda: dihedral_group(14),
    "QuaternionGroup(8)": quaternion_group,
    "SymmetricGroup(4)": lambda: symmetric_group(4),
    "AlternatingGroup(5)": lambda: alternating_group(5),
    "DirectProduct(SymmetricGroup(3),CyclicGroup(4))": lambda: direct_product(
        symmetric_group(3), cyclic_group(4)
    ),
    "WreathProduct(CyclicGroup(2),SymmetricGroup(3))": lambda: wreath_product(
        cyclic_group(2), symmetric_group(3)
    ),
    "WreathProduct(CyclicGroup(2),SymmetricGroup(4))": lambda: wreath_product(
        cyclic_group(2), symmetric_group(4)
    ),
    "WreathProduct(SymmetricGroup(3),SymmetricGroup(2))": lambda: wreath_product(
        symmetric_group(3), symmetric_group(2)
    ),
    "WreathProduct(CyclicGroup(3),AlternatingGroup(3))": lambda: wreath_product(
        cyclic_group(3), alternating_group(3)
    ),
    "DirectProduct(SymmetricGroup(4),CyclicGroup(2))": lambda: point_group("Oh"),
    "DirectProduct(AlternatingGroup(4),CyclicGroup(2))": lambda: point_group("Th"),
}
NAMES = [*SMALL, *LARGER]


@pytest.fixture(scope="module")
def answers():
    return gap.ask([*NAMES, *OURS])


def test_there_are_93_groups_of_order_up_to_31():
    assert len(SMALL) == 93


@pytest.mark.parametrize("name", NAMES)
def test_characters_are_those_that_gap_finds_class_by_class(name, answers):
    theirs = answers[name]
    group = permutation_group(theirs["generators"])
    assert group.order == theirs["order"]

    at = [
        int(np.flatnonzero((group.permutations == each).all(1))[0])
        for each in theirs["representatives"]
    ]
    columns = conjugacy_classes(group)[at]
    assert sorted(columns) == list(range(len(columns)))
    assert class_sizes(group)[columns].tolist() == theirs["sizes"]

    mine, known = character_table(group)[:, columns], gap.character_table(theirs)
    same = np.abs(mine[:, None] - known).max(axis=-1) < 1e-8
    assert (same.sum(axis=0) == 1).all() and (same.sum(axis=1) == 1).all()
    indicators = [frobenius_schur_indicator(irrep, group) for irrep in irreps(group)]
    assert indicators == [theirs["indicators"][row] for row in same.argmax(axis=1)]


@pytest.mark.parametrize("name", NAMES)
def test_irreps_are_unitary_representations_and_real_where_gap_says_so(name, answers):
    theirs = answers[name]
    group = permutation_group(theirs["generators"])
    for irrep in irreps(group, real=True):
        for s in group.generators:
            products = irrep.matrices[group.multiply(s, group.elements)]
            np.testing.assert_allclose(irrep.matrices[s] @ irrep.matrices, products, atol=1e-8)
        squares = irrep.matrices @ irrep.matrices.conj().swapaxes(1, 2)
        np.testing.assert_allclose(squares - np.eye(irrep.dimension), 0, atol=1e-8)
    real = sum(irrep.matrices.dtype == float for irrep in irreps(group, real=True))
    assert real == theirs["indicators"].count(1)


@pytest.mark.parametrize("name", SMALL)
def test_the_table_is_the_one_that_gap_prints(name, answers):
    """Both number permutations in lexicographic order; GAP's product gh applies g first."""
    theirs = answers[name]
    group = permutation_group(theirs["generators"])
    np.testing.assert_array_equal(group.table.T, theirs["table"])
    again = FiniteGroup.from_table(name, theirs["table"])
    np.testing.assert_array_equal(again.inverse, group.inverse)


@pytest.mark.parametrize("name", OURS)
def test_groups_by_name_are_what_gap_calls_so(name, answers):
    """The same values of each character, each on as many elements."""
    theirs, group = answers[name], OURS[name]()
    assert group.order == theirs["order"]
    assert sorted(class_sizes(group)) == sorted(theirs["sizes"])
    values = [
        np.round(table, 6) + 0.0 for table in (character_table(group), gap.character_table(theirs))
    ]
    sizes = (class_sizes(group), theirs["sizes"])
    mine, known = (
        sorted(
            sorted((v.real, v.imag, int(size)) for v, size in zip(row, some, strict=True))
            for row in table
        )
        for table, some in zip(values, sizes, strict=True)
    )
    assert mine == known

"""The crystallographic point groups against what the books say of them."""

import pickle

import numpy as np
import pytest

from symtheory.groups import POINT_GROUPS, conjugacy_classes, point_group
from symtheory.representations import irreps, multiplicities
from symtheory.testing import assert_group, assert_representation

# Order, classes, and the elements by kind, as in International Tables A (2016), table 3.2.3.2, and
# in Hermann and Mauguin's symbols: mirrors m, rotations 2, 3, 4, 6, and inversions with them.
KINDS = {
    "C1": "1",
    "Ci": "1 -1",
    "C2": "1 2",
    "Cs": "1 m",
    "C2h": "1 2 -1 m",
    "D2": "1 3*2",
    "C2v": "1 2 2*m",
    "D2h": "1 3*2 -1 3*m",
    "C4": "1 2 2*4",
    "S4": "1 2 2*-4",
    "C4h": "1 2 2*4 -1 m 2*-4",
    "D4": "1 5*2 2*4",
    "C4v": "1 2 2*4 4*m",
    "D2d": "1 3*2 2*m 2*-4",
    "D4h": "1 5*2 2*4 -1 5*m 2*-4",
    "C3": "1 2*3",
    "C3i": "1 2*3 -1 2*-3",
    "D3": "1 2*3 3*2",
    "C3v": "1 2*3 3*m",
    "D3d": "1 2*3 3*2 -1 2*-3 3*m",
    "C6": "1 2 2*3 2*6",
    "C3h": "1 2*3 m 2*-6",
    "C6h": "1 2 2*3 2*6 -1 m 2*-3 2*-6",
    "D6": "1 7*2 2*3 2*6",
    "C6v": "1 2 2*3 2*6 6*m",
    "D3h": "1 2*3 3*2 4*m 2*-6",
    "D6h": "1 7*2 2*3 2*6 -1 7*m 2*-3 2*-6",
    "T": "1 3*2 8*3",
    "Th": "1 3*2 8*3 -1 3*m 8*-3",
    "O": "1 9*2 8*3 6*4",
    "Td": "1 3*2 8*3 6*m 6*-4",
    "Oh": "1 9*2 8*3 6*4 -1 9*m 8*-3 6*-4",
}
CLASSES = [1, 2, 2, 2, 4, 4, 4, 8, 4, 4, 8, 5, 5, 5, 10]  # to the tetragonal ones
CLASSES += [3, 6, 3, 3, 6, 6, 6, 12, 6, 6, 6, 12, 4, 8, 5, 5, 10]
each = pytest.mark.parametrize("name", POINT_GROUPS)


def kind(matrix):
    """By determinant and trace, which is det·(1 + 2 cos of the angle)."""
    determinant = round(np.linalg.det(matrix))
    fold = {3: "1", -1: "2", 0: "3", 1: "4", 2: "6"}[round(determinant * np.trace(matrix))]
    return fold if determinant == 1 else {"2": "m"}.get(fold, f"-{fold}")


@each
def test_a_point_group_has_the_elements_that_the_tables_list(name):
    group = point_group(name)
    expected = []
    for term in KINDS[name].split():
        often, _, fold = term.rpartition("*")
        expected += [fold] * int(often or 1)
    assert sorted(map(kind, group.matrices)) == sorted(expected)
    assert conjugacy_classes(group).max() + 1 == CLASSES[list(POINT_GROUPS).index(name)]
    assert len(set(group.labels)) == group.order


@each
def test_its_matrices_are_orthogonal_and_represent_it_faithfully(name):
    group = point_group(name)
    assert_group(group)
    assert_representation(group.matrices, group, tolerance=1e-15)
    squares = group.matrices @ group.matrices.swapaxes(1, 2)
    np.testing.assert_allclose(squares - np.eye(3), 0, atol=1e-15)
    assert len(np.unique(np.round(group.matrices, 6), axis=0)) == group.order
    assert multiplicities(group.matrices, group) @ [irrep.dimension for irrep in irreps(group)] == 3
    assert not np.signbit(group.matrices[group.matrices == 0]).any()  # none is printed as -0
    with pytest.raises(ValueError, match="read-only"):
        group.matrices[0] = 0


@each
def test_a_label_says_where_a_point_goes(name):
    group, point = point_group(name), {"x": 0.3, "y": 1.1, "z": -0.7}
    hexagonal = np.array([[1, -0.5, 0], [0, np.sqrt(0.75), 0], [0, 0, 1]])
    axes = hexagonal if any("x-y" in label for label in group.labels) else np.eye(3)
    for label, matrix in zip(group.labels, group.matrices, strict=True):
        goes_to = [eval(coordinate, dict(point)) for coordinate in label.split(",")]
        np.testing.assert_allclose(matrix @ axes @ list(point.values()), axes @ goes_to, atol=1e-14)


@each
def test_both_names_give_one_value(name):
    group = point_group(name)
    assert point_group(POINT_GROUPS[name]) == group == pickle.loads(pickle.dumps(group))


@pytest.mark.parametrize("name", ["D5h", "", "oh", None, 4, ["Oh"]])
def test_other_names_are_refused(name):
    with pytest.raises(
        ValueError, match=r"Expected the name.*Got .*Try one of C1 \(1\), Ci \(-1\)"
    ):
        point_group(name)

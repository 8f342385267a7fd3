"""Character tables with irrational and complex entries, against those that GAP 4.12.1 prints.

Generators and representatives of the classes are in GAP's notation, cycles of points from 1, and
the entries in its closed form: E(n) is exp(2πi/n). Rows may come in any order, columns may not.
"""

import re

import numpy as np
import pytest

from symtheory.groups import conjugacy_classes, permutation_group
from symtheory.representations import (
    character_table,
    class_sizes,
    frobenius_schur_indicator,
    irreps,
)


def E(n, power=1):
    return np.exp(2j * np.pi * power / n)


w = E(3)
golden, other = -E(5, 2) - E(5, 3), -E(5) - E(5, 4)  # (1 ± √5)/2
kummer = E(7) + E(7, 2) + E(7, 4)  # (-1 + √-7)/2
root = E(8) - E(8, 3)  # √2

TABLES = {
    "A5": (
        "(1,2,3,4,5) (1,2,3)(4)(5)",
        "() (1,2)(3,4) (1,2,3) (1,2,3,4,5) (1,2,3,5,4)",
        [1, 15, 20, 12, 12],
        [
            [1, 1, 1, 1, 1],
            [3, -1, 0, other, golden],
            [3, -1, 0, golden, other],
            [4, 0, 1, -1, -1],
            [5, 1, -1, 0, 0],
        ],
        [1, 1, 1, 1, 1],
    ),
    "A6": (
        "(1,2,3,4,5) (4,5,6)",
        "() (1,2)(3,4) (1,2,3) (1,2,3)(4,5,6) (1,2,3,4)(5,6) (1,2,3,4,5) (1,2,3,4,6)",
        [1, 45, 40, 40, 90, 72, 72],
        [
            [1, 1, 1, 1, 1, 1, 1],
            [5, 1, 2, -1, -1, 0, 0],
            [5, 1, -1, 2, -1, 0, 0],
            [8, 0, -1, -1, 0, other, golden],
            [8, 0, -1, -1, 0, golden, other],
            [9, 1, 0, 0, 1, -1, -1],
            [10, -2, 1, 1, 0, 0, 0],
        ],
        [1, 1, 1, 1, 1, 1, 1],
    ),
    "D8": (
        "(1,2,3,4,5,6,7,8) (2,8)(3,7)(4,6)",
        "() (2,8)(3,7)(4,6) (1,2)(3,8)(4,7)(5,6) (1,2,3,4,5,6,7,8) "
        "(1,3,5,7)(2,4,6,8) (1,4,7,2,5,8,3,6) (1,5)(2,6)(3,7)(4,8)",
        [1, 4, 4, 2, 2, 2, 1],
        [
            [1, 1, 1, 1, 1, 1, 1],
            [1, -1, -1, 1, 1, 1, 1],
            [1, -1, 1, -1, 1, -1, 1],
            [1, 1, -1, -1, 1, -1, 1],
            [2, 0, 0, 0, -2, 0, 2],
            [2, 0, 0, -root, 0, root, -2],
            [2, 0, 0, root, 0, -root, -2],
        ],
        [1, 1, 1, 1, 1, 1, 1],
    ),
    "C7⋊C3": (
        "(1,2,3,4,5,6,7) (2,3,5)(4,7,6)",
        "() (2,3,5)(4,7,6) (2,5,3)(4,6,7) (1,2,3,4,5,6,7) (1,4,7,3,6,2,5)",
        [1, 7, 7, 3, 3],
        [
            [1, 1, 1, 1, 1],
            [1, w**2, w, 1, 1],
            [1, w, w**2, 1, 1],
            [3, 0, 0, kummer, kummer.conj()],
            [3, 0, 0, kummer.conj(), kummer],
        ],
        [1, 0, 0, 0, 0],
    ),
    # Irreps of all three kinds, real, complex and quaternionic.
    "SL(2,3)": (
        "(1,2,5,6)(3,4,7,8) (1,3,5,7)(2,8,6,4) (2,3,4)(6,7,8)",
        "() (2,3,4)(6,7,8) (2,4,3)(6,8,7) (1,2,4,5,6,8)(3,7) "
        "(1,2,5,6)(3,4,7,8) (1,5)(2,6)(3,7)(4,8) (1,5)(2,8,3,6,4,7)",
        [1, 4, 4, 4, 6, 1, 4],
        [
            [1, 1, 1, 1, 1, 1, 1],
            [1, w**2, w, w**2, 1, 1, w],
            [1, w, w**2, w, 1, 1, w**2],
            [2, -1, -1, 1, 0, -2, 1],
            [2, -w, -(w**2), w, 0, -2, w**2],
            [2, -(w**2), -w, w**2, 0, -2, w],
            [3, 0, 0, 0, -1, 3, 0],
        ],
        [1, 0, 0, -1, 0, 0, 1],
    ),
}


def images(cycles, points):
    """The images of 0, …, points - 1 under a permutation in cycle notation."""
    result = list(range(points))
    for cycle in re.findall(r"\(([\d,]+)\)", cycles):
        members = [int(point) - 1 for point in cycle.split(",")]
        for here, there in zip(members, members[1:] + members[:1], strict=True):
            result[here] = there
    return result


@pytest.mark.parametrize("name", TABLES)
def test_characters_are_those_that_gap_finds(name):
    generators, representatives, sizes, known, indicators = TABLES[name]
    generators, representatives = generators.split(), representatives.split()
    points = max(int(point) for point in re.findall(r"\d+", " ".join(generators)))
    group = permutation_group([images(each, points) for each in generators])
    labels = ["".join(map(str, images(each, points))) for each in representatives]
    columns = conjugacy_classes(group)[[group.labels.index(label) for label in labels]]
    assert sorted(columns) == list(range(len(sizes)))  # one representative of each class
    np.testing.assert_array_equal(class_sizes(group)[columns], sizes)

    computed = character_table(group)[:, columns]
    apart = np.abs(computed[:, None] - np.array(known)).max(axis=-1)
    same = apart < 1e-10
    assert (same.sum(axis=0) == 1).all() and (same.sum(axis=1) == 1).all(), apart.min(axis=0)
    found = [frobenius_schur_indicator(irrep, group) for irrep in irreps(group)]
    assert found == [indicators[row] for row in same.argmax(axis=1)]

"""spgrep's crystallographic point groups, in all of its settings: irreps over C and over R."""

import numpy as np
import pytest
from same import assert_same_characters, renumbered
from spgrep.symmetry.enumerate import enumerate_unitary_irreps
from spgrep.symmetry.pointgroup import pg_dataset

from symtheory.groups import POINT_GROUPS, point_group
from symtheory.representations import frobenius_schur_indicator, irreps

SETTINGS = [
    (name, setting) for name, rotations in pg_dataset.items() for setting in range(len(rotations))
]


def theirs(name, setting):
    """Rotations, and the group that they are here with its old numbers."""
    rotations = np.array(pg_dataset[name][setting])
    products = rotations[:, None] @ rotations
    same = (products[:, :, None] == rotations).all(axis=(-2, -1))
    return rotations, *renumbered(name, same.argmax(axis=-1))


def kinds(matrices):
    """Determinants and traces, which no change of axes changes."""
    pairs = zip(np.linalg.det(matrices), np.trace(matrices, axis1=1, axis2=2), strict=True)
    return sorted((round(det), round(trace)) for det, trace in pairs)


def test_they_know_the_same_32_groups():
    assert sorted(pg_dataset) == sorted(POINT_GROUPS.values())


@pytest.mark.parametrize("name,setting", SETTINGS)
def test_characters_are_the_same(name, setting):
    rotations, mine, old = theirs(name, setting)
    found, _ = enumerate_unitary_irreps(rotations)
    known = np.array([np.trace(each, axis1=1, axis2=2) for each in found])
    assert_same_characters(mine, known[:, old])


@pytest.mark.parametrize("name,setting", SETTINGS)
def test_our_group_of_this_name_turns_and_mirrors_as_much(name, setting):
    rotations, mine, _ = theirs(name, setting)
    group = point_group(name)
    assert kinds(group.matrices) == kinds(rotations)
    # The same irreps of each dimension and kind: real, complex or quaternionic.
    first, second = (
        sorted((irrep.dimension, frobenius_schur_indicator(irrep, each)) for irrep in irreps(each))
        for each in (group, mine)
    )
    assert first == second

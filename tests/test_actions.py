"""Actions against scipy, the axioms of an action, and errors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from symtheory.actions import (
    dihedral_action,
    orbit,
    permutation_action,
    planar_rotation_action,
    product_action,
    restrict,
    rotation_action,
    translation_action,
)
from symtheory.groups import (
    alternating_group,
    cyclic_group,
    homomorphism,
    permutation_group,
    subgroup,
    symmetric_group,
)
from symtheory.testing import assert_action


@pytest.mark.parametrize("side", [5, 8, 28])
@pytest.mark.parametrize("n", [1, 2, 3, 4, 6, 8, 64])
def test_rotations_are_those_of_scipy(n, side, rng):
    images = rng.normal(size=(3, side, side))
    expected = [
        [ndimage.rotate(image, 360 * g / n, order=3, reshape=False) for g in range(n)]
        for image in images
    ]
    computed = orbit(images, rotation_action(n, (side, side)))
    np.testing.assert_allclose(computed, expected, atol=1e-12)


@pytest.mark.parametrize("n", [1, 2, 4])
def test_quarter_turns_are_an_exact_action(n, rng):
    action = rotation_action(n, (9, 9))
    assert action.exact
    assert_action(action, rng.normal(size=(2, 9, 9)), tolerance=0)


@pytest.mark.parametrize("n", [3, 8, 12])
def test_other_rotations_say_that_they_are_not_exact_and_are_not(n, rng):
    action = rotation_action(n, (9, 9))
    assert not action.exact
    with pytest.raises(AssertionError, match="differs"):
        assert_action(action, rng.normal(size=(2, 9, 9)), tolerance=1e-3)


@pytest.mark.parametrize("n", [8, 12, 20])
def test_quarter_turns_inside_a_larger_group_act_exactly(n, rng):
    images = rng.normal(size=(2, 10, 10))
    action = rotation_action(n, (10, 10))
    turned = orbit(np.rot90(images, axes=(-2, -1)), action)
    np.testing.assert_array_equal(
        turned[:, 0], np.roll(orbit(images, action), -n // 4, axis=1)[:, 0]
    )
    np.testing.assert_allclose(turned, np.roll(orbit(images, action), -n // 4, axis=1), atol=1e-13)


@given(st.sampled_from([(1, -1), (2, 0), (3, 1), (6, -1), (4, -2)]))
def test_translations_are_an_exact_action(setting):
    n, axis = setting
    action = translation_action(n, (4, 6), axis)
    assert action.exact
    assert_action(action, np.random.default_rng(n).normal(size=(2, 4, 6)), tolerance=0)


@pytest.mark.parametrize("n,dimension", [(1, 2), (5, 2), (6, 3)])
def test_planar_rotations_are_an_exact_action(n, dimension, rng):
    assert_action(planar_rotation_action(n, dimension), rng.normal(size=(4, dimension)))


def test_an_orbit_starts_at_its_seed(rng):
    seeds = rng.normal(size=(3, 8, 8))
    np.testing.assert_array_equal(orbit(seeds, rotation_action(6, (8, 8)))[:, 0], seeds)


def test_bad_input_is_refused(rng):
    action = rotation_action(4, (8, 8))
    with pytest.raises(ValueError, match=r"Expected seeds of shape \(m, 8, 8\).*Try seeds\[None\]"):
        orbit(rng.normal(size=(8, 8)), action)
    with pytest.raises(ValueError, match="Expected seeds of shape"):
        orbit(rng.normal(size=(2, 7, 8)), action)
    with pytest.raises(ValueError, match="Expected finite seeds"):
        orbit(np.full((1, 8, 8), np.nan), action)
    with pytest.raises(ValueError, match="Expected square images"):
        rotation_action(4, (8, 9))
    with pytest.raises(ValueError, match="Expected a number of shifts that divides .* Try one of"):
        translation_action(5, (4, 6))
    with pytest.raises(ValueError, match="order of a cyclic group"):
        rotation_action(0, (8, 8))
    with pytest.raises(ValueError, match="at least 2 coordinates"):
        planar_rotation_action(3, 1)


@pytest.mark.parametrize("n", [1, 2, 4])
def test_the_symmetries_of_a_square_are_an_exact_action(n, rng):
    action = dihedral_action(n, (6, 6))
    assert action.exact and action.group.order == 2 * n
    images = rng.normal(size=(2, 6, 6))
    assert_action(action, images, tolerance=0)
    poses = orbit(images, action)
    np.testing.assert_array_equal(poses[:, 1], images[:, :, ::-1])
    np.testing.assert_array_equal(poses[:, ::2], orbit(images, rotation_action(n, (6, 6))))


def test_reflections_by_interpolation_are_a_group_as_nearly_as_rotations_are(rng):
    """A mirrored grid is the same grid, so that reflections lose nothing more."""
    images, action = rng.normal(size=(1, 9, 9)), dihedral_action(8, (9, 9))
    poses = orbit(images, action)
    mirrored = orbit(poses[:, 6, :, ::-1], action)  # (e, s, …) of s·r³·x, which is r⁻³·s·x
    np.testing.assert_allclose(mirrored[:, 0], poses[:, 11], atol=1e-12)
    assert not action.exact


@pytest.mark.parametrize(
    "group,shape,axis",
    [
        (symmetric_group(4), (4,), 0),
        (alternating_group(4), (4, 2), 0),
        (symmetric_group(3), (2, 3, 5), 1),
        (symmetric_group(3), (2, 3), -1),
        (permutation_group([[1, 2, 0, 4, 5, 3], [3, 4, 5, 0, 1, 2]]), (2, 3), None),
    ],
)
def test_permutations_are_an_exact_action(group, shape, axis, rng):
    items = rng.normal(size=(2, *shape))
    action = permutation_action(group, shape, axis)
    assert_action(action, items, tolerance=0)
    moved, g = orbit(items, action), group.order - 1
    if axis is None:
        moved, places, flat = moved.reshape(2, group.order, -1), -1, items.reshape(2, -1)
    else:
        places, flat = (axis if axis < 0 else axis - len(shape)), items
    # (g·x)[g(i)] = x[i]
    back = np.take(moved[:, g], group.permutations[g], axis=places)
    np.testing.assert_array_equal(back, flat)


def test_shifts_along_two_axes_are_a_product(rng):
    images = rng.normal(size=(2, 6, 8))
    down, right = (translation_action(n, (6, 8), axis) for n, axis in ((3, 0), (4, 1)))
    both = product_action(down, right)
    assert both.exact and both.group.cyclic_factors == (3, 4)
    assert_action(both, images, tolerance=0)
    np.testing.assert_array_equal(
        orbit(images, both)[:, 2 * 4 + 1], np.roll(images, (4, 2), axis=(1, 2))
    )


def test_actions_that_do_not_commute_have_no_product():
    with pytest.raises(ValueError, match="Expected actions that commute"):
        product_action(dihedral_action(4, (6, 6)), translation_action(3, (6, 6)))
    with pytest.raises(ValueError, match="Expected two actions on items of one shape"):
        product_action(translation_action(3, (6, 6)), translation_action(3, (6, 9)))


def test_a_subgroup_acts_as_the_group_does(rng):
    images, action = rng.normal(size=(2, 6, 6)), dihedral_action(4, (6, 6))
    turns = restrict(action, subgroup(action.group, [2]))
    np.testing.assert_array_equal(orbit(images, turns), orbit(images, rotation_action(4, (6, 6))))
    assert_action(turns, images, tolerance=0)
    sign = homomorphism(symmetric_group(3), cyclic_group(2), [0, 1, 1, 0, 0, 1])
    mirrored = restrict(translation_action(2, (6, 6)), sign)
    assert_action(mirrored, images, tolerance=0)
    with pytest.raises(ValueError, match="Expected a homomorphism into the group that acts"):
        restrict(translation_action(3, (6, 6)), sign)


def test_permutations_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="Expected a group of permutations"):
        permutation_action(cyclic_group(4), (4,))
    with pytest.raises(ValueError, match="which moves 4 places"):
        permutation_action(symmetric_group(4), (4, 2), axis=1)
    with pytest.raises(ValueError, match="which moves 4 places"):
        permutation_action(symmetric_group(4), (4, 2), axis=None)

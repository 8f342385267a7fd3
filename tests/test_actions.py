"""Actions against scipy, the axioms of an action, and errors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from symtheory.actions import orbit, planar_rotation_action, rotation_action, translation_action
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
    with pytest.raises(ValueError, match="positive integer"):
        rotation_action(0, (8, 8))
    with pytest.raises(ValueError, match="at least 2 coordinates"):
        planar_rotation_action(3, 1)

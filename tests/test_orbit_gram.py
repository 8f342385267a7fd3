"""Gram matrices by symmetry against all of their entries."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from lanes import slow

from symtheory.actions import (
    dihedral_action,
    orbit,
    permutation_action,
    rotation_action,
    translation_action,
)
from symtheory.datasets import normalize
from symtheory.groups import permutation_group, symmetric_group
from symtheory.kernels import RBF, Linear, gram
from symtheory.ntk import CNNKernel, MLPKernel
from symtheory.orbit_gram import orbit_gram


@pytest.mark.parametrize(
    "action",
    [
        rotation_action(4, (6, 6)),
        slow(rotation_action(12, (6, 6))),
        rotation_action(5, (6, 6)),
        slow(dihedral_action(4, (6, 6))),
        slow(dihedral_action(8, (6, 6))),
        translation_action(3, (6, 6)),
        slow(permutation_action(symmetric_group(3), (3, 6))),
    ],
    ids=lambda action: f"{action.group.name}, {'exact' if action.exact else 'interpolated'}",
)
@pytest.mark.parametrize("kernel", [MLPKernel(2), slow(CNNKernel(1, pooling="global"))])
def test_symmetry_tells_the_same_as_computing_every_entry(action, kernel, rng):
    orbits = normalize(orbit(rng.normal(size=(3, *action.item_shape)), action))
    if action.item_shape == (3, 6) and isinstance(kernel, CNNKernel):
        kernel = CNNKernel(1, (1, 3), pooling="global")  # rows are exchanged, which it must not see
    expected = np.asarray(gram(kernel, orbits))
    computed = orbit_gram(kernel, orbits, action)
    np.testing.assert_allclose(computed, expected, rtol=0, atol=1e-13 * expected.max())


@pytest.mark.slow
def test_it_computes_about_the_part_that_it_needs(rng):
    entries = []

    def counting(x, y=None):
        entries.append(len(x) * len(x if y is None else y))
        return MLPKernel()(x, y)

    action = rotation_action(16, (8, 8))
    orbits = orbit(rng.normal(size=(2, 8, 8)), action)
    orbit_gram(counting, orbits, action)
    # Of (2 · 16)²: for the turns by 0°, 90° and 180°, and six that are compared.
    assert sum(entries) == 3 * (2 * 4) ** 2 + 6


def test_the_elements_that_act_exactly_do(rng):
    for action in (rotation_action(12, (7, 7)), dihedral_action(12, (7, 7))):
        poses = orbit(rng.normal(size=(2, 7, 7)), action)
        for h in action.exact_elements:
            again = orbit(poses.reshape(-1, 7, 7), action)[:, h].reshape(poses.shape)
            expected = poses[:, action.group.multiply(h, np.arange(action.group.order))]
            np.testing.assert_allclose(again, expected, atol=1e-12)


def test_orbits_of_another_group_are_refused(rng):
    with pytest.raises(ValueError, match="Expected orbits of C4"):
        orbit_gram(MLPKernel(), rng.normal(size=(2, 5, 6, 6)), rotation_action(4, (6, 6)))


SQUARE, SHIFTS = dihedral_action(4, (6, 6)), translation_action(6, (6, 6))


def last_pixels(x, y=None):
    """A kernel that no shift leaves as it is."""
    weights = np.linspace(0, 1, 6)
    return Linear()(x * weights, None if y is None else y * weights)


@pytest.mark.parametrize("m", [1, 2, 3])
@pytest.mark.parametrize("seed", range(3))
def test_what_symmetry_does_not_tell_is_refused(m, seed):
    seeds = np.random.default_rng(seed).normal(size=(m, 6, 6))
    squares, shifted = orbit(seeds, SQUARE), orbit(seeds, SHIFTS)
    called_eighths = permutation_action(permutation_group([[*range(1, 8), 0]]), (8,))
    wrong = [
        (RBF(0.2), squares, called_eighths),  # orbits of D4, called C8
        (RBF(0.2), squares[:, SQUARE.group.inverse], SQUARE),  # a right action
        (last_pixels, shifted, SHIFTS),
        (RBF(0.2), np.sort(shifted, axis=1), SHIFTS),  # no orbits at all
    ]
    if m == 3:  # seed-major taken for group-major
        thirds = translation_action(3, (6, 6))
        swapped = orbit(seeds, thirds).swapaxes(0, 1)
        wrong.append((RBF(0.2), swapped, thirds))
    for kernel, orbits, action in wrong:
        with pytest.raises(ValueError, match="Expected a kernel that is invariant .* Got .* Try"):
            orbit_gram(kernel, orbits, action)


def test_traced_it_tells_the_same_or_nothing(rng):
    orbits = orbit(rng.normal(size=(2, 6, 6)), SHIFTS)
    right, wrong = (
        jax.jit(lambda x, kernel=kernel: orbit_gram(kernel, x, SHIFTS))(orbits)
        for kernel in (RBF(0.2), last_pixels)
    )
    np.testing.assert_allclose(right, gram(RBF(0.2), orbits), rtol=0, atol=1e-14)
    assert np.isnan(wrong).all()


@pytest.mark.slow
def test_single_precision_is_enough(rng):
    orbits = jnp.asarray(orbit(rng.normal(size=(2, 6, 6)), SHIFTS), dtype=jnp.float32)
    assert orbit_gram(MLPKernel(3), orbits, SHIFTS).dtype == jnp.float32


@pytest.mark.parametrize("orbits", [np.ones((0, 6, 6, 6)), np.ones((2, 6)), [[1], [1, 2]], "x"])
def test_what_is_no_orbits_is_refused(orbits):
    with pytest.raises(ValueError, match="Expected .* Got .* Try"):
        orbit_gram(RBF(), orbits, SHIFTS)

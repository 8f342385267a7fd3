"""Kernels, Gram matrices of orbits, and what symtheory.testing says of them."""

import numpy as np
import pytest
from scipy.special import ive

from symtheory.actions import orbit, planar_rotation_action, rotation_action
from symtheory.kernels import RBF, Linear, first_rows, gram
from symtheory.orbit_gram import orbit_gram
from symtheory.spectral import expand_rows
from symtheory.testing import assert_equivariant, assert_invariant_kernel


def test_rbf_and_linear_kernels_are_their_formulas(rng):
    x, y = rng.normal(size=(5, 2, 3)), rng.normal(size=(4, 2, 3))
    for a, b in np.ndindex(5, 4):
        squared = np.sum((x[a] - y[b]) ** 2)
        np.testing.assert_allclose(RBF(0.7)(x, y)[a, b], np.exp(-(0.7**2) * squared), rtol=1e-14)
        np.testing.assert_allclose(Linear()(x, y)[a, b], np.sum(x[a] * y[b]), rtol=1e-12)


def test_first_rows_determine_the_gram_matrix_of_an_exact_action(rng):
    action = planar_rotation_action(7, 3)
    orbits = orbit(rng.normal(size=(3, 3)), action)
    expanded = expand_rows(first_rows(RBF(), orbits), action.group)
    np.testing.assert_allclose(expanded, gram(RBF(), orbits), atol=1e-14)


@pytest.mark.parametrize("inverse_length", [0.1, 0.85, 1.4, 4.0])
def test_on_a_circle_an_rbf_is_a_sum_of_waves_with_bessel_weights(inverse_length):
    """Jacobi and Anger: exp(-2L²(1 - cos θ)) = Σ_m exp(-2L²) I_m(2L²) cos mθ, weights above 0."""
    angles = np.linspace(0, 2 * np.pi, 50)
    points = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    harmonics = np.arange(-80, 81)
    weights = ive(np.abs(harmonics), 2 * inverse_length**2)
    waves = np.cos(np.outer(angles, harmonics)) @ weights
    np.testing.assert_allclose(RBF(inverse_length)(points)[0], waves, rtol=1e-12, atol=1e-14)
    assert (ive(np.arange(30), 2 * inverse_length**2) > 0).all()


def test_integers_are_made_floats():
    assert RBF()(np.eye(3, dtype=int)).dtype == np.float64


def test_invariance_is_asserted(rng):
    points, action = rng.normal(size=(3, 2)), planar_rotation_action(5)
    assert_invariant_kernel(RBF(), action, points)
    assert_equivariant(lambda x: np.sum(x**2, axis=-1), action, points)
    assert_equivariant(lambda x: 2 * x, action, points, output_action=action)
    with pytest.raises(AssertionError, match="symmetry defect"):
        assert_invariant_kernel(lambda x: Linear()(x * np.array([1, 2])), action, points)
    with pytest.raises(AssertionError):
        assert_equivariant(lambda x: x[:, 0], action, points)
    with pytest.raises(AssertionError):
        assert_equivariant(lambda x: x[:, ::-1], action, points, output_action=action)


def test_bad_input_is_refused(rng):
    with pytest.raises(ValueError, match=r"Expected an array of items.*Try x\[None\]"):
        RBF()(np.zeros(3))
    with pytest.raises(ValueError, match="Expected items of one shape"):
        Linear()(np.zeros((2, 3)), np.zeros((2, 4)))
    with pytest.raises(ValueError, match="Expected orbits of shape"):
        gram(RBF(), np.zeros((4, 3)))
    with pytest.raises(ValueError, match="Expected orbits of shape"):
        first_rows(RBF(), orbit(rng.normal(size=(1, 4, 4)), rotation_action(2, (4, 4)))[0, 0])


def test_what_is_no_kernel_is_refused(rng):
    turns = rotation_action(4, (4, 4))
    orbits = orbit(rng.normal(size=(2, 4, 4)), turns)
    for call in (gram, first_rows, lambda kernel, orbits: orbit_gram(kernel, orbits, turns)):
        with pytest.raises(ValueError, match="Expected kernel, a function .* Got None. Try"):
            call(None, orbits)
    for kernel in (lambda x, y=None: Linear()(x), lambda x, y=None: Linear()(x, y)[0]):
        with pytest.raises(ValueError, match=r"takes 2 and 8 items to a matrix .* Got .* Try k\("):
            first_rows(kernel, orbits)
    with pytest.raises(ValueError, match=r"takes 2 items to a matrix .* Got shape \(2,\). Try k\("):
        orbit_gram(lambda x, y=None: Linear()(x, y)[0], orbits, turns)

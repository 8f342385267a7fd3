"""Generators by descent, against what is known of subalgebras and against null spaces."""

import jax
import numpy as np
import pytest

from symtheory.lie import (
    closure_defect,
    invariance_constraints,
    learn_generators,
    null_space,
    orthogonal_algebra,
)


def of_form(signs, number=60):
    """Of a sum of squares with signs, or of |z|² for complex ones."""
    x = np.random.default_rng(0).normal(size=(number, len(signs)))
    return invariance_constraints(x, 2 * x * signs)


def of_complex_length(n):
    z = np.random.default_rng(0).normal(size=(60, n, 2)) @ [1, 1j]
    return invariance_constraints(z, 2 * z.conj())


def as_projector(generators):
    """On their span, over the reals, of orthogonal generators of squared norm 2."""
    rows = generators.reshape(len(generators), -1)
    rows = np.hstack([rows.real, rows.imag])
    np.testing.assert_allclose(rows @ rows.T, 2 * np.eye(len(rows)), atol=1e-6)
    return rows.T @ rows / 2


def same_span(found, basis):
    np.testing.assert_allclose(as_projector(found), as_projector(np.sqrt(2) * basis), atol=1e-6)


SO3 = of_form([1, 1, 1])


@pytest.mark.parametrize("count, vanishes", [(1, True), (2, False), (3, True), (4, False)])
def test_rotations_have_subalgebras_of_dimension_1_and_3(count, vanishes):
    found = learn_generators(SO3, count, closure=True, starts=3, steps=1000, seed=count)
    assert found.generators.shape == (count, 3, 3)
    assert found.losses.shape == (3,) and found.loss == found.losses.min()
    if vanishes:
        assert found.losses.max() < 1e-20
        assert closure_defect(found.generators) < 1e-9
    else:
        assert found.losses.min() > 0.5


def test_without_closure_a_plane_of_rotations_will_do():
    found = learn_generators(SO3, 2, steps=1000, seed=0)
    assert found.loss < 1e-20
    assert closure_defect(found.generators) > 0.9


@pytest.mark.parametrize(
    "constraints, dimension",
    [(SO3, 3), (of_form([1, -1, -1]), 3), (of_complex_length(2), 4)],
    ids=["SO(3)", "SO(1, 2)", "U(2)"],
)
def test_all_of_an_algebra_is_the_null_space(constraints, dimension):
    basis = null_space(constraints)
    assert len(basis) == dimension
    found = learn_generators(constraints, dimension, closure=True, steps=1500, seed=1)
    assert found.loss < 1e-20 and found.generators.dtype == basis.dtype
    same_span(found.generators, basis)
    beyond = learn_generators(constraints, dimension + 1, starts=3, steps=1500, seed=1)
    assert beyond.loss > 0.5


def test_generators_of_u2_are_anti_hermitian():
    """The real part of a complex constraint, in the convention of `jax.grad`."""
    z = np.random.default_rng(1).normal(size=(60, 2, 2)) @ [1, 1j]
    gradients = np.asarray(jax.vmap(jax.grad(lambda z: (abs(z) ** 2).sum()))(z))
    found = learn_generators(invariance_constraints(z, gradients), 2, steps=1000, seed=0)
    X = found.generators
    assert found.loss < 1e-20 and np.abs(X + X.conj().swapaxes(1, 2)).max() < 1e-9


def test_scale_and_number_of_constraints_do_not_matter():
    few = np.linalg.qr(SO3.reshape(len(SO3), -1), mode="r").reshape(-1, 3, 3)
    runs = [learn_generators(some, 2, steps=50, seed=0) for some in (SO3, 1e-6 * SO3, few)]
    for run in runs[1:]:
        np.testing.assert_allclose(run.generators, runs[0].generators, atol=1e-8)


def test_starts_are_those_of_the_seed():
    runs = [learn_generators(SO3, 2, starts=2, steps=5, seed=seed).losses for seed in (0, 0, 1)]
    np.testing.assert_array_equal(runs[0], runs[1])
    assert np.abs(runs[0] - runs[2]).min() > 1e-3 and runs[0][0] != runs[0][1]


def test_a_function_without_symmetry_has_no_generators():
    x = np.random.default_rng(0).normal(size=(60, 3))
    constraints = invariance_constraints(x, np.cos(x) + x[:, [1, 2, 0]])
    assert learn_generators(constraints, 1, starts=3, steps=1000, seed=0).loss > 0.1


def test_what_is_refused():
    with pytest.raises(ValueError, match=r"Expected constraints of shape \(m, n, n\).*\(3, 3\)"):
        learn_generators(SO3[0], 1, seed=0)
    with pytest.raises(ValueError, match=r"Expected an integer ≥ 1 as count. Got 0"):
        learn_generators(SO3, 0, seed=0)
    with pytest.raises(ValueError, match=r"Expected losses that are finite.*learning_rate"):
        learn_generators(SO3, 1, learning_rate=1e300, steps=3, seed=0)


@pytest.mark.slow
def test_single_precision_is_refused(without_x64):
    with pytest.raises(ValueError, match="jax_enable_x64"):
        learn_generators(orthogonal_algebra(3), 1, seed=0)

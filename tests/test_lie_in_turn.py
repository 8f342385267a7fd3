"""Generators learned in turn, against null spaces."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symtheory.lie import (
    closure_defect,
    invariance_constraints,
    killing_form,
    learn_generators_in_turn,
    null_space,
    octonion_form,
    structure_constants,
)


def rows(matrices):
    matrices = matrices.reshape(len(matrices), np.prod(matrices.shape[1:]))
    return np.hstack([matrices.real, matrices.imag])


def same_span(some, others):
    a, b = rows(some) / np.sqrt(2), rows(others)
    return a.shape == b.shape and np.linalg.norm(a.T @ a - b.T @ b) < 1e-6


def smallest(constraints, number):
    """The eigenvalue of that number, where their mean is 1; twice, since |G|² is 2."""
    A = rows(np.conj(constraints))
    if not np.iscomplexobj(constraints):
        A = A[:, : A.shape[1] // 2]
    values = np.linalg.eigvalsh(A.T @ A)
    return 2 * values[number] / values.mean()


def forms(m=150):
    x = np.random.default_rng(1).normal(size=(m, 3, 7))
    others = x[:, [1, 2, 0]], x[:, [2, 0, 1]]
    return invariance_constraints(x, np.einsum("ijk,mvj,mvk->mvi", octonion_form(), *others))


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    n=st.integers(1, 4),
    number=st.integers(1, 30),
    complex_ones=st.booleans(),
)
def test_what_is_learned_in_turn_is_the_null_space(seed, n, number, complex_ones):
    rng = np.random.default_rng(seed)
    # Orthogonal constraints: the condition of drawn ones has no bound.
    entries = n * n * (1 + complex_ones)
    number = min(number, entries)
    C = np.linalg.qr(rng.normal(size=(entries, number)))[0].T
    C = C * rng.uniform(0.5, 2, size=(number, 1))
    if complex_ones:
        C = C[:, : n * n] + 1j * C[:, n * n :]
    C = C.reshape(-1, n, n)
    learned = learn_generators_in_turn(C, seed=seed % 1000)
    expected = null_space(C)
    assert np.iscomplexobj(learned.generators) == complex_ones
    assert same_span(learned.generators, expected)
    gram = rows(learned.generators) @ rows(learned.generators).T
    np.testing.assert_allclose(gram, 2 * np.eye(len(expected)), atol=1e-12)
    assert len(learned.losses) == len(expected) + 1
    assert learned.losses[-1][-1] >= 0.99 * min(2, smallest(C, len(expected)))


def test_the_octonions_have_fourteen_and_no_more():
    C = forms()
    learned = learn_generators_in_turn(C, seed=0)
    assert same_span(learned.generators, null_space(C)) and len(learned.generators) == 14
    *found, failed = (path[-1] for path in learned.losses)
    assert max(found) < 1e-16 * failed
    # The turn that fails ends at the smallest eigenvalue that is not zero.
    assert failed == pytest.approx(smallest(C, 14), rel=1e-6)
    assert closure_defect(learned.generators) < 1e-7
    killing = killing_form(structure_constants(learned.generators))
    np.testing.assert_allclose(killing, -8 * np.eye(14), atol=1e-6)


def test_the_loss_is_the_mean_square_of_the_constraints():
    C = forms()
    learned = learn_generators_in_turn(C, tolerance=1e-6, seed=0)
    first = np.mean(np.einsum("mij,ij->m", C, learned.generators[0]) ** 2)
    first /= np.mean(C**2)  # as if their entries had a mean square of 1
    assert first == pytest.approx(learned.losses[0][-1])
    assert all(len(path) > 1 and path[0] > path[-1] for path in learned.losses)


def test_where_every_matrix_will_do_no_turn_fails():
    learned = learn_generators_in_turn(np.zeros((1, 2, 2)), seed=0)
    assert learned.generators.shape == (4, 2, 2)
    assert len(learned.losses) == 4


def test_too_few_steps_find_nothing_and_say_so():
    learned = learn_generators_in_turn(forms(), steps=10, seed=0)
    assert learned.generators.shape == (0, 7, 7)
    (path,) = learned.losses
    assert len(path) == 11 and path[-1] < 0.9 * path[-2]


def test_a_seed_gives_the_same_again_and_another_gives_another_basis():
    C = forms()
    one, again, other = (learn_generators_in_turn(C, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one.generators, again.generators)
    assert np.abs(one.generators - other.generators).max() > 0.1


def test_constraints_on_other_than_square_matrices_are_refused():
    for shape in ((5, 2, 3), (5, 4), (0, 2, 2)):
        with pytest.raises(ValueError, match=r"Expected constraints of shape \(m, n, n\).*Try"):
            learn_generators_in_turn(np.ones(shape), seed=0)


def test_steps_that_would_overshoot_are_refused():
    with pytest.raises(ValueError, match=r"Expected a finite number.*2.4 as learning_rate"):
        learn_generators_in_turn(forms(), learning_rate=2.5, momentum=0.2, seed=0)

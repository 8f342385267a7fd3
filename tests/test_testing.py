"""The public assertions: what they let pass, and that they fail at twice the tolerance."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symtheory.actions import Action, planar_rotation_action, rotation_action, translation_action
from symtheory.groups import cyclic_group, symmetric_group
from symtheory.kernels import Linear
from symtheory.testing import (
    assert_action,
    assert_equivariant,
    assert_group,
    assert_invariant_kernel,
    assert_representation,
)

TOLERANCES = st.floats(-14, -7).map(lambda exponent: 10.0**exponent)


def passes(function, *arguments, **settings):
    """Whether an assertion holds."""
    try:
        function(*arguments, **settings)
    except AssertionError:
        return False
    return True


def exactly_at(assertion, tolerance):
    """An assertion on what is off by some amount: holds at half of a tolerance, not at twice."""
    return assertion(tolerance / 2) and not assertion(2 * tolerance)


@given(TOLERANCES)
def test_an_action_is_asserted_to_the_tolerance_that_was_asked_for(tolerance):
    items = np.ones((1, 3))

    def holds(gap):  # 2·(2·x) = (1 + gap)²x, where it should be x
        def transform(x):
            return np.stack([x, -x * np.sqrt(1 + gap)], axis=1)

        mine = Action("mine", cyclic_group(2), (3,), True, transform)
        return passes(assert_action, mine, items, tolerance=tolerance)

    assert exactly_at(holds, tolerance)


def test_the_neutral_element_leaves_items_as_they_were_given():
    """Right on small items, which are all that is tried when the action is made."""

    def clipped(x):
        bounded = np.clip(x, -100, 100)
        return np.stack([bounded, -bounded], axis=1)

    action = Action("clipped", cyclic_group(2), (3,), True, clipped)
    assert passes(assert_action, action, np.full((1, 3), 99.0), tolerance=0)
    with pytest.raises(AssertionError, match=r"Expected e·x = x, .* difference of 900"):
        assert_action(action, [[1000.0, 0.0, 0.0]])


def test_a_function_has_an_output_for_each_item():
    action = rotation_action(4, (2, 2))
    for function in (np.sum, lambda x: np.sum(x, axis=0), lambda x: x[:1]):
        with pytest.raises(ValueError, match="as many outputs"):
            assert_equivariant(function, action, np.ones((2, 2, 2)))


@pytest.mark.parametrize("dtype", [bool, np.uint8, int])
def test_decisions_may_be_asserted_to_be_invariant(dtype):
    action, items = rotation_action(4, (2, 2)), np.array([[[1.0, 0.0], [0.0, 0.0]]])
    assert_equivariant(lambda x: (x.sum(axis=(1, 2)) > 0).astype(dtype), action, items)
    with pytest.raises(AssertionError, match=r"Got a difference of 1\b"):
        assert_equivariant(lambda x: (x[:, 0, 1] > 0).astype(dtype), action, items)


def test_small_integers_do_not_wrap():
    """64 - (-64) is -128 in 8 bits, and so is its absolute value."""
    action, items = rotation_action(2, (2, 2)), np.array([[[1.0, 0.0], [0.0, 0.0]]])
    with pytest.raises(AssertionError, match="Got a difference of 128"):
        assert_equivariant(lambda x: (128 * x[:, 0, 0] - 64).astype(np.int8), action, items)


@given(TOLERANCES, st.sampled_from([1e-3, 1.0, 1e3]))
def test_equivariance_is_asserted_relative_to_the_largest_output(tolerance, size):
    action, items = rotation_action(4, (2, 2)), np.array([[[1.0, 0.0], [0.0, 0.0]]])

    def invariant(gap):
        def function(x):
            return size * (1 - gap * (1 - x[:, :1, 0]))

        return passes(assert_equivariant, function, action, items, tolerance=tolerance)

    def equivariant(gap):
        def function(x):
            return size * (x + gap * x[:, :1, :1] * np.eye(2))

        return passes(
            assert_equivariant,
            function,
            action,
            items,
            output_action=action,
            tolerance=tolerance / (1 + gap),
        )

    assert exactly_at(invariant, tolerance)
    assert exactly_at(equivariant, tolerance)


@given(TOLERANCES)
def test_a_representation_is_asserted_to_an_absolute_tolerance(tolerance):
    def homomorphism(gap):
        rho = np.array([[[1.0]], [[-np.sqrt(1 + gap)]]])
        return passes(assert_representation, rho, cyclic_group(2), tolerance=tolerance)

    def identity(gap):
        rho = np.array([[[1.0]], [[-1.0]]]) + gap * np.array([[[1.0]], [[0.0]]])
        return passes(assert_representation, rho, cyclic_group(2), tolerance=tolerance)

    assert exactly_at(homomorphism, tolerance)
    assert exactly_at(identity, tolerance)


@pytest.mark.parametrize("tolerance", [1e-10, 1e-6])
def test_the_invariance_of_a_kernel_is_asserted_to_its_symmetry_defect(tolerance):
    items, action = np.array([[1.0, 0.0]]), translation_action(2, (2,))

    def holds(gap):
        # The Gram matrix is diag((1 + a)², 1), of defect a to first order.
        def kernel(x, y=None):
            return Linear()(x * np.array([1 + gap, 1.0]))

        return passes(assert_invariant_kernel, kernel, action, items, tolerance=tolerance)

    assert exactly_at(holds, tolerance)


def test_zero_is_exact():
    action, items = planar_rotation_action(4), np.array([[1.0, 2.0]])
    assert passes(assert_action, rotation_action(4, (3, 3)), np.ones((1, 3, 3)), tolerance=0)
    assert not passes(assert_action, action, items, tolerance=0)  # cos 90° is 6e-17
    assert not passes(
        assert_equivariant, lambda x: np.sum(x**2, -1), action, 1 / (3 * items), tolerance=0
    )


def test_the_difference_is_told():
    with pytest.raises(
        AssertionError, match=r"Expected ρ\(e\) = I, to 1e-10. Got a difference of 1"
    ):
        assert_representation(np.full((2, 1, 1), 2.0), cyclic_group(2))


def test_nan_is_no_agreement():
    action, items = rotation_action(4, (2, 2)), np.ones((1, 2, 2))
    assert not passes(assert_equivariant, lambda x: x[:, 0, 0] * np.nan, action, items)
    with pytest.raises(ValueError, match="Expected finite numbers in the matrices"):
        assert_representation(np.full((2, 1, 1), np.nan), cyclic_group(2))


@pytest.mark.parametrize("assertion", [assert_action, assert_equivariant, assert_invariant_kernel])
def test_nothing_is_asserted_of_no_items(assertion):
    action, items = rotation_action(4, (2, 2)), np.ones((0, 2, 2))
    first = [] if assertion is assert_action else [lambda x: x]
    with pytest.raises(ValueError, match="Expected items to try the law on"):
        assertion(*first, action, items)


@pytest.mark.parametrize(
    ("products", "inverses"),
    [
        ([[0, 1, 2], [1, 1, 2], [2, 2, 2]], [0, 1, 2]),
        ([[0, 1, 2], [1, 2, 0], [2, 0, 1]], [0, 1, 2]),  # C3, but its inverses are those of 0
        ([[1, 0], [0, 1]], [0, 1]),
        # A Latin square with an identity that is not associative: 1·1 = 0, of order 5.
        (
            [[0, 1, 2, 3, 4], [1, 0, 3, 4, 2], [2, 4, 0, 1, 3], [3, 2, 4, 0, 1], [4, 3, 1, 2, 0]],
            [0, 1, 2, 3, 4],
        ),
    ],
)
def test_what_is_no_group_is_refused(products, inverses):
    class Claimed:
        name, order = "mine", len(products)
        table, inverse = np.array(products), np.array(inverses)

    assert not passes(assert_group, Claimed())
    assert passes(assert_group, symmetric_group(3))


@pytest.mark.parametrize("tolerance", [-1e-3, np.nan, "small", None])
def test_a_tolerance_is_a_number_from_0(tolerance):
    with pytest.raises(ValueError, match="Expected .* as tolerance"):
        assert_action(rotation_action(4, (2, 2)), np.ones((1, 2, 2)), tolerance=tolerance)


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"shape \(3, d, d\). Got shape \(2, 1, 1\)"):
        assert_representation(np.ones((2, 1, 1)), cyclic_group(3))
    two, four = (rotation_action(n, (2, 2)) for n in (2, 4))
    with pytest.raises(ValueError, match="Expected an output action of C4. Got one of C2"):
        assert_equivariant(lambda x: x, four, np.ones((1, 2, 2)), output_action=two)


@pytest.mark.slow
def test_assertions_are_made_when_python_leaves_out_its_own():
    program = """
import numpy as np
from symtheory import groups, testing
try:
    testing.assert_representation(np.full((2, 1, 1), 2.0), groups.cyclic_group(2))
except AssertionError:
    print("raised")
"""
    result = subprocess.run(
        [sys.executable, "-O", "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout == "raised\n"

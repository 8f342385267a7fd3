"""Assertions for actions, kernels and representations of one's own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from jax import Array
from numpy.typing import ArrayLike

from symtheory.actions import Action, orbit
from symtheory.groups import FiniteGroup
from symtheory.kernels import Kernel, gram
from symtheory.spectral import symmetry_defect


def assert_group(group: FiniteGroup) -> None:
    """Assert the group axioms on the whole table, in O(|G|³).

    Raises:
        AssertionError: Naming the axiom that fails.
    """
    table, elements = group.table, np.arange(group.order)
    rows = np.sort(table, axis=1)
    assert (rows == elements).all(), f"{group.name}: a row of the table is not a permutation"
    assert (table[0] == elements).all() and (table[:, 0] == elements).all(), (
        f"{group.name}: element 0 is not the identity"
    )
    assert (table[elements, group.inverse] == 0).all(), f"{group.name}: an inverse is wrong"
    assert (table[table] == table[:, table]).all(), f"{group.name}: the product is not associative"


def assert_action(action: Action, items: ArrayLike, *, tolerance: float = 1e-12) -> None:
    """Assert that an action is one: e·x = x, and g·(h·x) = (gh)·x to a relative tolerance.

    Args:
        action: To be tested.
        items: Of shape (m, *item_shape).
        tolerance: Allowed difference, relative to the largest entry of the items.

    Raises:
        AssertionError: With the largest difference.
    """
    items = np.asarray(items, dtype=np.float64)
    once = orbit(items, action)
    m, order = once.shape[:2]
    atol = tolerance * np.abs(once).max()
    np.testing.assert_allclose(once[:, 0], items, atol=atol, err_msg="e·x differs from x")
    twice = orbit(once.reshape(-1, *action.item_shape), action)  # entry (h, g) is g·(h·x)
    twice = np.swapaxes(twice.reshape(m, order, order, *action.item_shape), 1, 2)
    np.testing.assert_allclose(
        twice, once[:, action.group.table], atol=atol, err_msg="g·(h·x) differs from (gh)·x"
    )


def assert_equivariant(
    function: Callable[[np.ndarray], ArrayLike | Array],
    action: Action,
    items: ArrayLike,
    *,
    output_action: Action | None = None,
    tolerance: float = 1e-10,
) -> None:
    """Assert that f(g·x) = g·f(x); without an output action, that f is invariant, f(g·x) = f(x).

    Args:
        function: Takes items of shape (n, *item_shape) to outputs of shape (n, *output_shape).
        action: How the group acts on the items.
        items: Of shape (m, *item_shape).
        output_action: How the same group acts on the outputs.
        tolerance: Allowed difference, relative to the largest entry of the outputs.

    Raises:
        AssertionError: With the largest difference.
    """
    points = orbit(items, action)
    m, order = points.shape[:2]
    outputs = np.asarray(function(points.reshape(-1, *action.item_shape)))
    outputs = outputs.reshape(m, order, *outputs.shape[1:])
    if output_action is None:
        expected = np.broadcast_to(outputs[:, :1], outputs.shape)
    else:
        expected = orbit(outputs[:, 0], output_action)
    np.testing.assert_allclose(outputs, expected, atol=tolerance * np.abs(outputs).max())


def assert_invariant_kernel(
    kernel: Kernel, action: Action, items: ArrayLike, *, tolerance: float = 1e-10
) -> None:
    """Assert that k(g·x, g·y) = k(x, y), by the symmetry defect of the Gram matrix of the orbits.

    Raises:
        AssertionError: With the symmetry defect.
    """
    defect = float(symmetry_defect(gram(kernel, orbit(items, action)), action.group))
    assert defect <= tolerance, f"symmetry defect {defect:.2g} exceeds {tolerance:.2g}"


def assert_representation(
    matrices: ArrayLike, group: FiniteGroup, *, tolerance: float = 1e-10
) -> None:
    """Assert that matrices represent a group: ρ(e) = I and ρ(g)ρ(h) = ρ(gh).

    Args:
        matrices: Of shape (|G|, d, d), real or complex.
        group: The group.
        tolerance: Allowed absolute difference.

    Raises:
        AssertionError: With the largest difference.
    """
    matrices = np.asarray(matrices)
    np.testing.assert_allclose(matrices[0], np.eye(matrices.shape[-1]), atol=tolerance)
    products = matrices[:, None] @ matrices[None, :]
    np.testing.assert_allclose(products, matrices[group.table], atol=tolerance)

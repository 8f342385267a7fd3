"""Assertions for actions, kernels and representations of one's own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from jax import Array
from numpy.typing import ArrayLike

from symtheory._checks import as_complex_values, as_number, as_real_values
from symtheory.actions import Action, orbit
from symtheory.groups import FiniteGroup
from symtheory.groups.axioms import check_axioms
from symtheory.kernels import Kernel, gram
from symtheory.spectral import symmetry_defect

__all__ = [
    "assert_action",
    "assert_equivariant",
    "assert_group",
    "assert_invariant_kernel",
    "assert_representation",
]


def assert_group(group: FiniteGroup) -> None:
    """Assert the group axioms on the whole table, in O(|G|³).

    Raises:
        AssertionError: Naming the axiom that fails.
    """
    try:
        check_axioms(group.name, np.asarray(group.table))
    except ValueError as error:
        raise AssertionError(str(error)) from None
    if not np.array_equal(np.diagonal(group.table[:, group.inverse]), np.zeros(group.order)):
        raise AssertionError(f"Expected g·g⁻¹ = e in {group.name}. Got an inverse that is wrong.")


def assert_action(action: Action, items: ArrayLike, *, tolerance: float = 1e-12) -> None:
    """Assert that an action is one: e·x = x, and g·(h·x) = (gh)·x to a relative tolerance.

    Args:
        action: To be tested.
        items: Of shape (m, *item_shape).
        tolerance: Allowed difference, relative to the largest entry of the items. Exactly this: 0
            asks for the same numbers.

    Raises:
        AssertionError: With the largest difference.
    """
    once, given = _poses(items, action), as_real_values(items, "items")
    m, order = once.shape[:2]
    scale = np.abs(given).max(initial=0.0)
    _assert_close(once[:, 0], given, tolerance, scale, "e·x = x")
    twice = orbit(
        once.reshape(-1, *action.item_shape), action, allow_copies=True
    )  # entry (h, g) is g·(h·x)
    twice = np.swapaxes(twice.reshape(m, order, order, *action.item_shape), 1, 2)
    _assert_close(twice, once[:, action.group.table], tolerance, scale, "g·(h·x) = (gh)·x")


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
        ValueError: If the output action is of a group of another order, or there is not one output
            for each item.
    """
    if output_action is not None and output_action.group.order != action.group.order:
        raise ValueError(
            f"Expected an output action of {action.group.name}. "
            f"Got one of {output_action.group.name}. Try restrict(output_action, homomorphism)."
        )
    points = _poses(items, action)
    m, order = points.shape[:2]
    outputs = np.asarray(function(points.reshape(-1, *action.item_shape)))
    if outputs.shape[:1] != (m * order,):
        raise ValueError(
            f"Expected a function that takes {m * order} items to as many outputs, one for each. "
            f"Got outputs of shape {outputs.shape}. Try jax.vmap(function)."
        )
    if outputs.dtype.kind in "biu":  # whose differences wrap, or are not defined
        outputs = outputs.astype(np.float64)
    outputs = outputs.reshape(m, order, *outputs.shape[1:])
    if output_action is None:
        expected, law = outputs[:, :1], "f(g·x) = f(x)"
    else:
        expected, law = orbit(outputs[:, 0], output_action, allow_copies=True), "f(g·x) = g·f(x)"
    _assert_close(outputs, expected, tolerance, np.abs(outputs).max(initial=0.0), law)


def assert_invariant_kernel(
    kernel: Kernel, action: Action, items: ArrayLike, *, tolerance: float = 1e-10
) -> None:
    """Assert that k(g·x, g·y) = k(x, y), by the symmetry defect of the Gram matrix of the orbits.

    Args:
        kernel: To be tested.
        action: How the group acts on the items.
        items: Of shape (m, *item_shape).
        tolerance: Allowed symmetry defect.

    Raises:
        AssertionError: With the symmetry defect.
    """
    defect = float(symmetry_defect(gram(kernel, _poses(items, action)), action.group))
    _assert_close(defect, 0.0, tolerance, 1.0, "k(g·x, g·y) = k(x, y), a symmetry defect of 0")


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
        ValueError: If the matrices have another shape, or are not finite.
    """
    rho = as_complex_values(matrices, "matrices")
    if rho.ndim != 3 or len(rho) != group.order or rho.shape[1] != rho.shape[2]:
        raise ValueError(
            f"Expected a square matrix for each element of {group.name}, of shape "
            f"({group.order}, d, d). Got shape {rho.shape}. Try np.stack(matrices)."
        )
    _assert_close(rho[0], np.eye(rho.shape[-1]), tolerance, 1.0, "ρ(e) = I")
    products = rho[:, None] @ rho[None, :]
    _assert_close(products, rho[group.table], tolerance, 1.0, "ρ(g)ρ(h) = ρ(gh)")


def _poses(items: ArrayLike, action: Action) -> np.ndarray:
    """The orbits of at least one item: of none, everything could be asserted.

    Raises:
        ValueError: If there is none, or it does not fit the action.
    """
    poses = orbit(items, action, allow_copies=True)
    if not len(poses):
        raise ValueError("Expected items to try the law on. Got none. Try a few random ones.")
    return poses


def _assert_close(
    computed: ArrayLike, expected: ArrayLike, tolerance: float, scale: float, law: str
) -> None:
    """Raise an AssertionError if an entry is off by more than tolerance times scale, or is NaN.

    NumPy's ``assert_allclose`` adds 1e-7 of the expected value to what was asked for, and an
    ``assert`` is left out by ``python -O``.
    """
    allowed = as_number(tolerance, "tolerance", minimum=0)
    gap = np.abs(np.asarray(computed) - np.asarray(expected)).max(initial=0.0)
    if not gap <= allowed * scale:  # not >: NaN is no agreement
        relative = "" if scale == 1 else f", {gap / scale if scale else np.inf:.3g} of the largest"
        raise AssertionError(
            f"Expected {law}, to {tolerance:.3g}. Got a difference of {gap:.3g}{relative}."
        )

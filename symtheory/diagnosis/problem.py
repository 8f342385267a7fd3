"""What is diagnosed: orbits with labels, and what the kernel and the group say of them."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float
from numpy.typing import ArrayLike, NDArray

from symtheory._checks import as_number, on_host, uncopied_gram
from symtheory.actions import Action
from symtheory.diagnosis.items import Items
from symtheory.diagnosis.labels import Labels, check_count
from symtheory.diagnosis.memory import check_memory
from symtheory.groups import FiniteGroup
from symtheory.kernels import Kernel, gram
from symtheory.orbit_gram import orbit_gram
from symtheory.spectral.invariance import rows_and_defect
from symtheory.spectral.rows import FirstRows, check_rows

__all__ = ["Problem", "acting_group", "exact_outputs", "gram_of", "read_problem"]

_SOME = 6  # seeds, on which a kernel is tried: as many as `symtheory.orbit_gram` looks at again
_INVARIANT = 1e-6  # of the largest k(x, x), as `symtheory.orbit_gram` has it


@dataclass(frozen=True, eq=False)
class Problem:
    """Orbits of several classes, as a kernel sees them.

    Attributes:
        group: The group that acts.
        classes: The different labels, sorted.
        members: The class of each seed, an index into `classes`, of shape (m,).
        rows: First rows of the Gram matrix averaged over the group, of shape (m·w, m·w, |G|).
        matrix: The Gram matrix as it is, of shape (m·w·|G|, m·w·|G|); None where only rows are
            known.
        defect: How far it is from invariant, see `symtheory.spectral.variation_defect`.
        ridge: Absolute.
        relative: Whether it is a share of the trace, and changes with it.
        width: w, how many outputs have rows of their own: 1 where all share one kernel, else one
            for each class. What an output says of an item is an item of its own then.
    """

    group: FiniteGroup
    classes: tuple[Hashable, ...]
    members: NDArray[np.intp]
    rows: Float[Array, "m m order"]
    matrix: np.ndarray | None
    defect: float
    ridge: float
    relative: bool
    width: int = 1

    @property
    def columns(self) -> Float[np.ndarray, "rows columns"]:
        """Labels of each class against the rest, +1 and -1, of shape (m, classes).

        Of shape (m·w, 1) where each output has rows of its own.
        """
        found = np.where(self.members[:, None] == np.arange(len(self.classes)), 1.0, -1.0)
        return found if self.width == 1 else found.reshape(-1, 1)

    @property
    def similarities(self) -> Float[np.ndarray, "m m order"]:
        """First rows of one kernel: the mean over outputs, where each has rows of its own."""
        rows, m = np.asarray(self.rows), len(self.members)
        if self.width == 1:
            return rows
        parts = rows.reshape(m, self.width, m, self.width, self.group.order)
        return np.einsum("iojoh->ijh", parts) / self.width

    def places(self, seeds: NDArray[np.integer]) -> NDArray[np.integer]:
        """The rows of some seeds, all outputs of each in turn."""
        return (self.width * seeds[:, None] + np.arange(self.width)).ravel()

    def seeds_of(self, number: int) -> NDArray[np.intp]:
        """The seeds of a class, by its number."""
        return np.flatnonzero(self.members == number)

    def with_rows(
        self, rows: Array, group: FiniteGroup, seeds: NDArray[np.intp] | slice = slice(None)
    ) -> Problem:
        """The same seeds, or some of them, in other poses: of first rows alone."""
        ridge = self.ridge
        if self.relative:
            ridge *= _trace(rows, group) / _trace(self.rows, self.group)
        return replace(
            self, group=group, members=self.members[seeds], rows=rows, matrix=None, ridge=ridge
        )


def acting_group(group: FiniteGroup | Action) -> FiniteGroup:
    """The group that acts.

    Raises:
        ValueError: If it is none, or has the identity only.
    """
    if not isinstance(group, FiniteGroup | Action):
        raise ValueError(
            "Expected group as a FiniteGroup, or as an Action. "
            f"Got {type(group).__name__}. Try symtheory.actions.rotation_action(8, (28, 28))."
        )
    acting = group.group if isinstance(group, Action) else group
    if acting.order < 2:
        raise ValueError(
            f"Expected a group with a pose besides the one that is missing. Got {acting.name}, "
            "of order 1. Try symtheory.groups.cyclic_group(8)."
        )
    return acting


def read_problem(
    items: Items | None,
    labels: Labels,
    kernel: Kernel | ArrayLike | FirstRows,
    group: FiniteGroup,
    *,
    ridge: float,
    relative: bool,
    regression_up_to: int = 0,
) -> Problem:
    """Compute the Gram matrix where it is not given, and check that all fits together.

    Args:
        items: The orbits; None where the kernel is no function of them.
        labels: What each seed is.
        kernel: As of `symtheory.diagnosis.diagnose`, and so are those that follow.
        group: What acts.
        ridge: Likewise.
        relative: Likewise.
        regression_up_to: Likewise.

    Raises:
        ValueError: As `symtheory.diagnosis.diagnose`.
    """
    ridge, width = float(as_number(ridge, "ridge", minimum=0)), 1
    of_items = callable(kernel) and not isinstance(kernel, FirstRows)
    if of_items:
        if items is None:
            raise ValueError(
                "Expected items for the kernel. Got None. "
                "Try None only where the kernel is given as a Gram matrix or as FirstRows."
            )
        check_count(labels, len(items.orbits))
        m, order = len(items.orbits), group.order
        width = len(labels.classes) if exact_outputs(kernel) else 1
        regression = m * width * order <= regression_up_to
        check_memory(m, order, kernel=True, regression=regression, outputs=width)
    matrix, rows, defect = _gram(items, kernel, group, width)
    if not of_items:
        if items is not None and len(items.orbits) != rows.shape[-2]:
            raise ValueError(
                f"Expected as many items as the Gram matrix has orbits, {rows.shape[-2]}. "
                f"Got {len(items.orbits)}. Try items=None, or those that it was computed of."
            )
        check_count(labels, rows.shape[-2])
        if matrix is not None and len(matrix) <= regression_up_to:
            check_memory(len(labels.members), group.order, kernel=False, regression=True)
    if relative:
        ridge *= _trace(rows, group)
    return Problem(group, *labels, rows, matrix, defect, ridge, relative, width)


def gram_of(kernel: Kernel, items: Items, width: int = 1) -> np.ndarray:
    """The Gram matrix of orbits; what symmetry tells is left out where the kernel has it.

    Args:
        kernel: Of items.
        items: The orbits.
        width: How many outputs have rows of their own.

    Raises:
        ValueError: If the kernel gives something else.
    """
    action, orbits = items.action, items.orbits
    m, order = orbits.shape[:2]
    if width > 1:
        matrix = np.asarray(uncopied_gram(gram(kernel, orbits)))
        if matrix.shape != (m * order * width,) * 2:
            raise ValueError(
                f"Expected {width} outputs of a network, one for each class, to take its kernel "
                f"exactly. Got {len(matrix) / (m * order):g}. "
                'Try outputs="trace", or a network of as many.'
            )
        parts = matrix.reshape(m, order, width, m, order, width)
        return parts.transpose(0, 2, 1, 3, 5, 4).reshape(matrix.shape)
    if action is not None and len(action.exact_elements) > 1 and _keeps(kernel, orbits, action):
        matrix = np.asarray(orbit_gram(kernel, orbits, action))
    else:
        matrix = np.asarray(uncopied_gram(gram(kernel, orbits)))
    points = m * order
    if matrix.shape != (points, points):
        raise ValueError(
            f"Expected a kernel that takes {points} items to a matrix of as many rows and columns. "
            f"Got shape {matrix.shape}. Try k(x, y) of shape (len(x), len(y))."
        )
    return matrix


def exact_outputs(kernel: object) -> bool:
    """Whether a kernel has rows for each output, as those of `symtheory.empirical` may."""
    return getattr(kernel, "outputs", "trace") == "exact"


def _gram(
    items: Items | None, kernel: Kernel | ArrayLike | FirstRows, group: FiniteGroup, width: int
) -> tuple[np.ndarray | None, Array, float]:
    """The Gram matrix, its first rows and its defect."""
    if isinstance(kernel, FirstRows):
        return None, check_rows(kernel.values, group), 0.0
    if callable(kernel) and items is not None:
        matrix = gram_of(kernel, items, width)
    else:
        matrix = np.asarray(uncopied_gram(kernel))  # type: ignore[arg-type]
    if matrix.ndim != 2:
        raise ValueError(
            f"Expected one Gram matrix. Got shape {matrix.shape}. Try one diagnosis for each."
        )
    return matrix, *rows_and_defect(matrix, group)


def _keeps(kernel: Kernel, orbits: NDArray[np.float64], action: Action) -> bool:
    """Whether k(hx, hy) = k(x, y) on a few pairs of items, for the elements that act exactly."""
    some = np.linspace(0, len(orbits) - 1, min(_SOME, len(orbits))).astype(int)
    values = [
        on_host(kernel(jnp.asarray(orbits[:1, h]), jnp.asarray(orbits[some, h])))
        for h in (0, *action.exact_elements[1:])
    ]
    largest = np.abs(values[0]).max()
    return all(np.abs(one - values[0]).max() <= _INVARIANT * largest for one in values[1:])


def _trace(rows: Array, group: FiniteGroup) -> float:
    """Of the Gram matrix that has these first rows."""
    return float(np.trace(np.asarray(rows)[..., 0])) * group.order

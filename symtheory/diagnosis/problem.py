"""What is diagnosed: orbits with labels, and what the kernel and the group say of them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np
from jax import Array
from jaxtyping import Float
from numpy.typing import ArrayLike, NDArray

from symtheory._checks import as_number, as_real_array, uncopied_gram
from symtheory.actions import Action, orbit
from symtheory.groups import FiniteGroup
from symtheory.kernels import Kernel, gram
from symtheory.orbit_gram import orbit_gram
from symtheory.spectral.invariance import variation_defect
from symtheory.spectral.rows import FirstRows, average_rows, check_rows

__all__ = ["Problem", "read_problem"]


@dataclass(frozen=True, eq=False)
class Problem:
    """Orbits of several classes, as a kernel sees them.

    Attributes:
        group: The group that acts.
        classes: The different labels, sorted.
        members: The class of each seed, an index into `classes`, of shape (m,).
        rows: First rows of the Gram matrix averaged over the group, of shape (m, m, |G|).
        matrix: The Gram matrix as it is, of shape (m|G|, m|G|); None where only rows are known.
        defect: How far it is from invariant, see `symtheory.spectral.variation_defect`.
        ridge: Absolute.
    """

    group: FiniteGroup
    classes: tuple[Hashable, ...]
    members: NDArray[np.intp]
    rows: Float[Array, "m m order"]
    matrix: np.ndarray | None
    defect: float
    ridge: float

    @property
    def columns(self) -> Float[np.ndarray, "m classes"]:
        """Labels of each class against the rest, +1 and -1."""
        return np.where(self.members[:, None] == np.arange(len(self.classes)), 1.0, -1.0)

    def seeds_of(self, number: int) -> NDArray[np.intp]:
        """The seeds of a class, by its number."""
        return np.flatnonzero(self.members == number)


def read_problem(
    items: ArrayLike | None,
    labels: Iterable[Hashable],
    kernel: Kernel | ArrayLike | FirstRows,
    group: FiniteGroup | Action,
    *,
    ridge: float,
    relative: bool,
) -> Problem:
    """Compute the Gram matrix where it is not given, and check that all fits together.

    Raises:
        ValueError: As `symtheory.diagnosis.diagnose`.
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
    matrix, rows, defect = _gram(items, kernel, group)
    classes, members = _classes(labels, rows.shape[-2])
    ridge = float(as_number(ridge, "ridge", minimum=0))
    if relative:
        ridge *= float(np.trace(np.asarray(rows)[..., 0])) * acting.order
    return Problem(acting, classes, members, rows, matrix, defect, ridge)


def _gram(
    items: ArrayLike | None, kernel: Kernel | ArrayLike | FirstRows, group: FiniteGroup | Action
) -> tuple[np.ndarray | None, Array, float]:
    """The Gram matrix, its first rows and its defect."""
    acting = group.group if isinstance(group, Action) else group
    if isinstance(kernel, FirstRows):
        return None, check_rows(kernel.values, acting), 0.0
    if callable(kernel):
        if items is None:
            raise ValueError(
                "Expected items for the kernel. Got None. "
                "Try None only where the kernel is given as a Gram matrix or as FirstRows."
            )
        if isinstance(group, Action):
            computed = orbit_gram(kernel, orbit(items, group), group)
        else:
            computed = gram(kernel, _orbits(items, group))
        matrix = np.asarray(computed)
    else:
        matrix = np.asarray(uncopied_gram(kernel))
    if matrix.ndim != 2:
        raise ValueError(
            f"Expected one Gram matrix. Got shape {matrix.shape}. Try one diagnosis for each."
        )
    return matrix, average_rows(matrix, acting), float(variation_defect(matrix, acting))


def _orbits(items: ArrayLike, group: FiniteGroup) -> Array:
    """Orbits, of shape (m, |G|, *item)."""
    orbits = as_real_array(items, "items")
    if orbits.ndim < 3 or orbits.shape[1] != group.order or not orbits.size:
        raise ValueError(
            f"Expected orbits of {group.name}, of shape (m, {group.order}, *item). "
            f"Got shape {orbits.shape}. Try group=action, with seeds as items: an action of "
            "symtheory.actions makes their orbits."
        )
    return orbits


def _classes(labels: Iterable[Hashable], m: int) -> tuple[tuple[Hashable, ...], NDArray[np.intp]]:
    """The different labels in order, and which one each seed has."""
    found = [one.item() if isinstance(one, np.generic) else one for one in labels]
    if len(found) != m:
        raise ValueError(
            f"Expected a label for each of {m} seeds. Got {len(found)}. "
            "Try one for each orbit, not for each item."
        )
    different = set(found)
    if len(different) < 2:
        raise ValueError(
            f"Expected seeds of at least two classes. Got {sorted(map(str, different))}. "
            "Try adding a class: what is asked is which of them a pose is taken for."
        )
    try:
        classes = tuple(sorted(different))  # type: ignore[type-var]
    except TypeError:  # of types that do not compare
        classes = tuple(sorted(different, key=lambda one: (type(one).__name__, str(one))))
    number = {one: place for place, one in enumerate(classes)}
    members = np.array([number[one] for one in found], dtype=np.intp)
    return classes, members

"""What would help: the same kernel, averaged over transforms."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from symtheory.diagnosis.problem import Problem
from symtheory.groups import FiniteGroup, conjugacy_classes, subgroup

__all__ = ["averaged", "normal_subgroups"]


def normal_subgroups(group: FiniteGroup) -> dict[str, NDArray[np.intp]]:
    """Normal subgroups other than the trivial one, the whole group last.

    They are those that a single class of conjugates generates, and the group itself: all there are
    for a cyclic group.

    Returns:
        Their elements, increasing, by a name for people.
    """
    classes = conjugacy_classes(group)
    found: dict[tuple[int, ...], str] = {}
    for number in range(1, classes.max() + 1):
        conjugates = np.flatnonzero(classes == number)
        members = tuple(subgroup(group, conjugates.tolist()).images.tolist())
        if len(members) < group.order and members not in found:
            found[members] = (
                f"{len(members)} elements, {group.label(int(conjugates[0]))} among them"
            )
    ordered = sorted(found, key=lambda members: (len(members), members))
    named = {found[members]: np.array(members, dtype=np.intp) for members in ordered}
    return named | {"the whole group": group.elements}


def averaged(problem: Problem, members: NDArray[np.intp]) -> Array:
    """First rows of k(x, hy) averaged over the elements h of a normal subgroup.

    k̄(ax_i, bx_j) = (1/|N|) Σ_n κ_ij(a⁻¹nb), and a⁻¹nb runs over a⁻¹b N where N is normal.

    Args:
        problem: What is diagnosed.
        members: The elements of the subgroup.

    Returns:
        Of shape (m, m, |G|).
    """
    group = problem.group
    shifted = group.multiply(group.elements[:, None], members)  # (g, n)
    return jnp.asarray(np.asarray(problem.rows)[..., shifted].mean(axis=-1))

"""What would help: the kernel averaged over transforms, pooling, more poses, more seeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import is_dataclass, replace
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Bool, Float
from numpy.typing import ArrayLike, NDArray

from symtheory._intervals import share_interval
from symtheory.actions import Action
from symtheory.diagnosis.asked import mean_over_poses, shares
from symtheory.diagnosis.items import Items
from symtheory.diagnosis.problem import Problem, gram_of
from symtheory.groups import FiniteGroup, conjugacy_classes, subgroup
from symtheory.kernels import Kernel, first_rows
from symtheory.spectral import average_rows

__all__ = [
    "PARTS",
    "averaged",
    "check_pooling",
    "fewer_seeds",
    "more_poses",
    "normal_subgroups",
    "pooled",
]

PARTS = 4, 2  # into which the seeds are split


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
        Of the shape of the rows of the problem.
    """
    group = problem.group
    shifted = group.multiply(group.elements[:, None], members)  # (g, n)
    weights = np.zeros((group.order, group.order))
    weights[shifted, group.elements[:, None]] = 1 / len(members)
    return jnp.asarray(np.asarray(problem.rows) @ weights)


def check_pooling(kernel: Any, items: ArrayLike | None) -> None:
    """Raise a ValueError unless a kernel of items may be asked what pooling changes."""
    if items is None:
        raise ValueError(
            "Expected items and a kernel of them to ask what pooling changes. Got none. "
            "Try other remedies."
        )
    if not is_dataclass(kernel) or getattr(kernel, "pooling", None) != "none":
        raise ValueError(
            'Expected a kernel with pooling="none" to ask what pooling changes. '
            f"Got {type(kernel).__name__}. Try symtheory.ntk.CNNKernel(), or other remedies."
        )


def pooled(problem: Problem, kernel: Any, items: Items) -> Problem:
    """The same with global average pooling before the readout.

    Args:
        problem: What is diagnosed.
        kernel: A dataclass with an attribute `pooling`, as `symtheory.ntk.CNNKernel`: one that
            passed `check_pooling`.
        items: The orbits.
    """
    better: Any = replace(kernel, pooling="global")
    return problem.with_rows(average_rows(gram_of(better, items), problem.group), problem.group)


def more_poses(
    problem: Problem,
    kernel: Kernel,
    actions: Sequence[Action],
    orbits_by: Callable[[Action], NDArray[np.float64]],
) -> dict[int, Float[np.ndarray, " classes"]]:
    """The accuracy of each class where more poses are seen, up to the first that is enough.

    From first rows, k(x_i, hx_j), made symmetric: a Gram matrix in all poses is not needed.

    Args:
        problem: What is diagnosed.
        kernel: A function of items.
        actions: With ever more poses.
        orbits_by: The orbits of the seeds by an action.

    Returns:
        By the number of poses. The last is the first of them in which all classes *generalize*, or
        that of the last action.
    """
    found: dict[int, np.ndarray] = {}
    seeds = np.bincount(problem.members)
    for action in actions:
        rows = np.asarray(first_rows(kernel, orbits_by(action)))
        rows = (rows + rows.swapaxes(0, 1)[..., action.group.inverse]) / 2
        finer = problem.with_rows(jnp.asarray(rows), action.group)
        found[action.group.order] = shares(finer)[:, 0]
        if (share_interval(found[action.group.order], seeds)[:, 0] > 0.5).all():
            break
    return found


def fewer_seeds(
    problem: Problem, table: Bool[np.ndarray, "classes order"] | None = None
) -> dict[int, Float[np.ndarray, " classes"]]:
    """The accuracy of each class with a quarter of its seeds, and with half of them.

    The seeds are split at random into four parts, and into two, of which each is diagnosed alone:
    every seed is asked once, and intervals are those of as many seeds as there are.

    Args:
        problem: What is diagnosed.
        table: The poses that each class lacks, all at once; None for each class and pose in turn.

    Returns:
        By the number of parts; without those into which some class has too few seeds to be split.
    """
    found: dict[int, np.ndarray] = {}
    counts = np.bincount(problem.members)
    rows = np.asarray(problem.rows)
    for parts in PARTS:
        if counts.min() < parts:
            continue
        rng = np.random.default_rng(0)
        place = np.empty(len(problem.members), dtype=np.intp)  # the part of each seed
        for c, count in enumerate(counts):
            place[problem.seeds_of(c)] = rng.permutation(count) % parts
        right = np.zeros(len(counts))
        for part in range(parts):
            chosen = np.flatnonzero(place == part)
            places = problem.places(chosen)
            some = problem.with_rows(
                jnp.asarray(rows[np.ix_(places, places)]), problem.group, chosen
            )
            right += mean_over_poses(shares(some, table)) * np.bincount(some.members)
        found[parts] = right / counts
    return found

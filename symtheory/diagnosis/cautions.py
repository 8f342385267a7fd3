"""What may mislead: labels that transforms change, poses that are not unseen, interpolation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import NDArray

from symtheory._intervals import share_interval
from symtheory.diagnosis.interpolation import probe
from symtheory.diagnosis.items import Items
from symtheory.diagnosis.problem import Problem

__all__ = ["Cautions", "look_for"]

_SAME = 1e-6  # of the largest squared distance: a thousandth of the largest distance


@dataclass(frozen=True, eq=False)
class Cautions:
    """What was found about the items, beside the question.

    Distances are those of the kernel, averaged over the group.

    Attributes:
        symmetric: How many seeds of each class look the same in two poses, of shape (classes,). A
            pose of theirs that is missing is still seen.
        copies: How many seeds of class a coincide with a pose of one of class b, of shape (classes,
            classes); 0 on the diagonal.
        turned: To how many seeds of class a the nearest other seed, in any pose, is one of class b
            in another pose, of shape (classes, classes).
        unturned: To how many the nearest other seed in the same pose is one of class b.
        element: The transform that most often brings it there; -1 where there is none.
        action_defect: How far the transforms are from an action, see `Items`; None if not known.
        from_the_right: Whether the transforms act from the right, and were inverted.
        interpolated: The share of poses that a linear probe of sorted entries tells to be
            interpolated or not, and its 95 % interval, of shape (3,); None where none is, or it is
            not known. See `symtheory.diagnosis.interpolation.probe`.
    """

    symmetric: Int[np.ndarray, " classes"]
    copies: Int[np.ndarray, "classes classes"]
    turned: Int[np.ndarray, "classes classes"]
    unturned: Int[np.ndarray, "classes classes"]
    element: Int[np.ndarray, "classes classes"]
    action_defect: float | None
    from_the_right: bool
    interpolated: Float[np.ndarray, " 3"] | None

    def conflicts(self, seeds: Int[np.ndarray, " classes"]) -> NDArray[np.intp]:
        """Pairs of classes whose labels a transform seems to change, as rows (a, b).

        Where two seeds coincide; or where the share of seeds of class a that are nearest to a
        transformed one of class b is larger than that without transforms, by intervals of 95 % that
        do not meet.

        Args:
            seeds: How many there are of each class.
        """
        count = seeds[:, None]
        more = share_interval(self.turned / count, count)[..., 0]
        before = share_interval(self.unturned / count, count)[..., 1]
        return np.argwhere((self.copies > 0) | (more > before))


def look_for(problem: Problem, items: Items | None) -> Cautions:
    """Look for them.

    Args:
        problem: What is diagnosed.
        items: Its orbits, where they are known.
    """
    rows, members = problem.similarities, problem.members
    m, order = len(rows), problem.group.order
    own = np.diagonal(rows[..., 0])
    largest = 0.0
    nearest = np.empty((m, 4))  # the seed and the element of the nearest, and the same unturned
    closest = np.empty((m, len(problem.classes)))
    within = np.empty(m)
    for i in range(m):
        squared = own[i] + own[:, None] - 2 * rows[i]  # of h·x_j from x_i, at (j, h)
        within[i] = squared[i, 1:].min()
        largest = max(largest, float(squared.max()))
        squared[i] = np.inf
        for c in range(len(problem.classes)):
            closest[i, c] = squared[members == c].min()
        nearest[i] = [*divmod(squared.argmin(), order), squared[:, 0].argmin(), 0]
    seeds, elements, unturned = nearest[:, :3].astype(np.intp).T
    shape = (len(problem.classes),) * 2
    turned = _counted(members, members[seeds], (elements != 0) & (members[seeds] != members), shape)
    same = closest <= _SAME * largest
    same[np.arange(m), members] = False
    element = np.full(shape, -1)
    for a, b in np.argwhere(turned):
        chosen = elements[(members == a) & (members[seeds] == b) & (elements != 0)]
        element[a, b] = np.bincount(chosen).argmax()
    return Cautions(
        symmetric=_per_class(within <= _SAME * largest, members),
        copies=np.stack([_per_class(column, members) for column in same.T], axis=1),
        turned=turned,
        unturned=_counted(members, members[unturned], members[unturned] != members, shape),
        element=element,
        action_defect=None if items is None else items.action_defect,
        from_the_right=items is not None and items.from_the_right,
        interpolated=None if items is None else probe(items),
    )


def _counted(
    one: NDArray[np.intp],
    other: NDArray[np.intp],
    chosen: NDArray[np.bool_],
    shape: tuple[int, ...],
) -> NDArray[np.intp]:
    """How many of the chosen have each pair of classes."""
    found = np.zeros(shape, dtype=np.intp)
    np.add.at(found, (one[chosen], other[chosen]), 1)
    return found


def _per_class(chosen: NDArray[np.bool_], members: NDArray[np.intp]) -> NDArray[np.intp]:
    """How many of each class are chosen."""
    return np.bincount(members[chosen], minlength=members.max() + 1)

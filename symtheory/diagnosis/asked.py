"""Every problem that is asked for, and the shares of seeds that are right in it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

import numpy as np
from jaxtyping import Bool, Float
from numpy.typing import NDArray

from symtheory.diagnosis.forecast import Theory, nearest
from symtheory.diagnosis.problem import Problem
from symtheory.diagnosis.threads import one_thread

__all__ = [
    "Outputs",
    "answered",
    "by_class",
    "margins",
    "mean_over_poses",
    "right",
    "shares",
    "votes",
]

_SMALL = 1000  # seeds, whose blocks are small matrices
Outputs = Callable[[NDArray[np.integer], NDArray[np.integer]], NDArray[np.floating]]


def answered(
    outputs: Outputs,
    problem: Problem,
    table: Bool[np.ndarray, "classes order"] | None,
    *,
    alike: bool = False,
) -> Float[np.ndarray, "m order classes"]:
    """What is said of each class at every pose that is asked for; NaN at the others.

    Args:
        outputs: What is said of points that are held out together: orbits, elements.
        problem: What is diagnosed.
        table: The poses that each class lacks, all at once; None for each class and pose in turn.
        alike: Whether, in turn, the same is said of every pose.
    """
    m, order = len(problem.members), problem.group.order
    with one_thread():
        if table is not None:
            orbits, elements = np.nonzero(table[problem.members])
            said = outputs(orbits, elements)
            found = np.full((m, order, said.shape[1]), np.nan)
            found[orbits, elements] = said
            return found
        poses = range(1 if alike else order)
        seeds = [problem.seeds_of(number) for number in range(len(problem.classes))]
        each = [[outputs(some, np.full_like(some, g)) for g in poses] for some in seeds]
    said = np.concatenate([np.stack(one, axis=1) for one in each])
    found = np.empty((m, order, said.shape[-1]))
    found[np.concatenate(seeds)] = said
    return found


def shares(
    problem: Problem, table: Bool[np.ndarray, "classes order"] | None = None
) -> Float[np.ndarray, "classes order"]:
    """The share of seeds of each class that theory says are right, at each pose.

    NaN where the Gram matrix is singular to its precision.
    """
    with one_thread() if len(problem.members) <= _SMALL else nullcontext():
        try:
            theory = Theory.of(problem)
        except ValueError:  # it is singular, of which nothing else that was asked should die
            return np.full((len(problem.classes), problem.group.order), np.nan)
        return right(answered(theory.outputs, problem, table, alike=True), problem)


def votes(problem: Problem) -> Outputs:
    """The nearest neighbor as outputs: 1 for its class, 0 for the others."""
    of = np.eye(len(problem.classes))
    return lambda orbits, elements: of[nearest(problem, orbits, elements)]


def margins(
    outputs: Float[np.ndarray, "m order classes"], members: NDArray[np.intp]
) -> Float[np.ndarray, "m order"]:
    """The output of the own class less the largest other one: above 0 where a seed is right."""
    own = np.arange(outputs.shape[-1]) == members[:, None, None]
    others = np.where(own, -np.inf, outputs).max(axis=-1)
    return np.where(own, outputs, 0).sum(axis=-1) - others


def right(
    outputs: Float[np.ndarray, "m order classes"], problem: Problem
) -> Float[np.ndarray, "classes order"]:
    """The share of the seeds of each class that are right, at each pose."""
    margin = margins(outputs, problem.members)
    return by_class(np.where(np.isnan(margin), np.nan, margin > 0), problem.members)


def by_class(
    values: Float[np.ndarray, "m order"], members: NDArray[np.intp]
) -> Float[np.ndarray, "classes order"]:
    """Means over the seeds of each class."""
    return np.stack([values[members == c].mean(axis=0) for c in range(members.max() + 1)])


def mean_over_poses(
    values: Float[np.ndarray, "classes order"],
) -> Float[np.ndarray, " classes"]:
    """Means over the poses that were asked for; NaN for classes without one."""
    there = ~np.isnan(values)
    total = np.where(there, values, 0.0).sum(axis=1)
    return np.where(there.any(axis=1), total / np.maximum(there.sum(axis=1), 1), np.nan)

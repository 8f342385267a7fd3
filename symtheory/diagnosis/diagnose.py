"""The diagnosis: from items, labels, a kernel and a group to a verdict for each class and pose."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike, NDArray

from symtheory._checks import as_integer
from symtheory.actions import Action
from symtheory.diagnosis.diagnosis import Diagnosis
from symtheory.diagnosis.forecast import Regression, Theory, nearest
from symtheory.diagnosis.missing import as_table
from symtheory.diagnosis.problem import Problem, read_problem
from symtheory.diagnosis.remedies import averaged, normal_subgroups
from symtheory.diagnosis.verdicts import share_interval
from symtheory.groups import FiniteGroup
from symtheory.kernels import Kernel
from symtheory.spectral.rows import FirstRows

__all__ = ["diagnose"]

Outputs = Callable[[NDArray[np.integer], NDArray[np.integer]], NDArray[np.floating]]


def diagnose(
    items: ArrayLike | None,
    labels: Iterable[Hashable],
    kernel: Kernel | ArrayLike | FirstRows,
    *,
    group: FiniteGroup | Action,
    missing: Mapping[Hashable, Sequence[int]] | ArrayLike | None = None,
    ridge: float = 1e-10,
    relative: bool = True,
    regression_up_to: int = 6000,
    remedies: bool = True,
) -> Diagnosis:
    """Whether a pose is recognized that one class lacks and all others show, without training.

    Each class in turn lacks one pose, in all its seeds; everything else is seen. (Or some classes
    lack some poses, all at once: see ``missing``.) The class with the largest output against the
    rest is what the network says. In the mean over its random starts, and for labels +1 and -1, a
    very wide network says what kernel regression with its tangent kernel does, and of that the
    spectral theory tells the outputs (see `symtheory.spectral`), with the Gram matrix averaged over
    the group.

    >>> import jax
    >>> jax.config.update("jax_enable_x64", True)
    >>> from symtheory import datasets, diagnosis, groups, kernels
    >>> circles = datasets.two_circles(12, separation=1.0)
    >>> found = diagnosis.diagnose(
    ...     circles, ["inner", "outer"], kernels.RBF(1.4), group=groups.cyclic_group(12)
    ... )
    >>> found.accuracy[:, 0].tolist()
    [1.0, 1.0]

    Args:
        items: Orbits, of shape (m, |G|, *item), if ``group`` is a group; their seeds, of shape
            (m, *item), if it is an action. None if ``kernel`` is no function of items.
        labels: What each seed is, m of them: numbers, words, anything that can be compared.
        kernel: A kernel, or in its place the Gram matrix of the orbits, of shape (m|G|, m|G|) and
            seed-major, or its `symtheory.spectral.FirstRows`.
        group: What transforms the items: a group, or an action, which makes the orbits.
        missing: What the data really lack, all at once: the poses, elements of the group, that each
            of some labels was never seen in, as ``{3: [0], 7: [0, 1]}``; or a table of booleans,
            of shape (classes, |G|), with classes in the order of their sorted labels. Numbers for
            other classes and poses are NaN.
        ridge: Of the regression, in units of the trace of the Gram matrix, or absolute.
        relative: Whether it is in units of the trace.
        regression_up_to: The largest number of items, m|G|, for which kernel regression on the
            matrix as it is stands beside the theory; it takes memory as that number squared.
        remedies: Whether to find what averaging the kernel over transforms would change.

    Returns:
        See `Diagnosis`.

    Raises:
        ValueError: If items, labels, kernel and group do not fit together, there is one class only,
            a value is not finite, or the Gram matrix is singular to its precision.

    Warns:
        SymmetryWarning: If a seed looks the same in two poses, where an action makes the orbits.
    """
    most = as_integer(regression_up_to, "regression_up_to", minimum=0)
    problem = read_problem(items, labels, kernel, group, ridge=ridge, relative=bool(relative))
    table = None if missing is None else as_table(missing, problem)
    theory = Theory.of(problem)
    said = _asked(theory.outputs, problem, table, alike=True)
    regression = None
    ill_conditioned = theory.ill_conditioned
    if problem.matrix is not None and len(problem.matrix) <= most:
        exact = Regression.of(problem, problem.matrix)
        regression = _right(_asked(exact.outputs, problem, table), problem)
        ill_conditioned = ill_conditioned or exact.ill_conditioned
    helps = {}
    if remedies:
        for name, chosen in normal_subgroups(problem.group).items():
            better = Theory.of(problem, averaged(problem, chosen))
            helps[name] = _right(_asked(better.outputs, problem, table, alike=True), problem)
    each = [problem.seeds_of(number) for number in range(len(problem.classes))]
    noise = np.array([theory.noise(seeds) for seeds in each])
    accuracy = _right(said, problem)
    seeds = np.bincount(problem.members)
    return Diagnosis(
        classes=problem.classes,
        group=problem.group,
        seeds=seeds,
        accuracy=accuracy,
        margin=_by_class(_margins(said, problem.members), problem.members),
        interval=share_interval(accuracy, seeds[:, None]),
        regression=regression,
        nearest=_right(_asked(_votes(problem), problem, table, alike=True), problem),
        remedies=helps,
        signal=np.array([theory.signal(seeds, c) for c, seeds in enumerate(each)]),
        noise=noise.sum(axis=1),
        energy=noise / noise.sum(axis=1, keepdims=True),
        defect=problem.defect,
        ill_conditioned=ill_conditioned,
        ridge=problem.ridge,
    )


def _asked(
    outputs: Outputs, problem: Problem, table: NDArray[np.bool_] | None, *, alike: bool = False
) -> Float[np.ndarray, "m order classes"]:
    """What is said of each class at every pose that is asked for; NaN at the others.

    Args:
        outputs: What is said of points that are held out together: orbits, elements.
        problem: What is diagnosed.
        table: The poses that each class lacks, all at once; None for each class and pose in turn.
        alike: Whether, in turn, the same is said of every pose.
    """
    order = problem.group.order
    found = np.full((len(problem.members), order, len(problem.classes)), np.nan)
    if table is not None:
        orbits, elements = np.nonzero(table[problem.members])
        found[orbits, elements] = outputs(orbits, elements)
        return found
    for number in range(len(problem.classes)):
        seeds = problem.seeds_of(number)
        for g in range(1 if alike else order):
            said = outputs(seeds, np.full_like(seeds, g))
            if alike:
                found[seeds] = said[:, None]
            else:
                found[seeds, g] = said
    return found


def _votes(problem: Problem) -> Outputs:
    """The nearest neighbor as outputs: 1 for its class, 0 for the others."""
    votes = np.eye(len(problem.classes))
    return lambda orbits, elements: votes[nearest(problem, orbits, elements)]


def _margins(
    outputs: Float[np.ndarray, "m order classes"], members: NDArray[np.intp]
) -> Float[np.ndarray, "m order"]:
    """The output of the own class less the largest other one: above 0 where a seed is right."""
    own = np.arange(outputs.shape[-1]) == members[:, None, None]
    others = np.where(own, -np.inf, outputs).max(axis=-1)
    return np.where(own, outputs, 0).sum(axis=-1) - others


def _right(
    outputs: Float[np.ndarray, "m order classes"], problem: Problem
) -> Float[np.ndarray, "classes order"]:
    """The share of the seeds of each class that are right, at each pose."""
    margin = _margins(outputs, problem.members)
    return _by_class(np.where(np.isnan(margin), np.nan, margin > 0), problem.members)


def _by_class(
    values: Float[np.ndarray, "m order"], members: NDArray[np.intp]
) -> Float[np.ndarray, "classes order"]:
    """Means over the seeds of each class."""
    return np.stack([values[members == c].mean(axis=0) for c in range(members.max() + 1)])

"""The diagnosis: from items, labels, a kernel and a group to a verdict for each class and pose."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symtheory._checks import as_integer
from symtheory.actions import Action
from symtheory.diagnosis.diagnosis import Diagnosis
from symtheory.diagnosis.forecast import margins, nearest, regression_outputs, theory
from symtheory.diagnosis.problem import read_problem
from symtheory.diagnosis.remedies import averaged, normal_subgroups
from symtheory.diagnosis.verdicts import share_interval
from symtheory.groups import FiniteGroup
from symtheory.kernels import Kernel
from symtheory.spectral.rows import FirstRows

__all__ = ["diagnose"]


def diagnose(
    items: ArrayLike | None,
    labels: Iterable[Hashable],
    kernel: Kernel | ArrayLike | FirstRows,
    *,
    group: FiniteGroup | Action,
    ridge: float = 1e-10,
    relative: bool = True,
    regression_up_to: int = 6000,
    remedies: bool = True,
) -> Diagnosis:
    """Whether a pose is recognized that one class lacks and all others show, without training.

    Each class in turn lacks one pose, in all its seeds; everything else is seen. The class with
    the largest output against the rest is what the network says. In the mean over its random
    starts, and for labels +1 and -1, a very wide network says what kernel regression with its
    tangent kernel does, and of that the spectral theory tells the outputs (see
    `symtheory.spectral`), with the Gram matrix averaged over the group.

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
    order, members = problem.group.order, problem.members
    said = theory(problem)
    margin = margins(said.outputs, members)
    seeds = np.bincount(members)
    regression = None
    ill_conditioned = said.ill_conditioned
    if problem.matrix is not None and len(problem.matrix) <= most:
        outputs, ill = regression_outputs(problem)
        regression = _by_class(margins(outputs, members) > 0, members)
        ill_conditioned = ill_conditioned or ill
    helps = {}
    if remedies:
        for name, chosen in normal_subgroups(problem.group).items():
            better = margins(theory(problem, averaged(problem, chosen)).outputs, members)
            helps[name] = _by_class(better > 0, members)
    accuracy = _every_pose(_by_class(margin > 0, members), order)
    return Diagnosis(
        classes=problem.classes,
        group=problem.group,
        seeds=seeds,
        accuracy=accuracy,
        margin=_every_pose(_by_class(margin, members), order),
        interval=share_interval(accuracy, seeds[:, None]),
        regression=regression,
        nearest=_by_class(nearest(problem), members),
        remedies=helps,
        signal=said.signal,
        noise=said.noise,
        energy=said.energy,
        defect=problem.defect,
        ill_conditioned=ill_conditioned,
        ridge=problem.ridge,
    )


def _by_class(values: NDArray, members: NDArray[np.intp]) -> NDArray[np.float64]:
    """Means over the seeds of each class, along the first axis."""
    return np.stack([values[members == c].mean(axis=0) for c in range(members.max() + 1)])


def _every_pose(values: NDArray[np.float64], order: int) -> NDArray[np.float64]:
    """What theory says of one pose it says of all."""
    return np.repeat(values[:, None], order, axis=1)

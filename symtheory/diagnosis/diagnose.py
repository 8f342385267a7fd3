"""The diagnosis: from items, labels, a kernel and a group to a verdict for each class and pose."""

from __future__ import annotations

import time
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from hashlib import sha256

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symtheory._checks import as_choice, as_integer
from symtheory.actions import Action, orbit
from symtheory.diagnosis.asked import answered, by_class, margins, right, shares, votes
from symtheory.diagnosis.cautions import look_for
from symtheory.diagnosis.certainty import certain
from symtheory.diagnosis.diagnosis import Diagnosis
from symtheory.diagnosis.forecast import Regression, Theory
from symtheory.diagnosis.items import Items, Prepare, Transform, read_items
from symtheory.diagnosis.labels import read_labels
from symtheory.diagnosis.missing import as_table
from symtheory.diagnosis.problem import Problem, acting_group, exact_outputs, read_problem
from symtheory.diagnosis.remedies import (
    averaged,
    check_pooling,
    fewer_seeds,
    more_poses,
    normal_subgroups,
    pooled,
)
from symtheory.diagnosis.verdicts import wide_interval
from symtheory.empirical import as_kernel
from symtheory.groups import FiniteGroup
from symtheory.kernels import Kernel
from symtheory.records import collect_provenance
from symtheory.spectral.rows import FirstRows

__all__ = ["diagnose"]

_REMEDIES = "averaging", "seeds", "pooling"


def diagnose(
    items: ArrayLike | None,
    labels: Iterable[Hashable],
    kernel: Kernel | ArrayLike | FirstRows,
    *,
    group: FiniteGroup | Action,
    transform: Transform | None = None,
    prepare: Prepare | None = None,
    missing: Mapping[Hashable, Sequence[int]]
    | Collection[tuple[Hashable, int]]
    | ArrayLike
    | None = None,
    ridge: float = 1e-10,
    relative: bool = True,
    regression_up_to: int = 6000,
    remedies: Collection[str] | bool = True,
    finer: Sequence[Action] = (),
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

    Images, vectors, sequences, clouds of points: any items that a transform of one's own takes.

    >>> import numpy as np
    >>> clouds = np.random.default_rng(0).normal(size=(6, 3, 2))  # of three points in the plane
    >>> found = diagnosis.diagnose(
    ...     clouds,
    ...     [0, 0, 0, 1, 1, 1],
    ...     kernels.RBF(0.3),
    ...     group=groups.cyclic_group(3),
    ...     transform=lambda items, g: np.roll(items, g, axis=1),
    ... )
    >>> bool(found.cautions.action_defect < 1e-12)  # it is an action
    True

    Args:
        items: Orbits, of shape (m, |G|, *item), if ``group`` is a group; their seeds, of shape
            (m, *item), if it is an action, or with a transform. May be None if ``kernel`` is no
            function of items, of which less is known then.
        labels: What each seed is, m of them: numbers, words, anything that is hashable; or an
            array of them, of any library that NumPy can read.
        kernel: A kernel; a network, that is, a module of PyTorch, Flax or Equinox, for its tangent
            kernel (see `symtheory.empirical`), by its trace, or exactly, with an output for each
            class, in the order of their sorted labels, as ``from_torch(module, outputs="exact")``
            or its like has it; or the Gram matrix of the orbits, of shape
            (m|G|, m|G|) and seed-major, or its `symtheory.spectral.FirstRows`.
        group: What transforms the items: a group, or an action, which makes the orbits.
        transform: Takes items of shape (m, *item) and an element g of the group to items of the
            same shape. It is tried on some of them: the identity changes nothing, and
            transform(transform(x, h), g) is transform(x, gh), at least as nearly as interpolation
            leaves it. One that acts from the right, transform(x, hg), is noticed and inverted.
        prepare: What is done to orbits before a network sees them, such as
            `symtheory.datasets.normalize`; takes shape (m, |G|, *item) to (m, |G|, …).
        missing: What the data really lack, all at once: the poses, elements of the group, that each
            of some labels was never seen in, as ``{3: [0], 7: [0, 1]}`` or as pairs
            ``[(3, 0), (7, 0), (7, 1)]``; or a table of booleans, of shape (classes, |G|), with
            classes in the order of their sorted labels. Numbers for other classes and poses are
            NaN.
        ridge: Of the regression, in units of the trace of the Gram matrix, or absolute.
        relative: Whether it is in units of the trace.
        regression_up_to: The largest number of items, m|G|, for which kernel regression on the
            matrix as it is stands beside the theory; it takes memory as that number squared.
        remedies: What else to compute: ``"averaging"``, the kernel averaged over the group and over
            each normal subgroup; ``"seeds"``, a quarter of the seeds and half of them;
            ``"pooling"``, the kernel with global average pooling, which may take long. True for
            the first two, which do not; False for none. NaN where a matrix is singular to its
            precision, as averaged ones are without a ridge.
        finer: Actions with ever more poses, such as `rotation_action(16, shape)`: they are tried in
            turn until each class is recognized. For seeds as items, with an action, and without
            ``missing``.

    Returns:
        See `Diagnosis`.

    Raises:
        ValueError: If items, labels, kernel and group do not fit together, there is one class only,
            a value is not finite, the transform is no action, what is missing, a remedy or a finer
            action does not fit, the Gram matrix is singular to its precision, or it all takes more
            memory than is free.

    Warns:
        SymmetryWarning: If a seed looks the same in two poses, where an action makes the orbits.
    """
    start = time.perf_counter()
    most = as_integer(regression_up_to, "regression_up_to", minimum=0)
    helps = _as_remedies(remedies)
    acting = acting_group(group)
    if callable(kernel):
        kernel = as_kernel(kernel)
    # What can be refused is refused here, before a Gram matrix is computed, which may take hours.
    if "pooling" in helps:
        check_pooling(kernel, items)
    actions = _as_actions(finer)
    if actions:
        _check_finer(actions, items, kernel, group, missing)
    known = read_labels(labels)
    table = None if missing is None else as_table(missing, known.classes, acting.order)
    orbits = None if items is None else read_items(items, group, transform, prepare)
    problem = read_problem(
        orbits,
        known,
        kernel,
        acting,
        ridge=ridge,
        relative=bool(relative),
        regression_up_to=most,
    )
    theory = Theory.of(problem)
    said = answered(theory.outputs, problem, table, alike=True)
    regression = None
    ill_conditioned = theory.ill_conditioned
    if problem.matrix is not None and len(problem.matrix) <= most:
        exact = Regression.of(problem, problem.matrix)
        regression = right(answered(exact.outputs, problem, table), problem)
        ill_conditioned = ill_conditioned or exact.ill_conditioned
    sure = None
    if not ill_conditioned:
        sure = certain(problem, theory, table, quick=regression is not None)
    each = [problem.seeds_of(number) for number in range(len(problem.classes))]
    density = np.array([theory.inverse_noise(seeds, c) for c, seeds in enumerate(each)])
    accuracy = right(said, problem)
    seeds = np.bincount(problem.members)
    return Diagnosis(
        classes=problem.classes,
        group=problem.group,
        seeds=seeds,
        accuracy=accuracy,
        margin=by_class(margins(said, problem.members), problem.members),
        interval=wide_interval([accuracy, *(sure or ())], seeds[:, None]),
        certain=None if sure is None else np.stack(sure, axis=-1),
        regression=regression,
        nearest=right(answered(votes(problem), problem, table, alike=True), problem),
        remedies=_better(problem, table, helps, kernel, orbits),
        finer=_finer(problem, items, kernel, prepare, actions),
        fewer=fewer_seeds(problem, table) if "seeds" in helps else {},
        signal=1 / np.array([theory.inverse_signal(seeds, c) for c, seeds in enumerate(each)]),
        noise=1 / density.sum(axis=1),
        energy=density / density.sum(axis=1, keepdims=True),
        cautions=look_for(problem, orbits),
        defect=problem.defect,
        ill_conditioned=ill_conditioned,
        ridge=problem.ridge,
        provenance=collect_provenance(
            "symtheory.diagnose",
            seed=None,
            dataset="the user's own",
            dataset_hash=_digest(problem),
            seconds=time.perf_counter() - start,
        ),
    )


def _as_remedies(remedies: Collection[str] | bool) -> set[str]:
    """The names of remedies, checked."""
    if isinstance(remedies, bool):
        return set(_REMEDIES[:2]) if remedies else set()
    if isinstance(remedies, str) or not isinstance(remedies, Collection):
        raise ValueError(
            f"Expected a list of remedies, of {', '.join(_REMEDIES)}. Got {remedies!r}. "
            'Try ["averaging"].'
        )
    return {as_choice(one, "remedies", _REMEDIES) for one in remedies}


def _better(
    problem: Problem,
    table: NDArray[np.bool_] | None,
    helps: set[str],
    kernel: Kernel | ArrayLike | FirstRows,
    items: Items | None,
) -> dict[str, NDArray[np.floating]]:
    """The accuracy with other kernels, by their names."""
    found = {}
    if "averaging" in helps:
        for name, chosen in normal_subgroups(problem.group).items():
            rows = averaged(problem, chosen)
            found[name] = shares(problem.with_rows(rows, problem.group), table)
    if "pooling" in helps and items is not None:
        found["global average pooling"] = shares(pooled(problem, kernel, items), table)
    return found


def _as_actions(finer: Sequence[Action]) -> tuple[Action, ...]:
    """Finer actions, or a ValueError."""
    if isinstance(finer, Action) or not isinstance(finer, Iterable):
        hint = "[action]" if isinstance(finer, Action) else "finer=()"
        raise ValueError(f"Expected finer as a list of actions. Got {finer!r}. Try {hint}.")
    actions = tuple(finer)
    for action in actions:
        if not isinstance(action, Action):
            raise ValueError(
                f"Expected actions in finer. Got {action!r}. "
                "Try symtheory.actions.rotation_action(16, (28, 28))."
            )
    return actions


def _check_finer(
    actions: tuple[Action, ...],
    items: ArrayLike | None,
    kernel: Kernel | ArrayLike | FirstRows,
    group: FiniteGroup | Action,
    missing: object,
) -> None:
    """Raise a ValueError unless finer actions can be tried."""
    if not isinstance(group, Action) or items is None or not callable(kernel):
        raise ValueError(
            "Expected seeds as items, an action as group and a kernel of items to try finer "
            f"actions. Got {type(group).__name__} as group. Try an action, or finer=()."
        )
    if exact_outputs(kernel):
        raise ValueError(
            "Expected a kernel of items that all outputs share to try finer actions. Got one that "
            'is exact for each of them. Try outputs="trace", or finer=().'
        )
    if missing is not None:
        raise ValueError(
            "Expected finer actions where each class lacks each pose in turn. Got missing as well, "
            "which are poses of the coarser one. Try without one of them."
        )
    orders = [group.group.order, *(action.group.order for action in actions)]
    if sorted(set(orders)) != orders:
        raise ValueError(
            f"Expected finer actions with ever more poses than {orders[0]}. Got {orders[1:]}. "
            "Try them in increasing order."
        )
    for action in actions:
        if action.item_shape != group.item_shape:
            raise ValueError(
                f"Expected finer actions on items of shape {group.item_shape}. "
                f"Got {action.name}, on {action.item_shape}. Try an action made for such items."
            )


def _finer(
    problem: Problem,
    items: ArrayLike | None,
    kernel: Kernel | ArrayLike | FirstRows,
    prepare: Prepare | None,
    actions: tuple[Action, ...],
) -> dict[int, NDArray[np.floating]]:
    """The accuracy with more poses, by their number."""
    if items is None or not callable(kernel):
        return {}

    def orbits_by(action: Action) -> NDArray[np.float64]:
        orbits = orbit(items, action, allow_copies=True)
        return orbits if prepare is None else np.asarray(prepare(orbits))

    return more_poses(problem, kernel, actions, orbits_by)


def _digest(problem: Problem) -> str:
    """SHA-256 of what was diagnosed: first rows, the class of each seed and the ridge."""
    digest = sha256(np.ascontiguousarray(np.asarray(problem.rows)).tobytes())
    digest.update(problem.members.tobytes() + np.float64(problem.ridge).tobytes())
    return digest.hexdigest()

"""What the data lack: poses that some classes were never seen in."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
from jaxtyping import Bool
from numpy.typing import ArrayLike

from symtheory._checks import as_integer
from symtheory.diagnosis.problem import Problem

__all__ = ["as_table"]


def as_table(
    missing: Mapping[Hashable, Sequence[int]] | ArrayLike, problem: Problem
) -> Bool[np.ndarray, "classes order"]:
    """The poses that each class lacks.

    Raises:
        ValueError: If a label is unknown, a pose is no element of the group, nothing is missing, or
            a class lacks all poses.
    """
    shape = len(problem.classes), problem.group.order
    if isinstance(missing, Mapping):
        table = np.zeros(shape, dtype=bool)
        for label, poses in missing.items():
            if label not in problem.classes:
                raise ValueError(
                    f"Expected labels of the data as keys of missing. Got {label!r}. "
                    f"Try {problem.classes[0]!r}."
                )
            number = problem.classes.index(label)
            for pose in poses:
                table[number, as_integer(pose, "pose", minimum=0, maximum=shape[1] - 1)] = True
    else:
        try:
            table = np.asarray(missing)
        except ValueError:  # rows of different lengths
            table = np.asarray(None)
    if table.dtype != bool or table.shape != shape:
        raise ValueError(
            f"Expected missing as poses by label, or as booleans of shape {shape}, "
            f"(classes, |G|). Got {table.dtype} of shape {table.shape}. "
            f"Try {{{problem.classes[0]!r}: [0]}}."
        )
    if not table.any() or table.all(axis=1).any():
        raise ValueError(
            "Expected some pose to be missing, and each class to be seen in another. Got "
            f"{int(table.sum())} missing of {table.size}. Try {{{problem.classes[0]!r}: [0]}}."
        )
    return table

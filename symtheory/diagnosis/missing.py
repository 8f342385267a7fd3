"""What the data lack: poses that some classes were never seen in."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence

import numpy as np
from jaxtyping import Bool
from numpy.typing import ArrayLike

from symtheory._checks import as_integer

__all__ = ["as_table"]


def as_table(
    missing: Mapping[Hashable, Sequence[int]] | Collection[tuple[Hashable, int]] | ArrayLike,
    classes: tuple[Hashable, ...],
    order: int,
) -> Bool[np.ndarray, "classes order"]:
    """The poses that each class lacks.

    Args:
        missing: As of `symtheory.diagnosis.diagnose`.
        classes: The different labels, sorted.
        order: |G|.

    Raises:
        ValueError: If a label is unknown, a pose is no element of the group, nothing is missing, or
            a class lacks all poses.
    """
    shape = len(classes), order
    pairs = _pairs(missing)
    if pairs is not None:
        table = np.zeros(shape, dtype=bool)
        for label, pose in pairs:
            if label not in classes:
                raise ValueError(
                    f"Expected labels of the data in missing. Got {label!r}. Try {classes[0]!r}."
                )
            number = classes.index(label)
            table[number, as_integer(pose, "pose", minimum=0, maximum=shape[1] - 1)] = True
    else:
        try:
            table = np.asarray(missing)
        except ValueError:  # rows of different lengths
            table = np.asarray(None)
    if table.dtype != bool or table.shape != shape:
        raise ValueError(
            f"Expected missing as poses by label, as pairs, or as booleans of shape {shape}, "
            f"(classes, |G|). Got {table.dtype} of shape {table.shape}. "
            f"Try {{{classes[0]!r}: [0]}}."
        )
    if not table.any() or table.all(axis=1).any():
        raise ValueError(
            "Expected some pose to be missing, and each class to be seen in another. Got "
            f"{int(table.sum())} missing of {table.size}. Try {{{classes[0]!r}: [0]}}."
        )
    return table


def _pairs(missing: object) -> list[tuple[Hashable, int]] | None:
    """Labels and poses; None where there may be a table instead."""
    if isinstance(missing, Mapping):
        for label, poses in missing.items():
            if not isinstance(poses, Iterable):
                raise ValueError(
                    f"Expected the poses of each label as a list. Got {poses!r} for {label!r}. "
                    f"Try [{poses!r}]."
                )
        return [(label, pose) for label, poses in missing.items() for pose in poses]
    rows = list(missing) if isinstance(missing, list | tuple | set | frozenset) else []
    pairs = [row for row in rows if isinstance(row, tuple) and len(row) == 2]
    booleans = all(isinstance(one, bool | np.bool_) for row in pairs for one in row)
    return None if len(pairs) < len(rows) or booleans else pairs

"""What the package warns of."""

from __future__ import annotations


class IllConditionedWarning(UserWarning):
    """A system whose condition number leaves few digits of the result, or none."""


class SymmetryWarning(UserWarning):
    """Data that do not have the symmetry that they are said to have, or have more of it."""

"""What the package warns of, and at which line."""

from __future__ import annotations

import sys
import warnings

# Frames between the function that warns and the line that called the package: its own, and those of
# libraries that wrap its functions.
_WITHIN = {"symtheory", "jax", "jaxtyping", "beartype", "equinox"}


class IllConditionedWarning(UserWarning):
    """A system whose condition number leaves few digits of the result, or none."""


class SymmetryWarning(UserWarning):
    """Data that do not have the symmetry that they are said to have, or have more of it."""


def warn(message: str, category: type[Warning]) -> None:
    """Warn at the line that called the package, however deep inside it the reason was found."""
    level, frame = 2, sys._getframe(1)
    while frame.f_back is not None and (
        frame.f_globals.get("__name__", "").split(".")[0] in _WITHIN
        or frame.f_code.co_filename.startswith("<@beartype")
    ):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)

"""Libraries of others that networks come from, imported when the first one does."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

__all__ = ["import_extra"]


def import_extra(name: str) -> ModuleType:
    """A library that is an optional extra of the package, under the same name.

    Raises:
        ImportError: If it is not installed, or cannot be imported.
    """
    try:
        return import_module(name)
    except (ImportError, OSError) as error:  # OSError: a library of its own is missing
        raise ImportError(
            f"Expected {name}, where a network of it is meant. Got: {error}. "
            f"Try pip install 'symtheory[{name}]'."
        ) from error

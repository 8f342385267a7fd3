"""Libraries of others that networks come from, and what they say where a network fails."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

__all__ = ["brief", "import_extra"]


def brief(error: Exception) -> str:
    """The type of an error and the first line of what it says, which others explain at length."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0].rstrip()}" if lines else f"{type(error).__name__}."


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

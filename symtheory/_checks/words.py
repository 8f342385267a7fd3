"""Words that stand for one of a few choices, and functions."""

from __future__ import annotations

from collections.abc import Iterable


def as_choice(value: object, name: str, choices: Iterable[str]) -> str:
    """One of a few words, as a plain string.

    Args:
        value: What a user handed in.
        name: What it is, in errors: "split".
        choices: What is allowed, at least one word; the first is suggested.

    Raises:
        ValueError: If it is none of them.
    """
    words = list(choices)
    if not isinstance(value, str) or value not in words:
        known = " or ".join(f'"{word}"' for word in words)
        raise ValueError(f'Expected {name} {known}. Got {value!r}. Try "{words[0]}".')
    return str(value)


def as_callable(value: object, name: str, of: str) -> None:
    """Raise a ValueError unless it can be called.

    Args:
        value: What a user handed in.
        name: What it is, in errors: "kernel".
        of: What it is called with: "of items".
    """
    if not callable(value):
        raise ValueError(f"Expected {name}, a function {of}. Got {value!r}. Try its definition.")

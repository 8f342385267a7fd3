"""Words that stand for one of a few choices."""

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
        known = ", ".join(f'"{word}"' for word in words)
        raise ValueError(f'Expected one of {known} as {name}. Got {value!r}. Try "{words[0]}".')
    return str(value)

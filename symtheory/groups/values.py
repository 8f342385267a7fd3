"""Frozen dataclasses with arrays in them, as values: equal by contents, and picklable."""

from __future__ import annotations

from dataclasses import fields
from functools import cached_property
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Value", "read_only"]


class Value:
    """A base of dataclasses, to be declared with ``frozen=True, eq=False``.

    Two of one class are equal if their fields are, arrays entry by entry. What is cached on an
    object is neither compared nor pickled.
    """

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        # Hashes are cached, so that different values are told apart at once.
        return self is other or (
            hash(self) == hash(other)
            and all(
                np.array_equal(mine, theirs) if isinstance(mine, np.ndarray) else mine == theirs
                for mine, theirs in zip(self._contents(), other._contents(), strict=True)
            )
        )

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((type(self).__name__, *map(_hashable, self._contents())))

    def _contents(self) -> list[Any]:
        return [getattr(self, field.name) for field in fields(self)]  # type: ignore[arg-type]

    def __getstate__(self) -> list[Any]:
        return self._contents()

    def __setstate__(self, contents: list[Any]) -> None:
        for field, content in zip(fields(self), contents, strict=True):  # type: ignore[arg-type]
            object.__setattr__(
                self, field.name, read_only(content) if isinstance(content, np.ndarray) else content
            )


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """The same array, which cannot be written to from now on."""
    array.setflags(write=False)
    return array


def _hashable(content: Any) -> Any:
    if not isinstance(content, np.ndarray):
        return content
    return content.shape, blake2b(content.tobytes()).digest()

"""Frozen dataclasses as JAX pytrees: some fields are numbers, the others are compiled in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeVar

import jax
import jax.numpy as jnp
from jax.typing import DTypeLike

T = TypeVar("T")


def pytree(*leaves: str) -> Callable[[type[T]], type[T]]:
    """Register a frozen dataclass: the fields named are its leaves, the others are static.

    JAX builds pytrees of placeholders too, so `__init__` and its checks are not run again.
    """

    def register(cls: type[T]) -> type[T]:
        static = tuple(f.name for f in fields(cls) if f.name not in leaves)  # type: ignore[arg-type]

        def flatten(instance: T) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
            values, settings = (
                tuple(getattr(instance, name) for name in names) for names in (leaves, static)
            )
            return values, settings

        def flatten_with_keys(
            instance: T,
        ) -> tuple[tuple[tuple[Any, Any], ...], tuple[Any, ...]]:
            values, settings = flatten(instance)
            keys = map(jax.tree_util.GetAttrKey, leaves)
            return tuple(zip(keys, values, strict=True)), settings

        def unflatten(settings: tuple[Any, ...], values: Any) -> T:
            instance = object.__new__(cls)
            settle(instance, **dict(zip(leaves, values, strict=True)))
            settle(instance, **dict(zip(static, settings, strict=True)))
            return instance

        jax.tree_util.register_pytree_with_keys(cls, flatten_with_keys, unflatten, flatten)
        return cls

    return register


def settle(instance: object, **values: Any) -> None:
    """Set fields of a frozen dataclass, in its `__post_init__`."""
    for name, value in values.items():
        object.__setattr__(instance, name, value)


def in_precision(tree: T, dtype: DTypeLike) -> T:
    """The same with its leaves as arrays of one type, so that none changes the type of results."""
    converted: T = jax.tree.map(lambda leaf: jnp.asarray(leaf, dtype), tree)
    return converted

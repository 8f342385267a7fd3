"""The settings that all networks here have: what is taken for one, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symtheory._checks import as_integer, as_number

__all__ = ["as_choice", "as_sides", "network_settings"]


def network_settings(
    depth: object, layers: str, weight_std: object, bias_std: object, kind: str
) -> dict[str, Any]:
    """Depth, σ_w and σ_b as Python numbers, or as scalars of JAX where they are traced.

    Args:
        depth: How many layers, at least 1.
        layers: What is counted, for errors.
        weight_std: σ_w, positive.
        bias_std: σ_b, not negative.
        kind: ``"ntk"`` or ``"nngp"``.

    Raises:
        ValueError: If one is out of range.
    """
    as_choice(kind, "kind", ("ntk", "nngp"))
    return {
        "depth": as_integer(depth, f"depth, the number of {layers}", minimum=1),
        "weight_std": as_number(weight_std, "weight_std", above=0.0),
        "bias_std": as_number(bias_std, "bias_std", minimum=0.0),
    }


def as_choice(value: object, name: str, among: tuple[str, ...]) -> None:
    """Raise a ValueError unless a setting is one of some words."""
    if not isinstance(value, str) or value not in among:
        known = " or ".join(f'"{word}"' for word in among)
        raise ValueError(f'Expected {name} {known}. Got {value!r}. Try "{among[0]}".')


def as_sides(shape: Sequence[int] | object, name: str) -> tuple[int, int]:
    """Height and width in pixels, at least 1, of a tuple or a list.

    Raises:
        ValueError: If they are not two integers from 1.
    """
    try:
        height, width = shape  # type: ignore[misc]
    except (TypeError, ValueError):
        raise ValueError(
            f"Expected {name}, (height, width) in pixels. Got {shape!r}. Try (3, 3)."
        ) from None
    return (
        as_integer(height, f"height in {name}", minimum=1),
        as_integer(width, f"width in {name}", minimum=1),
    )

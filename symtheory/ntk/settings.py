"""The settings that all networks here have: what is taken for one, and what is refused."""

from __future__ import annotations

from typing import Any

from symtheory._checks import as_choice, as_integer, as_number

__all__ = ["network_settings"]


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

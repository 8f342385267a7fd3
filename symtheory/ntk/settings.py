"""Checks of the settings that all networks here have."""

from __future__ import annotations


def check_settings(depth: int, layers: str, weight_std: float, bias_std: float, kind: str) -> None:
    """Raise a ValueError that says which setting is out of range.

    Args:
        depth: How many layers, at least 1.
        layers: What is counted, for the message.
        weight_std: σ_w, positive.
        bias_std: σ_b, not negative.
        kind: ``"ntk"`` or ``"nngp"``.
    """
    if depth < 1 or int(depth) != depth:
        raise ValueError(f"Expected depth, the number of {layers}, ≥ 1. Got {depth}.")
    if not (weight_std > 0 and bias_std >= 0):
        raise ValueError(
            "Expected weight_std > 0 and bias_std ≥ 0. "
            f"Got weight_std={weight_std}, bias_std={bias_std}."
        )
    if kind not in ("ntk", "nngp"):
        raise ValueError(f'Expected kind "ntk" or "nngp". Got {kind!r}.')

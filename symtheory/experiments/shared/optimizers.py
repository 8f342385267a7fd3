"""Optimizers, one object for each choice: what is compiled for it is kept with it."""

from __future__ import annotations

from functools import cache

import optax

__all__ = ["adam", "gradient_descent"]


@cache
def adam(rate: float) -> optax.GradientTransformation:
    """Adam with its usual moments."""
    return optax.adam(rate)


@cache
def gradient_descent(rate: float) -> optax.GradientTransformation:
    """Steps of one size."""
    return optax.sgd(rate)

"""What experiments make sure of before and after they compute.

Compiled code cannot: inside it, arrays have shapes but no values.
"""

from __future__ import annotations

from collections.abc import Mapping

import jax.numpy as jnp
import numpy as np

__all__ = ["require_finite", "require_float64"]


def require_float64() -> None:
    """Make sure that JAX computes in 64 bits, without which small ridges are lost.

    Raises:
        ValueError: if it computes in 32.
    """
    if jnp.zeros(()).dtype != jnp.float64:
        raise ValueError(
            "Expected 64-bit floats, without which the ridge is lost. Got JAX's default, 32 bits. "
            'Try jax.config.update("jax_enable_x64", True) before anything else.'
        )


def require_finite(results: Mapping[str, np.ndarray], ridge: float) -> None:
    """Make sure that no factorization failed.

    Args:
        results: named arrays, all with one first axis: of the Gram matrices.
        ridge: what they were regularized with, for the message.

    Raises:
        ValueError: if a value is not finite.
    """
    finite = [np.isfinite(value.reshape(len(value), -1)).all(axis=1) for value in results.values()]
    failed = int((~np.all(finite, axis=0)).sum())
    if failed:
        raise ValueError(
            f"Expected Gram matrices that are positive definite. Got {failed} of {len(finite[0])} "
            f"that are singular to precision with a ridge of {ridge:g}. Try a larger ridge, and "
            "look for images that occur twice."
        )

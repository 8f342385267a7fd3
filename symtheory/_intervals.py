"""How sure a share is that was counted: one interval, for whatever counts."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from scipy.special import ndtri

__all__ = ["share_interval"]


def share_interval(
    share: Float[np.ndarray, "*shape"], trials: Float[np.ndarray, "*shape"], *, level: float = 0.95
) -> Float[np.ndarray, "*shape 2"]:
    """Wilson's interval of a share of trials (Wilson 1927).

    Not a bootstrap, by which a few trials that all succeed would succeed for certain.

    Args:
        share: Of trials that succeed, from 0 to 1.
        trials: How many there are.
        level: Of confidence.

    Returns:
        The lower and the upper ends, on the last axis; NaN where there is no trial.
    """
    z = ndtri((1 + level) / 2)
    middle = (share + z**2 / (2 * trials)) / (1 + z**2 / trials)
    spread = share * (1 - share) / trials + z**2 / (4 * trials**2)
    half = z * np.sqrt(spread) / (1 + z**2 / trials)
    return np.clip(np.stack([middle - half, middle + half], axis=-1), 0, 1)

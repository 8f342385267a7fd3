"""From shares of seeds to a verdict: intervals, and when the theory cannot tell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from scipy.special import ndtri

__all__ = [
    "FAILS",
    "GENERALIZES",
    "UNDECIDED",
    "share_interval",
    "verdicts",
    "wide_interval",
    "words_of",
]

GENERALIZES, FAILS, UNDECIDED = "generalizes", "fails", "undecided"


def share_interval(
    share: Float[np.ndarray, "*shape"], seeds: Float[np.ndarray, "*shape"], *, level: float = 0.95
) -> Float[np.ndarray, "*shape 2"]:
    """Wilson's interval of a share of seeds (Wilson 1927).

    Not a bootstrap, by which a few seeds that are all right would be right for certain.

    Args:
        share: Of seeds that are right, from 0 to 1.
        seeds: How many there are.
        level: Of confidence.
    """
    z = ndtri((1 + level) / 2)
    middle = (share + z**2 / (2 * seeds)) / (1 + z**2 / seeds)
    spread = share * (1 - share) / seeds + z**2 / (4 * seeds**2)
    half = z * np.sqrt(spread) / (1 + z**2 / seeds)
    return np.clip(np.stack([middle - half, middle + half], axis=-1), 0, 1)


def wide_interval(
    shares: Sequence[Float[np.ndarray, "*shape"]], seeds: Float[np.ndarray, "*shape"]
) -> Float[np.ndarray, "*shape 2"]:
    """From the lowest end of the intervals of several shares to the highest.

    Args:
        shares: Of seeds that are right, or may be.
        seeds: As of `share_interval`.
    """
    each = np.stack([share_interval(share, seeds) for share in shares])
    return np.stack([each[..., 0].min(axis=0), each[..., 1].max(axis=0)], axis=-1)


def verdicts(interval: Float[np.ndarray, "*shape 2"], *, trusted: bool) -> np.ndarray:
    """A word for each interval of the share that is right; NaN, where nothing was asked, has none.

    Args:
        interval: As `share_interval` returns it.
        trusted: Whether what it was computed from can be trusted.
    """
    low, high = interval[..., 0], interval[..., 1]
    words = np.select([low > 0.5, high < 0.5], [GENERALIZES, FAILS], UNDECIDED)
    if not trusted:
        words = np.full(words.shape, UNDECIDED)
    return np.where(np.isnan(low), "", words)


def words_of(verdict: np.ndarray) -> str:
    """The different words of one class, in order."""
    return ", ".join(dict.fromkeys(str(word) for word in verdict if word))

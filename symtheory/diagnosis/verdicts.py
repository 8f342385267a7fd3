"""From the interval of a share of seeds to a verdict, and when the theory cannot tell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from symtheory._intervals import share_interval

__all__ = ["FAILS", "GENERALIZES", "UNDECIDED", "verdicts", "wide_interval", "words_of"]

GENERALIZES, FAILS, UNDECIDED = "generalizes", "fails", "undecided"


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
        interval: Lower and upper ends, on the last axis.
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

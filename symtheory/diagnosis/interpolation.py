"""Whether interpolation leaves traces, by which poses differ in more than the pose."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from symtheory._intervals import share_interval
from symtheory.diagnosis.items import Items
from symtheory.diagnosis.threads import one_thread

__all__ = ["probe"]

_FOLDS = 5
_MOST = 200  # seeds


def probe(items: Items) -> Float[np.ndarray, " 3"] | None:
    """The share of poses that a linear probe tells to be interpolated or not.

    It is shown the entries of each item sorted by size, which no rearrangement of pixels changes:
    what it tells is not how an item is turned. A ridge classifier is fitted to a pose of each seed
    that is not interpolated, and one that is, and asked of seeds that it did not see, in five
    folds. Guessing is right for a half.

    Args:
        items: Orbits, and which elements interpolate.

    Returns:
        The share, and the lower and upper end of its 95 % interval (Wilson, of as many seeds as
        there are: the two poses of one are not independent), of shape (3,). None where nothing is
        interpolated or it is not known, or there is one seed only.
    """
    elements = items.interpolated
    if elements is None or not len(elements) or len(items.orbits) < 2:
        return None
    from sklearn.linear_model import RidgeClassifier
    from sklearn.model_selection import GroupKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    rng = np.random.default_rng(0)
    seeds = rng.permutation(len(items.orbits))[:_MOST]
    exact = np.setdiff1d(np.arange(items.orbits.shape[1]), elements)
    poses = [items.orbits[seeds, rng.choice(some, len(seeds))] for some in (exact, elements)]
    entries = np.sort(np.concatenate(poses).reshape(2 * len(seeds), -1), axis=1)
    classes = np.repeat([0, 1], len(seeds))
    with one_thread():
        told = cross_val_predict(
            make_pipeline(StandardScaler(), RidgeClassifier()),
            entries,
            classes,
            groups=np.tile(seeds, 2),
            cv=GroupKFold(min(_FOLDS, len(seeds))),
        )
    share = np.mean(told == classes)
    return np.array([share, *share_interval(share, np.array(len(seeds)))])

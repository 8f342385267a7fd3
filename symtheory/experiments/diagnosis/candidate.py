"""A network that is forecast and trained, whatever library it comes from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

__all__ = ["RATES", "Network"]

# Of Adam: such that some hundred steps are enough to fit the images.
RATES = {"mlp": 2e-3, "cnn": 4e-3, "vit": 4e-3, "torch": 4e-3}


@dataclass(frozen=True)
class Network:
    """A network at its start.

    Attributes:
        tangent_gram: Takes items of shape (n, height, width) to their Gram matrix (n, n), in double
            precision, with its tangent kernel, the mean over its outputs.
        shares_right: Trains a copy on images for some epochs, and takes two sets of images to the
            shares of them that it then recognizes.
    """

    tangent_gram: Callable[[np.ndarray], np.ndarray]
    shares_right: Callable[..., tuple[float, float]]

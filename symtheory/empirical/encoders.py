"""Kernels of what an encoder, pretrained or not, makes of items."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import ArrayLike

from symtheory._checks import as_callable, as_real_values
from symtheory.empirical.extras import brief
from symtheory.kernels import Kernel, Linear

__all__ = ["FeatureKernel", "from_features"]

_BATCH = 256  # items that an encoder is given at once, at most

_LINEAR = Linear()


def from_features(f: Callable[[np.ndarray], Any], kernel: Kernel = _LINEAR) -> Kernel:
    """A kernel of features: without another one k(x, x') = ⟨f(x), f(x')⟩.

    It is the tangent kernel of a linear readout that is trained on an encoder that is not, such as
    a new last layer of a pretrained network.

    >>> import numpy as np
    >>> from symtheory import empirical
    >>> kernel = empirical.from_features(lambda x: np.fft.rfft(x).real)
    >>> kernel(np.eye(3)).shape
    (3, 3)

    For a PyTorch encoder, which takes and returns tensors::

        def f(x):
            with torch.no_grad():
                return encoder(torch.tensor(x, dtype=torch.float32)).numpy()

    Args:
        f: Takes a batch of items, an array of NumPy of shape (n, *item) and float64, to features
            of shape (n, d), of NumPy, of JAX, or what NumPy takes for an array. It is called with
            256 items at most, and may use any library. Features of an item have to depend on no
            other item of the batch.
        kernel: Of features of shape (n, d), such as that of a network which is trained on them.

    Raises:
        ValueError: If one of them cannot be called. When the kernel is called: if f fails, or
            features are of another shape or not finite.
    """
    as_callable(f, "f", "of a batch of items")
    as_callable(kernel, "kernel", "of features")
    return FeatureKernel(f, kernel)


@dataclass(frozen=True)
class FeatureKernel:
    """A kernel of features; see `from_features`.

    Attributes:
        f: From a batch of items to one of features.
        kernel: Of features.
    """

    f: Callable[[np.ndarray], Any]
    kernel: Kernel

    def __call__(self, x: ArrayLike | Array, y: ArrayLike | Array | None = None) -> Array:
        """The kernel between x, of shape (n, *item), and y, of shape (n', *item): (n, n').

        Raises:
            ValueError: As `from_features`.
        """
        left = self._features(as_real_values(x, "items"))
        if y is None:
            return self.kernel(left)
        return self.kernel(left, self._features(as_real_values(y, "items")))

    def _features(self, items: np.ndarray) -> Array:
        from tqdm import tqdm  # here, so that the command line starts without it

        if not items.ndim:
            raise ValueError(
                "Expected items, of shape (n, *item). Got a number. Try items[None] for one."
            )
        found: list[np.ndarray] = []
        starts = range(0, max(1, len(items)), _BATCH)
        # Only where it takes long, and only on a terminal.
        for start in tqdm(starts, desc="features", unit="batch", delay=3, disable=None):
            # A copy, since items may be the user's own, and f may work in place.
            batch = np.array(items[start : start + _BATCH])
            try:
                features = np.asarray(self.f(batch))
            except Exception as error:
                raise ValueError(
                    f"Expected features of a batch of items. Got, of shape {batch.shape}, "
                    f"{brief(error)} Try an f of arrays of NumPy that returns such an array."
                ) from error
            if features.ndim != 2 or len(features) != len(batch) or not features.shape[1]:
                raise ValueError(
                    f"Expected features of shape ({len(batch)}, d), of as many items. "
                    f"Got {features.shape}. Try lambda x: f(x).reshape(len(x), -1)."
                )
            found.append(as_real_values(features, "features"))
        if len({features.shape[1] for features in found}) > 1:
            raise ValueError(
                "Expected as many features of each item. "
                f"Got {sorted({features.shape[1] for features in found})}. "
                "Try an f that sees each item by itself."
            )
        return jnp.asarray(np.concatenate(found))

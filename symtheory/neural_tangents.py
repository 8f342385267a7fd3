"""An adaptor to the neural-tangents library, where it is installed.

The package declares TensorFlow (1.8 GB, ten seconds of import) for one experimental module that
nothing here uses. An empty module in its place lets the rest import without it.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

import jax.numpy as jnp
from jax import Array
from numpy.typing import ArrayLike

from symtheory.kernels import Kernel

__all__ = ["from_stax", "import_neural_tangents"]


def import_neural_tangents() -> ModuleType:
    """The module ``neural_tangents``, imported without TensorFlow.

    Raises:
        ImportError: If it is not installed, or does not work with the installed JAX.
    """
    sys.modules.setdefault(
        "neural_tangents.experimental", ModuleType("neural_tangents.experimental")
    )
    try:
        with warnings.catch_warnings():  # it uses names that JAX has deprecated since
            warnings.simplefilter("ignore", DeprecationWarning)
            import neural_tangents
    except (ImportError, AttributeError) as error:  # AttributeError: removed from a newer JAX
        raise ImportError(
            "Expected neural-tangents 0.6.5 and JAX 0.5.3, the newest that it imports under. "
            f"Got: {error}. Try pip install 'symtheory[book]'."
        ) from error
    return neural_tangents


def from_stax(kernel_fn: Callable[..., Any], kind: str = "ntk") -> Kernel:
    """A kernel of this package from the ``kernel_fn`` of any ``neural_tangents.stax`` network.

    Args:
        kernel_fn: The third value that ``stax.serial`` and its like return.
        kind: ``"ntk"`` or ``"nngp"``.
    """
    if kind not in ("ntk", "nngp"):
        raise ValueError(f'Expected kind "ntk" or "nngp". Got {kind!r}.')

    def kernel(x: ArrayLike | Array, y: ArrayLike | Array | None = None) -> Array:
        x, y = jnp.asarray(x), None if y is None else jnp.asarray(y)
        return kernel_fn(x, y, kind)

    return kernel

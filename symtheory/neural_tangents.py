"""An adapter to the neural-tangents library, where it is installed.

That library declares TensorFlow (1.8 GB, ten seconds of import) for one experimental module that
nothing here uses. An empty module in its place lets the rest import without it.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

from jax import Array
from numpy.typing import ArrayLike

from symtheory._checks import as_callable, as_choice, as_real_array
from symtheory.kernels import Kernel

__all__ = ["from_stax", "import_neural_tangents"]

EXPERIMENTAL = "neural_tangents.experimental"


def import_neural_tangents() -> ModuleType:
    """The module ``neural_tangents``, imported without TensorFlow.

    Raises:
        ImportError: If it is not installed, or does not work with the installed JAX.
    """
    stub = ModuleType(EXPERIMENTAL)
    stood_in = sys.modules.setdefault(EXPERIMENTAL, stub) is stub
    try:
        with warnings.catch_warnings():  # it uses names that JAX has deprecated since
            warnings.simplefilter("ignore", DeprecationWarning)
            import neural_tangents
    except (ImportError, AttributeError) as error:  # AttributeError: removed from a newer JAX
        raise ImportError(
            "Expected neural-tangents 0.6.5 and JAX 0.5.3, the newest that it imports under. "
            f"Got: {error}. Try pip install 'symtheory[book]'."
        ) from error
    finally:  # whoever wants the experimental module gets the real one, or its own error
        if stood_in:
            del sys.modules[EXPERIMENTAL]
    if getattr(neural_tangents, "experimental", None) is stub:
        del neural_tangents.experimental
    return neural_tangents


def from_stax(kernel_fn: Callable[..., Any], kind: str = "ntk") -> Kernel:
    """A kernel of this package from the ``kernel_fn`` of any ``neural_tangents.stax`` network.

    Args:
        kernel_fn: The third value that ``stax.serial`` and its like return.
        kind: ``"ntk"`` or ``"nngp"``.
    """
    as_choice(kind, "kind", ("ntk", "nngp"))
    as_callable(kernel_fn, "kernel_fn", "of items")

    def kernel(x: ArrayLike | Array, y: ArrayLike | Array | None = None) -> Array:
        x = as_real_array(x, "items")
        return kernel_fn(x, None if y is None else as_real_array(y, "items"), kind)

    return kernel

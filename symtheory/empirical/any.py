"""The kernel of a network, whatever library it comes from."""

from __future__ import annotations

import sys
from typing import Any

import equinox as eqx

from symtheory.empirical.equinox import from_equinox
from symtheory.empirical.flax import from_flax
from symtheory.empirical.torch import from_torch
from symtheory.kernels import Kernel

__all__ = ["as_kernel"]


def as_kernel(network: Any) -> Kernel:
    """The tangent kernel of a module of PyTorch, Flax or Equinox; a kernel is returned as it is.

    >>> from symtheory import empirical, kernels
    >>> empirical.as_kernel(kernels.Linear())
    Linear()

    Args:
        network: A ``torch.nn.Module``, a module of Flax that knows its parameters, of NNX or a
            bound one of Linen, an Equinox module, or a kernel: any other callable.

    Raises:
        ValueError: If it is none of these, or as `from_torch`, `from_flax` and `from_equinox`.
    """
    # Whoever has a module of a library has imported it.
    if "torch" in sys.modules and isinstance(network, sys.modules["torch"].nn.Module):
        return from_torch(network)
    if "flax" in sys.modules:
        from flax import linen, nnx

        if isinstance(network, linen.Module | nnx.Module):
            return from_flax(network)
    # A kernel that `equinox.filter_jit` has wrapped is a kernel, though its wrapper is a module.
    if isinstance(getattr(network, "__wrapped__", network), eqx.Module):
        return from_equinox(network)
    if not callable(network) or isinstance(network, type):
        got = f"the class {network.__name__}" if isinstance(network, type) else repr(network)
        raise ValueError(
            "Expected a network, a module of PyTorch, Flax or Equinox, or a kernel. "
            f"Got {got}. Try symtheory.ntk.MLPKernel()."
        )
    kernel: Kernel = network
    return kernel

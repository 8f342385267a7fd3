"""Kernels of networks of finite width: their tangent kernel, and means over random draws."""

from symtheory.empirical.any import as_kernel
from symtheory.empirical.encoders import from_features
from symtheory.empirical.equinox import from_equinox
from symtheory.empirical.flax import from_flax
from symtheory.empirical.function import EmpiricalNTK
from symtheory.empirical.sampling import MonteCarlo, monte_carlo
from symtheory.empirical.torch import from_torch

__all__ = [
    "EmpiricalNTK",
    "MonteCarlo",
    "as_kernel",
    "from_equinox",
    "from_features",
    "from_flax",
    "from_torch",
    "monte_carlo",
]

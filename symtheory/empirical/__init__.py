"""Kernels of networks of finite width: their tangent kernel, and means over random draws."""

from symtheory.empirical.equinox import from_equinox
from symtheory.empirical.function import EmpiricalNTK
from symtheory.empirical.sampling import MonteCarlo, monte_carlo
from symtheory.empirical.torch import from_torch

__all__ = ["EmpiricalNTK", "MonteCarlo", "from_equinox", "from_torch", "monte_carlo"]

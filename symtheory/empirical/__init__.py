"""Kernels of networks of finite width: their tangent kernel, and means over random draws."""

from symtheory.empirical.equinox import from_equinox
from symtheory.empirical.function import EmpiricalNTK
from symtheory.empirical.sampling import MonteCarlo, monte_carlo

__all__ = ["EmpiricalNTK", "MonteCarlo", "from_equinox", "monte_carlo"]

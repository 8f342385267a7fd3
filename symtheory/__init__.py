"""Can deep networks learn symmetries from data? The kernel theory behind the book.

Given a Gram matrix and the group that acts on its items, `symtheory.spectral` tells how wrong a
network of that kernel will be at a transformation that it never saw:

>>> import jax
>>> jax.config.update("jax_enable_x64", True)
>>> from symtheory import datasets, groups, kernels, spectral
>>> circles = datasets.two_circles(12, separation=1.0)
>>> gram = kernels.gram(kernels.RBF(inverse_length=1.4), circles)
>>> error = spectral.spectral_error(gram, groups.cyclic_group(12), ridge=1e-5)
>>> bool((error < 1).all())  # right about the missing point of either circle
True
"""

from importlib.metadata import version

from symtheory import actions, datasets, groups, kernels, ntk, regression, spectral
from symtheory._checks import IllConditionedWarning, SymmetryWarning

__version__ = version("symtheory")
__all__ = [
    "IllConditionedWarning",
    "SymmetryWarning",
    "actions",
    "datasets",
    "groups",
    "kernels",
    "ntk",
    "regression",
    "spectral",
]

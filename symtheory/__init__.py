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

Every room of the package is an attribute of it, imported when it is first asked for; and so is
`symtheory.diagnose`, which asks that question of data of one's own.
"""

from importlib import import_module
from typing import Any

__all__ = [
    "IllConditionedWarning",
    "SymmetryWarning",
    "actions",
    "book",
    "cli",
    "datasets",
    "diagnose",
    "diagnosis",
    "empirical",
    "experiments",
    "fourier",
    "groups",
    "kernels",
    "learning",
    "lie",
    "networks",
    "neural_tangents",
    "ntk",
    "orbit_gram",
    "records",
    "regression",
    "representations",
    "runs",
    "spectral",
    "testing",
]
_CHECKS = ("IllConditionedWarning", "SymmetryWarning")


def __getattr__(name: str) -> Any:
    """Import a room, or a warning, when it is first asked for; or look up the version."""
    if name == "__version__":
        from importlib.metadata import version

        return version("symtheory")
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name in _CHECKS:
        return getattr(import_module("symtheory._checks"), name)
    if name == "diagnose":
        return import_module("symtheory.diagnosis").diagnose
    return import_module(f"symtheory.{name}")


def __dir__() -> list[str]:
    """What stands here, and what can be asked for."""
    return sorted({*globals(), *__all__})

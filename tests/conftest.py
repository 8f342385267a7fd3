"""Settings that every test shares."""

from collections.abc import Iterator

import jax
import numpy as np
import pytest
from hypothesis import settings
from jaxtyping import install_import_hook

# Before anything imports the package: what is imported already is not checked.
install_import_hook("symtheory", "return_types.check_result")

jax.config.update("jax_enable_x64", True)

# The first call of a jitted function compiles it, which takes longer than any deadline.
settings.register_profile("symtheory", deadline=None, max_examples=30, derandomize=True)
settings.load_profile("symtheory")


@pytest.fixture
def rng() -> np.random.Generator:
    """A fresh generator with a fixed seed for each test."""
    return np.random.default_rng(124)


@pytest.fixture
def without_x64() -> Iterator[None]:
    """JAX as it comes, with 32-bit floats."""
    jax.config.update("jax_enable_x64", False)
    yield
    jax.config.update("jax_enable_x64", True)

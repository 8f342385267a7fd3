"""Is the kernel of fully connected networks as fast as that of neural-tangents, compiled?

The Gram matrix of 1000 random items of 784 numbers, by one and by five hidden layers;
neural-tangents has `jax.jit` around it. Prints the seconds and their ratio:

    python benchmarks/mlp_kernel.py
"""

from __future__ import annotations

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
from measuring import Comparison, Comparisons, in_turn, named  # noqa: E402

from symtheory.neural_tangents import from_stax, import_neural_tangents  # noqa: E402
from symtheory.ntk import MLPKernel  # noqa: E402

ITEMS, NUMBERS = 1000, 784
DEPTHS = (1, 5)
# Neural-tangents subtracts squares to find the sine of an angle, which costs half of the digits on
# the diagonal, where the angle is 0.
TOLERANCE = 1e-7


def compare() -> Comparisons:
    """Both kernels at each depth."""
    stax = import_neural_tangents().stax
    items = jnp.asarray(np.random.default_rng(0).normal(size=(ITEMS, NUMBERS)))
    for depth in DEPTHS:
        hidden = [stax.Dense(1, 1.0, 1.0), stax.Relu()] * depth
        theirs = jax.jit(from_stax(stax.serial(*hidden, stax.Dense(1, 1.0, 1.0))[2]))
        ours = MLPKernel(depth)
        difference = float(jnp.abs(theirs(items) / ours(items) - 1).max())
        if difference > TOLERANCE:
            raise ValueError(f"Expected the same kernel to {TOLERANCE}. Got {difference:.1e}.")
        wall, cpu = in_turn(
            lambda ours=ours: ours(items).block_until_ready(),
            lambda theirs=theirs: theirs(items).block_until_ready(),
        )
        layers = f"{depth} hidden layer{'s' if depth > 1 else ''}"
        what = f"tangent kernel of an MLP, {ITEMS} × {NUMBERS}, {layers}"
        other = f"{named('neural-tangents')}, compiled"
        yield Comparison(what, "MLPKernel", other, wall, cpu, difference)


if __name__ == "__main__":
    for comparison in compare():
        print(comparison.line(), flush=True)

"""The Gram matrix of orbits, without computing what symmetry already tells."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float
from numpy.typing import ArrayLike

from symtheory.actions import Action
from symtheory.groups import cosets, subgroup
from symtheory.kernels import Kernel


def orbit_gram(
    kernel: Kernel, orbits: ArrayLike | Array, action: Action
) -> Float[Array, "points points"]:
    """The Gram matrix of orbits under an invariant kernel, seed-major.

    For elements h that act exactly, k(hx, hx') = k(x, x'), and K[(i, hg), (j, hg')] is
    K[(i, g), (j, g')]. So g runs over one element of each coset Hg, and the block of h⁻¹ is that of
    h, transposed. For an exact action these are first rows; for rotations by interpolation, whose
    quarter turns are exact, hardly more than a quarter of the matrix.

    Args:
        kernel: Invariant under `action.exact_elements`, which is not checked:
            `symtheory.testing.assert_invariant_kernel` does. (Convolutions with zero padding are
            invariant under quarter turns and reflections, but not under shifts.)
        orbits: Of shape (m, |G|, *item), from `symtheory.actions.orbit`, normalized or not.
        action: What made them.

    Returns:
        Shape (m|G|, m|G|), indexed by (i, g), (j, h); the same as `symtheory.kernels.gram` gives.

    Raises:
        ValueError: If the orbits are not of the action's group.
    """
    points, group = jnp.asarray(orbits), action.group
    if points.ndim < 3 or points.shape[1] != group.order:
        raise ValueError(
            f"Expected orbits of {group.name}, of shape (m, {group.order}, *item). "
            f"Got shape {points.shape}."
        )
    exact = np.array(action.exact_elements)
    # Right cosets Hg are the inverses of left cosets g⁻¹H.
    coset = cosets(subgroup(group, action.exact_elements))[group.inverse]
    _, representatives = np.unique(coset, return_index=True)
    items = points.shape[2:]

    def moved(h: int) -> Array:
        return points[:, group.multiply(h, representatives)].reshape(-1, *items)

    blocks: dict[int, Array] = {0: kernel(moved(0))}
    for h in exact.tolist():
        if h not in blocks:
            blocks[h] = kernel(moved(0), moved(h))
            blocks[int(group.inverse[h])] = blocks[h].T
    m, size = len(points), len(representatives)
    stacked = jnp.stack([blocks[h].reshape(m, size, m, size) for h in exact.tolist()])

    # Where each g = hr is found: h as a position in `exact`, r as one in `representatives`.
    place = np.empty((group.order, 2), dtype=np.intp)
    for position, h in enumerate(exact):
        place[group.multiply(h, representatives)] = [[position, r] for r in range(size)]
    step = group.multiply(group.inverse[exact][:, None], exact)  # h⁻¹h' for all pairs
    between = np.searchsorted(exact, step)[place[:, None, 0], place[None, :, 0]]
    gram = stacked[between, :, place[:, None, 1], :, place[None, :, 1]]  # (g, g', i, j)
    matrix = gram.transpose(2, 0, 3, 1).reshape(m * group.order, m * group.order)
    return (matrix + matrix.T) / 2  # k(x, hx') and k(hx', x) agree to rounding only

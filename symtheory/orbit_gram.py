"""The Gram matrix of orbits, without computing what symmetry already tells."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float
from numpy.typing import ArrayLike

from symtheory._checks import as_callable, as_real_array, ensure, has_values, on_host
from symtheory.actions import Action
from symtheory.groups import cosets, subgroup
from symtheory.kernels import Kernel

__all__ = ["orbit_gram"]

_SAMPLE = 6  # points, whose entries with a moved seed are computed to be compared
_INVARIANT = 1e-6  # of the largest k(x, x): kernels may compute in single precision inside


def orbit_gram(
    kernel: Kernel, orbits: ArrayLike | Array, action: Action
) -> Float[Array, "points points"]:
    """The Gram matrix of orbits under an invariant kernel, seed-major.

    For elements h that act exactly, k(hx, hx') = k(x, x'), and K[(i, hg), (j, hg')] is
    K[(i, g), (j, g')]. So g runs over one element of each coset Hg, and the block of h⁻¹ is that of
    h, transposed. For an exact action these are first rows; for rotations by interpolation, whose
    quarter turns are exact, hardly more than a quarter of the matrix.

    Args:
        kernel: Invariant under `action.exact_elements`. This is tried on a few pairs;
            `symtheory.testing.assert_invariant_kernel` tries all. (Convolutions with zero padding
            are invariant under quarter turns and reflections, but not under shifts.)
        orbits: Of shape (m, |G|, *item), from `symtheory.actions.orbit`, normalized or not.
        action: What made them.

    Returns:
        Shape (m|G|, m|G|), indexed by (i, g), (j, h); the same as `symtheory.kernels.gram` gives.
        NaN inside ``jax.jit``, where the kernel turns out not to be invariant.

    Raises:
        ValueError: If the kernel cannot be called or gives no square matrix, the orbits are not of
            the action's group, or the kernel tells k(hx, hx') from k(x, x') for elements h that
            act exactly.
    """
    as_callable(kernel, "kernel", "of items")
    points, group = as_real_array(orbits, "orbits"), action.group
    if points.ndim < 3 or points.shape[1] != group.order or not points.size:
        raise ValueError(
            f"Expected orbits of {group.name}, of shape (m, {group.order}, *item). "
            f"Got shape {points.shape}. Try symtheory.actions.orbit(seeds, action)."
        )
    exact = np.array(action.exact_elements)
    # Right cosets Hg are the inverses of left cosets g⁻¹H.
    inclusion = subgroup(group, action.exact_elements)
    coset = cosets(inclusion)[group.inverse]
    _, representatives = np.unique(coset, return_index=True)
    items = points.shape[2:]

    host = on_host(points)

    def moved(h: int) -> Array:
        return jnp.asarray(host[:, group.multiply(h, representatives)].reshape(-1, *items))

    blocks = {0: _square(kernel(moved(0)), len(points) * len(representatives))}
    for h in exact.tolist():
        if h not in blocks:
            blocks[h] = _square(kernel(moved(0), moved(h)), len(blocks[0]))
        inverse = int(group.inverse[h])
        # k(x, hx') and k(hx', x) agree to rounding only.
        blocks[inverse] = (blocks[h] + blocks[h].T) / 2 if inverse == h else blocks[h].T
    m, size = len(points), len(representatives)
    xp = np if has_values(*blocks.values()) else jnp
    stacked = xp.stack([blocks[h].reshape(m, size, m, size) for h in exact.tolist()])

    # Where each g = hr is found: h as a position in `exact`, r as one in `representatives`.
    place = np.empty((group.order, 2), dtype=np.intp)
    for position, h in enumerate(exact):
        place[group.multiply(h, representatives)] = [[position, r] for r in range(size)]
    step = group.multiply(group.inverse[exact][:, None], exact)  # h⁻¹h' for all pairs
    between = np.searchsorted(exact, step)[place[:, None, 0], place[None, :, 0]]
    strips = [
        xp.moveaxis(stacked[h, :, r, :, place[:, 1]], 0, -1)  # (i, j, g') for one g
        for h, r in zip(between, place[:, 1], strict=True)
    ]
    matrix = jnp.asarray(xp.stack(strips, axis=1).reshape(m * group.order, m * group.order))
    generators = inclusion.images[inclusion.source.generators]
    return _spot_checked(matrix, kernel, points, generators, action) if len(exact) > 1 else matrix


def _square(block: ArrayLike | Array, size: int) -> Any:
    """What a kernel gave for as many items twice, on the host.

    Raises:
        ValueError: If it has another shape.
    """
    if np.shape(block) != (size, size):
        raise ValueError(
            f"Expected a kernel that takes {size} items to a matrix of as many rows and columns. "
            f"Got shape {np.shape(block)}. Try k(x, y) of shape (len(x), len(y))."
        )
    return on_host(block)


def _spot_checked(
    matrix: Array, kernel: Kernel, points: Array, moved: np.ndarray, action: Action
) -> Array:
    """The matrix, after entries of h·seed, for the elements h in `moved`, were computed and agree.

    Raises:
        ValueError: If they do not; in traced code the result is NaN instead.
    """
    m, order = points.shape[:2]
    columns = np.random.default_rng(0).permutation(m * order)[:_SAMPLE]
    items = on_host(points)
    chosen = (items[0, moved], items.reshape(m * order, *points.shape[2:])[columns])
    computed, found = on_host(kernel(*map(jnp.asarray, chosen))), on_host(matrix)
    xp = np if has_values(computed, found) else jnp
    gap = xp.abs(computed - found[np.ix_(moved, columns)]).max()
    largest = xp.abs(xp.diagonal(found)).max()
    allowed = max(_INVARIANT, float(np.sqrt(jnp.finfo(computed.dtype).eps)))
    group = action.group
    return ensure(
        matrix,
        gap <= allowed * largest,
        lambda: (
            f"Expected a kernel that is invariant under the {len(action.exact_elements)} elements "
            f"of {group.name} that act exactly, k(hx, hx') = k(x, x'). Got a difference of "
            f"{float(gap / largest):.2g} of the largest k(x, x). Usual causes: a kernel that is "
            "not (zero padding and shifts); orbits of another action, or in another order than "
            "symtheory.actions.orbit gives. Try symtheory.kernels.gram(kernel, orbits), which "
            "computes every entry."
        ),
    )

"""How far a Gram matrix is from invariant, and the warnings where it is too far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float
from numpy.typing import ArrayLike

from symtheory._checks import SymmetryWarning, has_values, warn
from symtheory.groups import FiniteGroup
from symtheory.spectral.rows import (
    FirstRows,
    average_rows,
    check_rows,
    expand_rows,
    mean_and_defect,
)

__all__ = [
    "DEFECT_TOLERANCE",
    "group_average",
    "read_rows",
    "rows_and_defect",
    "symmetry_defect",
    "variation_defect",
    "warn_of_copies",
]

# Of what a kernel says about transforms. On digits of 28×28 pixels, with the NTK of fully connected
# networks, RBF and linear kernels and convolutions with a dense readout, rotations by interpolation
# reach .0025 (N = 3 to 64). Wrong layouts, actions and groups begin at .05.
DEFECT_TOLERANCE = 0.02


def group_average(gram: ArrayLike | Array, group: FiniteGroup) -> Float[Array, "*batch n n"]:
    """The nearest invariant Gram matrix: K averaged over the simultaneous action of the group.

    For an exact action and an invariant kernel this changes nothing.

    Args:
        gram: Of m orbits, seed-major: shape (..., m|G|, m|G|).
        group: The group, of order |G|.

    Returns:
        The same shape.

    Raises:
        ValueError: As `average_rows`.
    """
    return expand_rows(average_rows(gram, group), group)


def symmetry_defect(gram: ArrayLike | Array, group: FiniteGroup) -> Float[Array, "*batch"]:
    """How far a Gram matrix is from invariant: ‖K - avg(K)‖ / ‖K‖ in the Frobenius norm.

    Args:
        gram: Of m orbits, seed-major: shape (..., m|G|, m|G|).
        group: The group, of order |G|.

    Returns:
        Shape (...,), between 0 (invariant) and 1.

    Raises:
        ValueError: As `average_rows`.
    """
    rows, gap = _relative(*mean_and_defect(gram, group))
    # What is left is orthogonal to the average, whose squared norm is |G| times that of its rows.
    return jnp.asarray(_share(gap, group.order * _square(rows)))


def variation_defect(gram: ArrayLike | Array, group: FiniteGroup) -> Float[Array, "*batch"]:
    """The same beside what the matrix says about transforms: ‖K - avg(K)‖ / ‖K - means(K)‖.

    The means are those of its |G|×|G| blocks, which say nothing about transforms. Adding a constant
    to the kernel, as a bias does, changes `symmetry_defect` and not this.

    Args:
        gram: Of m orbits, seed-major: shape (..., m|G|, m|G|).
        group: The group, of order |G|.

    Returns:
        Shape (...,), between 0 (invariant) and 1.

    Raises:
        ValueError: As `average_rows`.
    """
    return jnp.asarray(_variation_defect(*_relative(*mean_and_defect(gram, group)), group.order))


def rows_and_defect(gram: np.ndarray, group: FiniteGroup) -> tuple[Array, float]:
    """`average_rows` and `variation_defect` of one Gram matrix of NumPy, which is read once.

    Raises:
        ValueError: As `average_rows`.
    """
    rows, gap, size = mean_and_defect(gram, group)
    return jnp.asarray(rows), float(_variation_defect(*_relative(rows, gap, size), group.order))


def read_rows(gram: ArrayLike | Array | FirstRows, group: FiniteGroup) -> Array:
    """First rows, whether given as such or as a Gram matrix.

    Raises:
        ValueError: As `average_rows` and `check_rows`.

    Warns:
        SymmetryWarning: If a Gram matrix with values is not invariant.
    """
    if isinstance(gram, FirstRows):
        return check_rows(gram.values, group)
    rows, gap, size = mean_and_defect(gram, group)
    if isinstance(rows, np.ndarray):
        _warn_of_defect(*_relative(rows, gap, size), group)
    return jnp.asarray(rows)


def warn_of_copies(
    rows: Array, group: FiniteGroup, held_out: Sequence[tuple[int, int]] | None = None
) -> None:
    """Warn if an item that is held out is, to the kernel, one that is seen.

    That is where the squared distance κ_ii(e) + κ_jj(e) - 2κ_ij(h) is nothing but rounding.

    Args:
        rows: First rows, of shape (..., m, m, |G|).
        group: The group.
        held_out: The points that are held out together; if not given, each by itself.

    Warns:
        SymmetryWarning: If there is one, and values exist.
    """
    if not has_values(rows):
        return
    values = np.asarray(rows)
    own = np.diagonal(values[..., 0], axis1=-2, axis2=-1)
    sizes = (own[..., :, None] + own[..., None, :])[..., None]
    copies = (sizes - 2 * values <= 32 * np.finfo(values.dtype).eps * sizes).reshape(
        -1, *values.shape[-3:]
    )
    pairs = np.argwhere(copies.any(axis=0)).tolist()  # (i, j, h): h·seed_j is seed_i
    hidden = None if held_out is None else set(held_out)
    for i, j, h in pairs:
        if hidden is None:
            seen = [0] if (i, 0) != (j, h) else []
        else:
            seen = [
                g for (k, g) in hidden if k == i and (j, int(group.multiply(g, h))) not in hidden
            ]
        if seen:
            warn(
                f"Expected items that differ. Got a Gram matrix by which transform {h} of orbit "
                f"{j} is the seed of orbit {i}: a copy of the held-out item is in the training "
                "set, and its error says nothing about transforms. Try seeds without that "
                "symmetry, or holding out all copies together (held_out_error); where the kernel "
                "is blind to transforms by design, as with pooling, allow_copies=True.",
                SymmetryWarning,
            )
            return


def _relative(rows: Any, gap: Any, size: Any) -> tuple[Any, Any]:
    """Rows in units of a size, in which squares are no matter of scale, and the gap as it is."""
    return rows / size[..., None, None, None], gap


@np.errstate(over="ignore", invalid="ignore")  # infinity and NaN are no news, as in JAX
def _square(rows: Any) -> Any:
    return (rows * rows).sum((-3, -2, -1))


@np.errstate(over="ignore", invalid="ignore")
def _share(gap: Any, rest: Any) -> Any:
    """√(gap / (gap + rest)), 0 where both are."""
    xp = np if has_values(gap, rest) else jnp
    whole = gap + rest
    return xp.sqrt(gap / xp.where(whole == 0, 1.0, whole))


def _variation_defect(rows: Any, gap: Any, order: int) -> Any:
    return _share(gap, order * _square(rows - rows.mean(-1, keepdims=True)))


def _warn_of_defect(rows: np.ndarray, gap: np.ndarray, group: FiniteGroup) -> None:
    defect = np.asarray(_variation_defect(rows, gap, group.order))
    size = group.order * _square(rows)
    # Where an orbit collapses to a point, what is left of its variation is rounding.
    rounding = 1e3 * float(np.finfo(rows.dtype).eps)
    seen = (defect > DEFECT_TOLERANCE) & (np.sqrt(gap) > rounding * np.sqrt(size))
    if seen.any():
        whole = float(np.asarray(_share(gap, size))[seen].max())
        warn(
            f"Expected a Gram matrix that is invariant under {group.name}, but for at most "
            f"{DEFECT_TOLERANCE:.0%} of what it says about transforms. Got "
            f"{defect[seen].max():.1%} (symmetry defect {whole:.2g}), which is averaged away. "
            "Usual causes: the order of axes (group-major instead of seed-major), a right action "
            "(orbits listed by g⁻¹), another group or another order of its elements, actions that "
            "do not commute, a kernel that is not invariant, or coarse interpolation. Try "
            "symtheory.testing.assert_action; where averaging is meant, "
            "FirstRows(average_rows(gram, group)).",
            SymmetryWarning,
        )

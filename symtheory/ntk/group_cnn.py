"""The kernel of group-convolutional networks that turn and mirror their filters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import ArrayLike

from symtheory._checks import as_choice, has_values
from symtheory._pytrees import pytree, settle
from symtheory.ntk.cnn import CNNKernel
from symtheory.ntk.images import as_images
from symtheory.ntk.patches import Padding

__all__ = ["POINT_GROUPS", "GroupCNNKernel"]

# Quarter turns, and whether left and right are exchanged first, of each group of a square grid.
POINT_GROUPS: dict[str, tuple[tuple[int, bool], ...]] = {
    "p1": ((0, False),),
    "p2": ((0, False), (2, False)),
    "p4": tuple((turns, False) for turns in range(4)),
    "pm": ((0, False), (0, True)),
    "pmm": ((0, False), (2, False), (0, True), (2, True)),
    "p4m": tuple((turns, mirror) for mirror in (False, True) for turns in range(4)),
}


@pytree("weight_std", "bias_std")
@dataclass(frozen=True)
class GroupCNNKernel:
    """The kernel of an infinitely wide group-convolutional ReLU network with an invariant readout.

    The network of Cohen and Welling (2016): a lifting convolution applies each filter in all
    orientations of a point group H, group convolutions carry on over places and orientations, and
    the readout averages over both. It is invariant under H, exactly, and under shifts if the
    padding is circular.

    Independent weights make covariances of features at (t, h) and (t', h') depend on h⁻¹h' only,
    and the sum over orientations in a group convolution adds equal terms. What is left is the
    recursion of an ordinary convolutional network between x and a transform of x', at every depth:
    the kernel is the average of the pooled `CNNKernel` over H (Misof, Kessel, Gerken 2025),

        k(x, x') = (1/|H|) Σ_h k_CNN(x, hx').

    Attributes:
        symmetry: The wallpaper group of shifts and H on a square grid: ``"p1"`` (shifts alone),
            ``"p2"`` (half turns), ``"p4"`` (quarter turns, H = C_4), ``"pm"`` (exchange of left and
            right), ``"pmm"`` (that and half turns), or ``"p4m"`` (all, H = D_4).
        depth: The number of convolutions, the lifting one included.
        filter_shape: As `CNNKernel`, and square where H has quarter turns.
        padding: As `CNNKernel`.
        weight_std: As `CNNKernel`.
        bias_std: As `CNNKernel`.
        kind: As `CNNKernel`.

    Raises:
        ValueError: If an attribute is out of range.
    """

    symmetry: str = "p4"
    depth: int = 1
    filter_shape: tuple[int, int] = (3, 3)
    padding: Padding = "circular"
    weight_std: float = 1.0
    bias_std: float = 0.0
    kind: Literal["ntk", "nngp"] = "ntk"

    def __post_init__(self) -> None:
        """Check the attributes."""
        as_choice(self.symmetry, "symmetry", tuple(POINT_GROUPS))
        plain = self._plain  # which checks the others
        if self._turns and plain.filter_shape[0] != plain.filter_shape[1]:
            raise ValueError(
                f"Expected square filters, which quarter turns keep. Got {self.filter_shape}. "
                "Try (3, 3)."
            )
        names = ("depth", "filter_shape", "weight_std", "bias_std")
        settle(self, **{name: getattr(plain, name) for name in names})

    @property
    def _turns(self) -> bool:
        return any(turns % 2 for turns, _ in POINT_GROUPS[self.symmetry])

    @property
    def _plain(self) -> CNNKernel:
        return CNNKernel(
            self.depth,
            self.filter_shape,
            "global",
            self.padding,
            self.weight_std,
            self.bias_std,
            self.kind,
        )

    def __call__(self, x: ArrayLike | Array, y: ArrayLike | Array | None = None) -> Array:
        """The kernel between images x, of shape (n, height, width[, channels]), and y: (n, n').

        Raises:
            ValueError: As `CNNKernel`, or if images are to be turned and not square.
        """
        x, other = as_images(x, y)
        y = x if other is None else other
        if self._turns and y.shape[1] != y.shape[2]:
            raise ValueError(
                f"Expected square images for quarter turns. Got shape {y.shape}. "
                "Try padding them to a square first."
            )
        xp = np if has_values(y) else jnp
        images = xp.asarray(y)
        moved = [
            xp.rot90(images[:, :, ::-1] if mirror else images, turns, axes=(1, 2))
            for turns, mirror in POINT_GROUPS[self.symmetry]
        ]
        values = self._plain(x, xp.concatenate(moved))
        return _mean_over_transforms(values, len(moved))


@partial(jax.jit, static_argnames="size")
def _mean_over_transforms(values: Array, size: int) -> Array:
    """The mean over the transforms of y, which are listed transform by transform."""
    n, columns = values.shape
    return values.reshape(n, size, columns // size).mean(axis=1)

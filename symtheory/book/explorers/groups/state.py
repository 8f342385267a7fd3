"""The numbers that the explorer of groups shows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Complex, Float

from symtheory.experiments.shared.checks import require_float64
from symtheory.groups import (
    FiniteGroup,
    alternating_group,
    cyclic_group,
    dihedral_group,
    quaternion_group,
    symmetric_group,
)
from symtheory.representations import irreps
from symtheory.spectral import FirstRows, expand_rows, held_out_error, spectral_error

__all__ = ["GROUPS", "LARGEST", "GroupState"]

GROUPS: tuple[FiniteGroup, ...] = (
    cyclic_group(6),
    cyclic_group(8),
    symmetric_group(3),
    dihedral_group(4),
    quaternion_group(),
    alternating_group(4),
    symmetric_group(4),
)
LARGEST = max(group.order for group in GROUPS)
_LABELS = (1, -1)


@dataclass(frozen=True)
class GroupState:
    """Two functions on a group, which moves both; some poses of the first are missing.

    The group acts by (g f)(x) = f(g⁻¹x). Both functions have norm 1 and mean 0, plus a constant
    that sets them apart; the kernel is exp(-‖f - f'‖²/ℓ²).

    Attributes:
        place: Of the group in the list of groups.
        seeds: Two lists of numbers, of which the first |G| are the values of each function.
        separation: Δ, the distance between the two constants, as functions.
        width: The length scale ℓ of the kernel.
        ridge: Absolute, added to the diagonal of the kernel matrix.
        held: A number whose binary digit at 2^g says that pose g is missing; pose 0 is if none is.
    """

    place: int
    seeds: Float[np.ndarray, "2 largest"]
    separation: float
    width: float
    ridge: float
    held: int

    @property
    def group(self) -> FiniteGroup:
        """The group that acts."""
        return GROUPS[self.place]

    @property
    def missing(self) -> tuple[int, ...]:
        """The elements g whose pose of the first function is missing."""
        order = self.group.order
        return tuple(g for g in range(order) if self.held >> g & 1) or (0,)

    @cached_property
    def functions(self) -> Float[np.ndarray, "2 order"]:
        """The two functions before they are moved."""
        values = self.seeds[:, : self.group.order]
        centered = values - values.mean(axis=1, keepdims=True)
        unit = centered / np.linalg.norm(centered, axis=1, keepdims=True)
        constant = self.separation / 2 / np.sqrt(self.group.order)
        return unit + np.array([[constant], [-constant]])

    @cached_property
    def rows(self) -> Float[np.ndarray, "2 2 order"]:
        """κ_ij(h), the kernel between function i and the pose h of function j."""
        group, f = self.group, self.functions
        poses = f[:, group.table[group.inverse]]  # (j, h, x)
        squared = np.square(f[:, None, None] - poses[None]).sum(axis=-1)
        return np.exp(-squared / self.width**2)

    @cached_property
    def gram(self) -> Float[np.ndarray, "points points"]:
        """The kernel between all poses, those of the first function first."""
        return np.asarray(expand_rows(self.rows, self.group))

    @cached_property
    def basis(self) -> Complex[np.ndarray, "points points"]:
        """Columns √(d/|G|) ρ(h)_ab on orbit i, those with one ρ and one a side by side."""
        columns = []
        for irrep in irreps(self.group):
            d = irrep.dimension
            waves = np.sqrt(d / self.group.order) * irrep.matrices
            on_orbits = np.einsum("ij,hab->ihajb", np.eye(2), waves)
            columns.append(on_orbits.reshape(2 * self.group.order, 2 * d * d))
        return np.concatenate(columns, axis=1)

    @cached_property
    def one_missing(self) -> float:
        """The error if a single pose of the first function is missing, by the general formula."""
        require_float64()
        found = spectral_error(FirstRows(self.rows), self.group, ridge=self.ridge)
        return float(found[0])

    @cached_property
    def errors(self) -> Float[np.ndarray, " missing"]:
        """1 - yŷ at each missing pose, all of them held out together."""
        require_float64()
        points = [(0, g) for g in self.missing]
        rows = FirstRows(self.rows)
        return np.asarray(held_out_error(rows, self.group, held_out=points, ridge=self.ridge))

    @cached_property
    def signal_part(self) -> float:
        """y(Λ_1⁻¹y) at the first function: the trivial irrep alone."""
        block = self.rows.sum(axis=-1) + self.ridge * np.eye(2)
        return float(np.linalg.solve(block, _LABELS)[0])

    @property
    def numbers(self) -> dict[str, float]:
        """The numbers that the page computes, by the names that it gives them."""
        return {
            "error": self.one_missing,
            "labels": self.signal_part,
            "mean": self.signal_part / self.one_missing,
            "missing": len(self.missing),
            "smallest": float(self.errors.min()),
            "largest": float(self.errors.max()),
            "right": int((self.errors < 1).sum()),
        }

    @property
    def alt(self) -> str:
        """Group, blocks, missing poses and errors in words."""
        found, group = self.numbers, self.group
        sizes = ", ".join(
            f"{irrep.dimension} of size {2 * irrep.dimension}" for irrep in irreps(group)
        )
        names = ", ".join(group.labels[g] for g in self.missing)
        return (
            f"The group {group.name}, of order {group.order}, moves two functions on it, which are "
            f"{self.separation:g} apart; the kernel is exp(-d²/ℓ²) with ℓ = {self.width:g}. In the "
            f"basis of irreps its matrix has, irrep by irrep, {sizes}. With one pose of the first "
            f"function missing the error is {found['labels']:.3g} / {found['mean']:.3g} = "
            f"{found['error']:.3g}. Missing now: {names}. Errors there from "
            f"{found['smallest']:.3g} to {found['largest']:.3g}; {found['right']} of "
            f"{found['missing']} are put where they belong."
        )

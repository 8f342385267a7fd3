"""The explorer of groups as a widget: live in Jupyter, and on a page without a kernel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import traitlets

from symtheory.book.explorers.base import Explorer, Ranged, StillPicture, bundle, styles
from symtheory.book.explorers.groups.picture import draw
from symtheory.book.explorers.groups.state import GROUPS, LARGEST, GroupState
from symtheory.groups import FiniteGroup, conjugacy_classes
from symtheory.representations import irreps

__all__ = ["GroupsExplorer"]

_HERE = Path(__file__).parent
_DECIMALS = 3  # of the seeds


class GroupsExplorer(Explorer):
    """Two functions on a finite group, in all poses but some: what does a kernel say of those?

    Attributes:
        groups: What a page needs to know of each group: its table, its classes, and its irreps at
            the generators.
        seeds: The values of the two functions, more than the smaller groups need.
        group: Place of the group in the list C6, C8, S3, D4, Q8, A4, S4.
        basis: The basis in which the kernel matrix is shown, from 0, poses, to 1, irreps.
        separation: Δ, the distance between the means of the two functions, from 0 to 2.
        width: ℓ of the kernel exp(-‖f - f'‖²/ℓ²), from 0.5 to 3.
        ridge: Absolute, added to the diagonal of the kernel matrix, from 1e-9 to 1e-3.
        held: Which poses of the first function are missing: pose g if the binary digit at 2^g is 1.

    Raises:
        ValueError: If a trait is set to a value out of its range.

    Examples:
        >>> explorer = GroupsExplorer(group=3, held=0b1001)
        >>> explorer.state.group.name, explorer.state.missing
        ('D4', (0, 3))
    """

    _esm = bundle(_HERE / "widget.mjs")
    _css = styles(_HERE)

    groups = traitlets.List(traitlets.Dict()).tag(sync=True)
    seeds = traitlets.List(traitlets.List(traitlets.Float())).tag(sync=True)
    group = Ranged(3, 0, len(GROUPS) - 1, "the place of the group")
    basis = Ranged(0.0, 0.0, 1.0, "the basis, from poses to irreps")
    separation = Ranged(0.5, 0.0, 2.0, "the distance between the means")
    width = Ranged(1.5, 0.5, 3.0, "the width ℓ of the kernel")
    ridge = Ranged(1e-6, 1e-9, 1e-3, "the absolute ridge")
    held = Ranged(1, 1, 2**LARGEST - 1, "the missing poses, as binary digits")

    @traitlets.default("groups")
    def _written(self) -> list[dict[str, Any]]:
        """All groups as the page reads them."""
        return [_written(group) for group in GROUPS]

    @traitlets.default("seeds")
    def _drawn(self) -> list[list[float]]:
        """Two functions on the largest group."""
        values = np.random.default_rng(124).normal(size=(2, LARGEST))
        return values.round(_DECIMALS).tolist()

    @property
    def state(self) -> GroupState:
        """The present settings and their numbers."""
        seeds = np.array(self.seeds)
        return GroupState(self.group, seeds, self.separation, self.width, self.ridge, self.held)

    def picture(self) -> StillPicture:
        """What the explorer shows at its present settings, as a picture."""
        return draw(self.state)


def _written(group: FiniteGroup) -> dict[str, Any]:
    """A group for the page, which grows its irreps from those of the generators."""
    generators = [int(g) for g in group.generators]
    matrices = [[irrep.matrices[g] for g in generators] for irrep in irreps(group)]
    return {
        "name": group.name,
        "labels": list(group.labels),
        "table": group.table.tolist(),
        "generators": generators,
        "classes": conjugacy_classes(group).tolist(),
        "irreps": [
            [{"re": _exact(m.real), "im": _exact(m.imag)} for m in at_generators]
            for at_generators in matrices
        ],
    }


def _exact(values: np.ndarray) -> list[list[float]]:
    """Values with rounding taken off those that are whole, and no minus before a zero."""
    whole = np.round(values)
    return (np.where(np.abs(values - whole) < 1e-14, whole, values) + 0.0).tolist()

"""The 32 crystallographic point groups, as groups of orthogonal 3×3 matrices.

Generators are those of the International Tables for Crystallography, volume A, in the notation of
coordinate triplets: "-y,x-y,z" takes the point with coordinates x, y, z to that with -y, x - y, z.
The main axis is z also where crystallographers have another choice (2, m and 2/m); trigonal groups
are on hexagonal axes, 32, 3m and -3m in the settings 321, 3m1 and -3m1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from symtheory.groups.base import FiniteGroup
from symtheory.groups.elements import Elements
from symtheory.groups.laws import Law
from symtheory.groups.values import read_only

__all__ = ["POINT_GROUPS", "point_group"]

_INVERSION = "-x,-y,-z"
_TURNS = "-x,-y,z -x,y,-z"  # half turns about all three axes
_CUBIC = f"{_TURNS} z,x,y"

# Schoenflies, Hermann-Mauguin, generators.
_GENERATORS = {
    "C1": ("1", ""),
    "Ci": ("-1", _INVERSION),
    "C2": ("2", "-x,-y,z"),
    "Cs": ("m", "x,y,-z"),
    "C2h": ("2/m", f"-x,-y,z {_INVERSION}"),
    "D2": ("222", _TURNS),
    "C2v": ("mm2", "-x,-y,z x,-y,z"),
    "D2h": ("mmm", f"{_TURNS} {_INVERSION}"),
    "C4": ("4", "-y,x,z"),
    "S4": ("-4", "y,-x,-z"),
    "C4h": ("4/m", f"-y,x,z {_INVERSION}"),
    "D4": ("422", "-y,x,z -x,y,-z"),
    "C4v": ("4mm", "-y,x,z x,-y,z"),
    "D2d": ("-42m", "y,-x,-z -x,y,-z"),
    "D4h": ("4/mmm", f"-y,x,z -x,y,-z {_INVERSION}"),
    "C3": ("3", "-y,x-y,z"),
    "C3i": ("-3", f"-y,x-y,z {_INVERSION}"),
    "D3": ("32", "-y,x-y,z y,x,-z"),
    "C3v": ("3m", "-y,x-y,z -y,-x,z"),
    "D3d": ("-3m", f"-y,x-y,z y,x,-z {_INVERSION}"),
    "C6": ("6", "x-y,x,z"),
    "C3h": ("-6", "-y,x-y,z x,y,-z"),
    "C6h": ("6/m", f"x-y,x,z {_INVERSION}"),
    "D6": ("622", "x-y,x,z y,x,-z"),
    "C6v": ("6mm", "x-y,x,z -y,-x,z"),
    "D3h": ("-6m2", "-y,x-y,z x,y,-z -y,-x,z"),
    "D6h": ("6/mmm", f"x-y,x,z y,x,-z {_INVERSION}"),
    "T": ("23", _CUBIC),
    "Th": ("m-3", f"{_CUBIC} {_INVERSION}"),
    "O": ("432", f"{_CUBIC} y,x,-z"),
    "Td": ("-43m", f"{_CUBIC} y,x,z"),
    "Oh": ("m-3m", f"{_CUBIC} y,x,-z {_INVERSION}"),
}
POINT_GROUPS = {schoenflies: mauguin for schoenflies, (mauguin, _) in _GENERATORS.items()}
_OTHER_NAMES = {"S2": "Ci", "C1h": "Cs", "S6": "C3i"} | {
    mauguin: schoenflies for schoenflies, mauguin in POINT_GROUPS.items()
}

# Columns are the lattice vectors of hexagonal axes: the first two of length 1, at 120°.
_HEXAGONAL = np.array([[1, -0.5, 0], [0, np.sqrt(0.75), 0], [0, 0, 1]])


@dataclass(frozen=True, eq=False)
class _PointGroup(Law):
    """All products of the generators: first what turns, then what mirrors, by the angle of turn.

    Attributes:
        name: Schoenflies's.
    """

    name: str

    @cached_property
    def coordinates(self) -> NDArray[np.intp]:
        """The matrices of the elements on the axes of the triplets, of shape (order, 3, 3)."""
        generators = [_matrix(triplet) for triplet in _GENERATORS[self.name][1].split()]
        found = {np.eye(3, dtype=np.intp).tobytes(): np.eye(3, dtype=np.intp)}
        fresh = list(found.values())
        while fresh:
            products = [s @ element for s in generators for element in fresh]
            fresh = [product for product in products if product.tobytes() not in found]
            found |= {product.tobytes(): product for product in fresh}
        return np.array(sorted(found.values(), key=_place))

    @cached_property
    def products(self) -> NDArray[np.intp]:
        """The multiplication table."""
        products = self.coordinates[:, None] @ self.coordinates
        codes = self.coordinates.reshape(-1, 9) @ 3 ** np.arange(9)
        order = np.argsort(codes)
        at = np.searchsorted(
            codes, products.reshape(*products.shape[:2], 9) @ 3 ** np.arange(9), sorter=order
        )
        return order[at]

    @property
    def order(self) -> int:
        return len(self.coordinates)

    @cached_property
    def matrices(self) -> Float[np.ndarray, "order 3 3"]:
        hexagonal = any("x-y" in self.label(g) for g in range(self.order))
        axes = _HEXAGONAL if hexagonal else np.eye(3)
        return read_only(axes @ self.coordinates @ np.linalg.inv(axes))

    def multiply(self, g: Elements, h: Elements) -> Elements:
        return self.products[g, h]

    def invert(self, g: Elements) -> Elements:
        return np.argmin(self.products, axis=1)[g]  # where the product is 0

    def label(self, g: int) -> str:
        return ",".join(
            "".join(
                ("+" if entry > 0 else "-") + axis
                for entry, axis in zip(row, "xyz", strict=True)
                if entry
            ).removeprefix("+")
            for row in self.coordinates[g]
        )


def point_group(name: str) -> FiniteGroup:
    """A crystallographic point group, by its name in either of the two notations.

    Its ``matrices`` are orthogonal, of shape (order, 3, 3), in the order of its elements, which
    are labelled by where they take the point x, y, z.

    >>> group = point_group("-42m")
    >>> group, group.labels[1], group.matrices[1].diagonal().tolist()
    (FiniteGroup('D2d', order=8), 'x,-y,-z', [1.0, -1.0, -1.0])

    Args:
        name: Schoenflies's ("D2d") or Hermann and Mauguin's ("-42m"), as in `POINT_GROUPS`.

    Raises:
        ValueError: If there is none of this name.
    """
    schoenflies = _OTHER_NAMES.get(name, name) if isinstance(name, str) else None
    if schoenflies not in _GENERATORS:
        known = ", ".join(f"{one} ({other})" for one, other in POINT_GROUPS.items())
        raise ValueError(
            f"Expected the name of a crystallographic point group. Got {name!r}. "
            f"Try one of {known}."
        )
    return FiniteGroup(schoenflies, _PointGroup(schoenflies))


def _matrix(triplet: str) -> NDArray[np.intp]:
    """The matrix of "-y,x-y,z": a row for each coordinate."""
    return np.array(
        [
            [coordinate.count(axis) - 2 * coordinate.count("-" + axis) for axis in "xyz"]
            for coordinate in triplet.split(",")
        ]
    )


def _place(matrix: NDArray[np.intp]) -> tuple[int, int, list[int]]:
    """Rotations before the others, the identity first."""
    determinant = round(float(np.linalg.det(matrix)))
    return -determinant, -determinant * int(np.trace(matrix)), (-matrix).ravel().tolist()

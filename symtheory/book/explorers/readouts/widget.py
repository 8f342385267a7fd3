"""The explorer of readouts as a widget: live in Jupyter, and on a page without a kernel."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import traitlets
from jaxtyping import Float

from symtheory.book.explorers.base import Explorer, Ranged, StillPicture, bundle, styles
from symtheory.book.explorers.readouts.picture import draw
from symtheory.book.explorers.readouts.state import ACTIONS, READOUTS, SMALLEST, Readouts
from symtheory.groups import cyclic_group
from symtheory.regression import leave_one_out_error, relative_ridge
from symtheory.spectral import average_rows

__all__ = ["ReadoutsExplorer"]

_HERE = Path(__file__).parent
_LARGEST = -2
_ORDERS = 5  # of each action
_DIGITS = 6  # of exact errors

Grams = Mapping[int, Float[np.ndarray, "points points"]]


class ReadoutsExplorer(Explorer):
    """Shifted or rotated, read out place by place or pooled: does an orbit collapse?

    Attributes:
        kernels: κ_ij(h) for shifts and rotations, for the dense and the pooled readout, for each
            order.
        orders: How many shifts, and how many rotations, there can be.
        exact: The errors of exact regression at the missing image, for each of ``kernels``, at
            relative ridges of 10⁻¹⁰ to 10⁻².
        names: What the two digits are.
        action: 0, shifts, or 1, rotations.
        readout: 0, dense, or 1, pooled.
        order: Place of the number N of images of each digit.
        exponent: Of the ridge, as a power of ten and a share of the trace, from -10 to -2.

    Raises:
        ValueError: If a trait is set to a value out of its range.
    """

    _esm = bundle(_HERE / "widget.mjs")
    _css = styles(_HERE)

    kernels = traitlets.List(traitlets.Any()).tag(sync=True)
    orders = traitlets.List(traitlets.List(traitlets.Int())).tag(sync=True)
    exact = traitlets.List(traitlets.Any()).tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    action = Ranged(0, 0, 1, "the place of the action")
    readout = Ranged(0, 0, 1, "the place of the readout")
    order = Ranged(1, 0, _ORDERS - 1, "the place of the number of images")
    exponent = Ranged(SMALLEST, SMALLEST, _LARGEST, "the exponent of the ridge")

    @classmethod
    def of_grams(
        cls,
        grams: Mapping[str, Mapping[str, Grams]],
        names: tuple[str, str],
        **settings: Any,
    ) -> ReadoutsExplorer:
        """Two digits whose kernel matrices are known.

        Args:
            grams: By ``"shifts"`` or ``"rotations"``, ``"dense"`` or ``"pooled"`` and five orders
                N, the same for both readouts: Gram matrices of shape (2N, 2N), the first digit's
                images first, each beginning with the one that is not moved.
            names: What the two digits are.
            **settings: Values of other traits.

        Raises:
            ValueError: If there are other keys, or not five orders.
        """
        orders = [sorted(set().union(*grams.get(action, {}).values())) for action in ACTIONS]
        fits = all(
            sorted(grams.get(action, {}).get(readout, {})) == found and len(found) == _ORDERS
            for action, found in zip(ACTIONS, orders, strict=True)
            for readout in READOUTS
        )
        if not fits:
            raise ValueError(
                f"Expected Gram matrices for {ACTIONS}, {READOUTS} and {_ORDERS} orders. Got orders"
                f" {orders}. Try the same orders for both readouts."
            )
        every = [
            [[np.asarray(grams[a][r][n], dtype=np.float64) for n in ns] for r in READOUTS]
            for a, ns in zip(ACTIONS, orders, strict=True)
        ]
        kernels = [[[_rows(gram) for gram in by_n] for by_n in by_readout] for by_readout in every]
        exact = [[[_exact(gram) for gram in by_n] for by_n in by_readout] for by_readout in every]
        return cls(kernels=kernels, orders=orders, exact=exact, names=list(names), **settings)

    @property
    def state(self) -> Readouts:
        """The present settings and their numbers."""
        first, second = self.names
        return Readouts(
            rows=np.array(self.kernels[self.action][self.readout][self.order]),
            exact=self.exact[self.action][self.readout][self.order][self.exponent - SMALLEST],
            names=(first, second),
            action=self.action,
            readout=self.readout,
            exponent=self.exponent,
        )

    def picture(self) -> StillPicture:
        """What the explorer shows at its present settings, as a picture."""
        return draw(self.state)


def _rows(gram: np.ndarray) -> Any:
    """κ_ij(h), averaged over the group, as nested lists."""
    return np.asarray(average_rows(gram, cyclic_group(len(gram) // 2))).tolist()


def _exact(gram: np.ndarray) -> list[float]:
    """1 - yŷ at the second digit as it is, at each ridge."""
    n = len(gram) // 2
    found = []
    for exponent in range(SMALLEST, _LARGEST + 1):
        ridge = float(relative_ridge(gram, 10.0**exponent))
        error = leave_one_out_error(gram, np.repeat([1.0, -1.0], n), ridge=ridge)[n]
        found.append(float(f"{float(error):.{_DIGITS}g}"))
    return found

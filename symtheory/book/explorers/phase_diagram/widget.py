"""The phase diagram of digits as a widget: live in Jupyter, and on a page without a kernel."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import traitlets

from symtheory.book.explorers.base import Explorer, Ranged, StillPicture, bundle, styles
from symtheory.book.explorers.phase_diagram.picture import draw
from symtheory.book.explorers.phase_diagram.state import PhaseDiagram
from symtheory.datasets import Dataset

__all__ = ["PhaseDiagramExplorer"]

_HERE = Path(__file__).parent
_MOST = 512  # pairs
_SHADES = 7  # to be seen only: nothing is computed from the images
_DIGITS = 4  # of what was measured


class PhaseDiagramExplorer(Explorer):
    """Pairs of digits in the plane of signal and noise: which lie on the side of success?

    Attributes:
        orders: Numbers of rotations N, ascending.
        names: What the two digits of each pair are; pairs stand from easy to hard.
        pixels: Their images at half the resolution, a numeral from 0 to 7 a pixel.
        signal: λ_N of each pair, a list for each order.
        noise: 1/⟨λ⁻¹⟩, likewise.
        exact: The errors of exact regression at the two held-out images, likewise.
        order: Place of the chosen order.
        pair: Place of the chosen pair.

    Raises:
        ValueError: If a trait is set to a value out of its range.

    Examples:
        >>> from symtheory.datasets import load_digits
        >>> from symtheory.experiments.rotated_digits.settings import ROTATED_DIGITS
        >>> from symtheory.runs import run
        >>> digits = load_digits()
        >>> data, _ = run(ROTATED_DIGITS, digits, ROTATED_DIGITS.at_scale("live", orders=(2, 4)))
        >>> PhaseDiagramExplorer.of_run(data, digits, order=1).state.n
        4
    """

    _esm = bundle(_HERE / "widget.mjs")
    _css = styles(_HERE)

    orders = traitlets.List(traitlets.Int()).tag(sync=True)
    names = traitlets.List(traitlets.List(traitlets.Unicode())).tag(sync=True)
    pixels = traitlets.Unicode().tag(sync=True)
    signal = traitlets.List(traitlets.List(traitlets.Float())).tag(sync=True)
    noise = traitlets.List(traitlets.List(traitlets.Float())).tag(sync=True)
    exact = traitlets.List(traitlets.List(traitlets.List(traitlets.Float()))).tag(sync=True)
    order = Ranged(0, 0, 11, "the place of the number of rotations")
    pair = Ranged(0, 0, _MOST - 1, "the place of the pair")

    @classmethod
    def of_run(
        cls, data: Mapping[str, np.ndarray], dataset: Dataset, **settings: Any
    ) -> PhaseDiagramExplorer:
        """What the experiment `rotated-digits` returns, or its record holds.

        Args:
            data: Its arrays ``orders``, ``pairs``, ``last_eigenvalue``, ``mean_inverse`` and
                ``exact_error``. Four digits of each number are kept.
            dataset: The images that were measured, of an even number of pixels on each side.
            **settings: Values of other traits. Pairs stand in the order of their errors, the
                mean of the logarithms over all N.

        Raises:
            ValueError: If there are more than 512 pairs or 12 orders.
        """
        pairs, signal = np.asarray(data["pairs"]), np.asarray(data["last_eigenvalue"])
        if len(pairs) > _MOST or len(signal) > cls.order.high + 1:
            raise ValueError(
                f"Expected at most {_MOST} pairs at {cls.order.high + 1} orders. Got {len(pairs)} "
                f"at {len(signal)}. Try a run of fewer."
            )
        noise = 1 / np.asarray(data["mean_inverse"])
        rank = np.argsort(np.log(noise / signal).mean(axis=0), kind="stable")
        pairs = pairs[rank]
        images = dataset.images[pairs.ravel()]
        count, height, width = images.shape
        halves = images.reshape(count, height // 2, 2, width // 2, 2).mean(axis=(2, 4))
        shades = np.round(_SHADES * halves).astype(int).ravel()
        return cls(
            orders=[int(order) for order in data["orders"]],
            names=[[str(label) for label in pair] for pair in dataset.labels[pairs]],
            pixels="".join(map(str, shades)),
            signal=_rounded(signal[:, rank]),
            noise=_rounded(noise[:, rank]),
            exact=_rounded(np.asarray(data["exact_error"])[:, rank]),
            **settings,
        )

    @traitlets.validate("order", "pair")
    def _is_there(self, proposal: Any) -> int:
        """Refuse a place that no order or pair has."""
        name, value = proposal.trait.name, int(proposal.value)
        places = len(self.orders if name == "order" else self.names)
        if places and value >= places:
            raise ValueError(
                f"Expected {name} from 0 to {places - 1}. Got {value}. Try {name}={places - 1}."
            )
        return value

    @property
    def state(self) -> PhaseDiagram:
        """The present settings and their numbers."""
        return PhaseDiagram(
            tuple(self.orders),
            tuple((first, second) for first, second in self.names),
            np.array(self.signal),
            np.array(self.noise),
            np.array(self.exact),
            self.order,
            self.pair,
        )

    @property
    def images(self) -> np.ndarray:
        """The two digits of each pair as they are shown, of shape (pairs, 2, side, side)."""
        shades = np.frombuffer(self.pixels.encode(), np.uint8) - ord("0")
        side = round((len(shades) / (2 * len(self.names))) ** 0.5)
        return shades.reshape(-1, 2, side, side) / _SHADES

    def picture(self) -> StillPicture:
        """What the explorer shows at its present settings, as a picture."""
        return draw(self.state, self.images[self.pair])


def _rounded(values: np.ndarray) -> Any:
    """Nested lists of numbers of few digits, to travel to the page."""
    return np.vectorize(lambda value: float(f"{value:.{_DIGITS}g}"))(values).tolist()

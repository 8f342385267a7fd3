"""The numbers that the phase diagram of digits shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

__all__ = ["PhaseDiagram"]


@dataclass(frozen=True)
class PhaseDiagram:
    """Pairs of digits in the plane of signal and noise, at one number of rotations.

    Attributes:
        orders: Numbers of rotations N.
        names: What the two digits of each pair are.
        signal: λ_N of each pair at each order, ridge included.
        noise: 1/⟨λ⁻¹⟩ of the same.
        exact: 1 - yŷ of exact regression at the two held-out images of each.
        order: Place of the chosen order.
        pair: Place of the chosen pair.
    """

    orders: tuple[int, ...]
    names: tuple[tuple[str, str], ...]
    signal: Float[np.ndarray, "orders pairs"]
    noise: Float[np.ndarray, "orders pairs"]
    exact: Float[np.ndarray, "orders pairs 2"]
    order: int
    pair: int

    @property
    def n(self) -> int:
        """N, rotations of each digit."""
        return self.orders[self.order]

    @property
    def errors(self) -> Float[np.ndarray, "orders pairs"]:
        """ε_s = λ_N⁻¹ / ⟨λ⁻¹⟩, noise over signal; above 1 the missing images are taken wrongly."""
        return self.noise / self.signal

    @property
    def numbers(self) -> dict[str, float]:
        """The numbers that the page computes, by the names that it gives them."""
        at = self.order, self.pair
        return {
            "signal": float(self.signal[at]),
            "noise": float(self.noise[at]),
            "error": float(self.errors[at]),
            "exact_first": float(self.exact[at][0]),
            "exact_second": float(self.exact[at][1]),
            "beyond": int((self.errors[self.order] >= 1).sum()),
            "right": int((self.exact[self.order] < 1).sum()),
        }

    @property
    def alt(self) -> str:
        """The pair, its place and the counts in words."""
        found, pairs = self.numbers, len(self.names)
        first, second = self.names[self.pair]
        return (
            f"{pairs} pairs of digits in the plane of signal and noise at N = {self.n} rotations. "
            f"{found['beyond']} of them lie beyond the border, where noise exceeds signal; exact "
            f"regression has {found['right']} of the {2 * pairs} missing images right. The chosen "
            f"pair, a {first} and a {second}: noise {found['noise']:.3g} over signal "
            f"{found['signal']:.3g} is an error of {found['error']:.3g}; exact regression has "
            f"{found['exact_first']:.3g} at the {first} and {found['exact_second']:.3g} at the "
            f"{second}. Above 1 an image is taken for the other digit."
        )

"""The numbers that the replay of training shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

__all__ = ["STEPS", "Replay"]

STEPS = 100
"""Outputs of networks are kept in steps of one over this."""


@dataclass(frozen=True)
class Replay:
    """Networks of one width, trained on two digits of which the first lacks a pose.

    Attributes:
        names: What the two digits are.
        norm: Of the images.
        width: Of the hidden layer.
        epochs: At which the networks were looked at.
        outputs: Of each network at the missing image, which should be +1, in hundredths.
        seen: The mean of y f over networks and the images that they are trained on.
        flow: The mean output of infinitely wide networks, and
        deviation: its standard deviation over their starts.
        exact: The output that both tend to, of kernel regression.
        quantile: Of Student's distribution, for a 95 % interval of the mean of the networks.
        time: Place of the chosen epoch.
    """

    names: tuple[str, str]
    norm: float
    width: int
    epochs: tuple[int, ...]
    outputs: Int[np.ndarray, "networks times"]
    seen: Float[np.ndarray, " times"]
    flow: Float[np.ndarray, " times"]
    deviation: Float[np.ndarray, " times"]
    exact: float
    quantile: float
    time: int

    @property
    def networks(self) -> int:
        """How many there are."""
        return len(self.outputs)

    @property
    def errors(self) -> Float[np.ndarray, " times"]:
        """The mean over networks of 1 - y f at the missing image, at each epoch."""
        return 1 - self.outputs.sum(axis=0) / (self.networks * STEPS)

    @property
    def halves(self) -> Float[np.ndarray, " times"]:
        """Half of its 95 % interval by Student's t."""
        n = self.networks
        # In whole numbers, so that equal outputs have no scatter, here and in the page.
        squares = n * np.square(self.outputs).sum(axis=0) - np.square(self.outputs.sum(axis=0))
        return self.quantile * np.sqrt(squares / (n - 1)) / (n * STEPS)

    @property
    def numbers(self) -> dict[str, float]:
        """The numbers that the page computes, by the names that it gives them."""
        at = self.time
        return {
            "epoch": float(self.epochs[at]),
            "error": float(self.errors[at]),
            "half": float(self.halves[at]),
            "right": int((self.outputs[:, at] > 0).sum()),
            "seen": float(1 - self.seen[at]),
            "theory": float(1 - self.flow[at]),
            "deviation": float(self.deviation[at]),
            "exact": 1 - self.exact,
        }

    @property
    def alt(self) -> str:
        """The networks, the epoch and the errors in words."""
        found = self.numbers
        missing, other = self.names
        side = "right" if found["error"] < 1 else "wrong"
        return (
            f"{self.networks} networks of width {self.width}, trained on images of norm "
            f"{self.norm:g} of a {missing} and a {other}; one pose of the {missing} is missing. At "
            f"epoch {found['epoch']:.0f} their mean error there is {found['error']:.2f} ± "
            f"{found['half']:.2g} (95 % interval): {side}. "
            f"{found['right']} of them have the right sign. Theory predicts {found['theory']:.2f}, "
            f"and that single networks scatter by {found['deviation']:.2f}; if training never "
            f"ended, it would be {found['exact']:.2f}. The mean error at the images that they see "
            f"is {found['seen']:.2f}."
        )

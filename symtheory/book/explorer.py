"""The two-circles explorer as a widget: live in Jupyter, and on a page without a kernel.

The same ES module, ``two_circles.mjs``, computes and draws in both. Python reads and sets its
traits, has the same numbers, and adds a picture with words for print and for pages without scripts.
"""

from __future__ import annotations

import json
import math
from functools import partial
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets
from jaxtyping import Float
from scipy.special import ive

from symtheory.book import explorer_picture

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"

_HERE = Path(__file__).parent
# Beyond 4N + 80 a harmonic of exp(-L²d²) on the unit circle is below 1e-40, for L up to 3.
_MORE_HARMONICS = 80


class _Ranged(traitlets.TraitType):
    """A number between two bounds, whole if the bounds are."""

    def __init__(self, default: float, low: float, high: float, meaning: str) -> None:
        super().__init__(default_value=default)
        self.low, self.high, self.meaning = low, high, meaning
        self.tag(sync=True)

    def validate(self, obj: traitlets.HasTraits | None, value: Any) -> int | float:
        """The value as an int or a float; called by traitlets at each assignment.

        Raises:
            ValueError: If it is no number of the kind, or out of range.
        """
        whole = isinstance(self.low, int)
        fits = isinstance(value, Integral if whole else Real) and not isinstance(value, bool)
        if not (fits and self.low <= value <= self.high):
            raise ValueError(
                f"Expected {self.name}, {self.meaning}, as {'an integer' if whole else 'a number'} "
                f"from {self.low:g} to {self.high:g}. Got {value!r}. "
                f"Try {self.name}={self.default_value:g}."
            )
        return int(value) if whole else float(value)


class _Choice(traitlets.TraitType):
    """One of a few strings."""

    def __init__(self, default: str, choices: tuple[str, ...], meaning: str) -> None:
        super().__init__(default_value=default)
        self.choices, self.meaning = choices, meaning
        self.tag(sync=True)

    def validate(self, obj: traitlets.HasTraits | None, value: object) -> str:
        """The value itself; called by traitlets at each assignment.

        Raises:
            ValueError: If it is none of the choices.
        """
        if value not in self.choices:
            choices = ", ".join(map(repr, self.choices))
            raise ValueError(
                f"Expected {self.name}, {self.meaning}, as one of {choices}. Got {value!r}. "
                f"Try {self.name}={self.choices[-1]!r}."
            )
        return str(value)


class TwoCirclesExplorer(anywidget.AnyWidget):
    """Two circles of points, one class each: is a kernel machine right at the one point it lacks?

    Attributes:
        n: N, points on each circle, from 4 to 48.
        separation: Δ, distance between the circles in radii, from 0 to 3.
        inverse_length: L of the kernel exp(-L²d²), from 0.3 to 3.
        ridge: Absolute, added to the diagonal of the kernel matrix, from 1e-10 to 1.
        playing: Name of the trait that moves to and fro by itself (``"n"``, ``"separation"`` or
            ``"inverse_length"``), or empty. Readers who ask their system for less motion get none
            until they press play. Python hears of the values when the motion is paused.

    Raises:
        ValueError: If a trait is set to a value out of its range.

    Examples:
        >>> explorer = TwoCirclesExplorer(n=6, separation=1.0)
        >>> explorer.spectral_error < 1
        True
        >>> explorer.separation = 0.0
        >>> explorer.spectral_error < 1
        False
    """

    _esm = _HERE / "two_circles.mjs"
    _css = _HERE / "two_circles.css"

    n = _Ranged(6, 4, 48, "the points on each circle")
    separation = _Ranged(1.0, 0.0, 3.0, "the distance between the circles")
    inverse_length = _Ranged(1.0, 0.3, 3.0, "the parameter L of exp(-L²d²)")
    ridge = _Ranged(1e-5, 1e-10, 1.0, "the absolute ridge")
    playing = _Choice("", ("", "n", "inverse_length", "separation"), "the trait that moves")

    @property
    def eigenvalues(self) -> Float[np.ndarray, " frequencies"]:
        """λ_0, …, λ_{2N-1} of the interleaved kernel matrix; see `circle_eigenvalues`."""
        return circle_eigenvalues(self.n, self.separation, self.inverse_length, self.ridge)

    @property
    def last_eigenvalue(self) -> float:
        """λ_N, at the frequency of the labels; the signal. The picture shows its inverse."""
        return float(self.eigenvalues[self.n])

    @property
    def mean_inverse(self) -> float:
        """⟨λ⁻¹⟩, one over the noise."""
        return float(np.mean(1 / self.eigenvalues))

    @property
    def spectral_error(self) -> float:
        """ε_s = λ_N⁻¹ / ⟨λ⁻¹⟩, the error at the missing point; above 1 the prediction is wrong."""
        return 1 / (self.last_eigenvalue * self.mean_inverse)

    @property
    def alt(self) -> str:
        """What the explorer shows at its present settings, in words."""
        error = self.spectral_error
        side = "below 1: the missing point is put on its own circle, rightly"
        if error >= 1:
            side = "above 1: the missing point is put on the other circle, wrongly"
        return (
            f"Two circles of {self.n} points each, {self.separation:g} radii apart, and the kernel "
            f"exp(-L²d²) with L = {self.inverse_length:g}. At the frequency of the labels 1/λ is "
            f"{1 / self.last_eigenvalue:.3g}; its mean over all frequencies is "
            f"{self.mean_inverse:.3g}. The spectral error is {error:.3g}, {side}."
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The widget, and the same as a picture for a page (HTML) and print (PNG), and in words."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        picture = explorer_picture.draw(self)
        view = json.dumps(data[WIDGET_VIEW])
        html = (
            f'<div class="st-explorer"><script type="{WIDGET_VIEW}">{view}</script>'
            f"<div data-widget-picture>{picture.html}</div></div>"
        )
        return {
            **data,
            "text/html": html,
            "image/png": picture.png,
            "text/plain": self.alt,
        }, metadata


def circle_eigenvalues(
    n: int, separation: float, inverse_length: float, ridge: float
) -> Float[np.ndarray, " frequencies"]:
    r"""Eigenvalues of the kernel matrix of two interleaved unit circles, to the last digit.

    `symtheory.spectral.spectrum` takes the Fourier transform of the kernel's values. Eigenvalues
    near the ridge are small differences of these and keep an absolute error of about 2N·10⁻¹⁶: ten
    digits of 10⁻⁵, or nine. For this one kernel all digits can be had. On a circle the Gaussian is
    a sum of harmonics with positive weights,

    .. math:: e^{-x (1 - \cos θ)} = \sum_{m ∈ ℤ} e^{-x} I_m(x) \cos mθ, \qquad x = 2L^2,

    harmonic m falls on frequency m modulo 2N, and the factor exp(-L²Δ²) at every other point moves
    a share (1 - exp(-L²Δ²))/2 of each frequency by N. Nothing is subtracted.

    Args:
        n: N, points on each circle.
        separation: Δ, distance between the circles.
        inverse_length: L of exp(-L²d²), up to 3.
        ridge: Absolute.

    Returns:
        λ_0, …, λ_{2N-1}, ridge included.

    Source: the Jacobi-Anger expansion (DLMF 10.35.2).
    """
    size = 2 * n
    harmonic = np.arange(4 * n + _MORE_HARMONICS)
    weight = ive(harmonic, 2 * inverse_length**2)
    fold = partial(np.bincount, minlength=size)
    own = fold(harmonic % size, weight) + fold(-harmonic[1:] % size, weight[1:])
    share = -math.expm1(-((inverse_length * separation) ** 2)) / 2
    return size * ((1 - share) * own + share * np.roll(own, -n)) + ridge

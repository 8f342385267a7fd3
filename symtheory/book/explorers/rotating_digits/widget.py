"""The explorer of rotating digits as a widget: live in Jupyter, and on a page without a kernel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from symtheory.book.explorers.base import (
    Choice,
    Explorer,
    Ranged,
    StillPicture,
    bundle,
    styles,
)
from symtheory.book.explorers.rotating_digits.picture import draw
from symtheory.book.explorers.rotating_digits.state import RotatingDigits
from symtheory.datasets import Dataset

__all__ = ["RotatingDigitsExplorer"]

_HERE = Path(__file__).parent
_SIDE = 28
_MOST = 12
_SHADES = 4080  # a multiple of 255: images of one byte a pixel lose nothing
_NUMERALS = 3  # of a pixel, to base 16
_ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth"),
    *("seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"),
)


class RotatingDigitsExplorer(Explorer):
    """A digit seen at every angle and another that lacks one: what does a wide network say?

    Attributes:
        pixels: Up to a dozen images of 28×28 pixels, three hexadecimal numerals each.
        names: What each of them shows, as a list of strings.
        seen: Place of the digit that is seen in all poses, labeled +1.
        missing: Place of the digit that is not seen upright, labeled -1.
        n: N, rotations of each digit, from 2 to 16.
        depth: Hidden layers, from 1 to 6.
        playing: ``"n"`` while N moves by itself, once to both its ends and back to where it was, or
            empty. Readers who ask their system for less motion get none until they press play.

    Raises:
        ValueError: If a trait is set to a value out of its range.

    Examples:
        >>> from symtheory.datasets import load_digits
        >>> explorer = RotatingDigitsExplorer.of_dataset(
        ...     load_digits(), seen=(4, 17), missing=(7, 27)
        ... )
        >>> explorer.names[explorer.seen], explorer.names[explorer.missing]
        ('4', '7')
    """

    _esm = bundle(_HERE / "widget.mjs")
    _css = styles(_HERE)

    pixels = traitlets.Unicode().tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    seen = Ranged(0, 0, _MOST - 1, "the place of the digit seen in all poses")
    missing = Ranged(1, 0, _MOST - 1, "the place of the digit that lacks a pose")
    n = Ranged(8, 2, 16, "the rotations of each digit")
    depth = Ranged(1, 1, 6, "the hidden layers")
    playing = Choice("", ("", "n"), "the trait that moves")

    @classmethod
    def of_dataset(
        cls, dataset: Dataset, *, seen: tuple[int, int], missing: tuple[int, int], **settings: Any
    ) -> RotatingDigitsExplorer:
        """Two digits, and the first of each class to choose from, in the order of classes.

        Args:
            dataset: Images of 28×28 pixels with values from 0 to 1.
            seen: Class, and place among the images of that class, of the digit seen in all poses.
            missing: The same for the digit that lacks a pose.
            **settings: Values of other traits.
        """
        firsts = {(int(label), 0) for label in np.unique(dataset.labels)}
        places = sorted({seen, missing, *firsts})
        images = [dataset.images[dataset.labels == label][place] for label, place in places]
        return cls.of_images(
            images,
            [str(label) for label, _ in places],
            seen=places.index(seen),
            missing=places.index(missing),
            **settings,
        )

    @classmethod
    def of_images(
        cls, images: ArrayLike, names: list[str], **settings: Any
    ) -> RotatingDigitsExplorer:
        """Digits of one's own.

        Args:
            images: Shape (m, 28, 28), from 0 to 1, kept in 4,080 steps; m from 2 to 12.
            names: What each shows.
            **settings: Values of other traits.

        Raises:
            ValueError: If shapes or values are others.
        """
        values = np.asarray(images, dtype=np.float64)
        shape = (len(names), _SIDE, _SIDE)
        fits = values.shape == shape and 2 <= len(names) <= _MOST
        if not (fits and values.min() >= 0 and values.max() <= 1):
            raise ValueError(
                f"Expected 2 to {_MOST} images of {_SIDE}×{_SIDE} pixels from 0 to 1, and as many "
                f"names. Got shape {values.shape} and {len(names)} names. "
                "Try RotatingDigitsExplorer.of_dataset."
            )
        steps = np.round(values.ravel() * _SHADES).astype(int)
        return cls(
            pixels="".join(f"{step:0{_NUMERALS}x}" for step in steps), names=names, **settings
        )

    @property
    def images(self) -> np.ndarray:
        """All images to choose from, of shape (m, 28, 28)."""
        starts = range(0, len(self.pixels), _NUMERALS)
        steps = np.array([int(self.pixels[at : at + _NUMERALS], 16) for at in starts])
        return steps.reshape(-1, _SIDE, _SIDE) / _SHADES

    @property
    def state(self) -> RotatingDigits:
        """The present settings and their numbers."""
        pair = [self.seen, self.missing]
        first, second = (self.names[place] for place in pair)
        if first == second:
            first, second = (_told_apart(self.names)[place] for place in pair)
        return RotatingDigits(self.images[pair], (first, second), self.n, self.depth)

    def picture(self) -> StillPicture:
        """What the explorer shows at its present settings, as a picture."""
        return draw(self.state)


def _told_apart(names: list[str]) -> list[str]:
    """Names of images that are of one class with others: "second 4"."""
    return [f"{_ORDINALS[names[:place].count(name)]} {name}" for place, name in enumerate(names)]

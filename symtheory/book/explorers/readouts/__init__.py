"""Convolutional networks: with which readout, and for which transforms, do orbits collapse?"""

from symtheory.book.explorers.readouts.state import Readouts
from symtheory.book.explorers.readouts.widget import ReadoutsExplorer

__all__ = ["Readouts", "ReadoutsExplorer"]

"""Explorers: widgets that compute in the page, each in a folder with state, picture and widget."""

from symtheory.book.explorers.border import BorderExplorer
from symtheory.book.explorers.groups import GroupsExplorer
from symtheory.book.explorers.phase_diagram import PhaseDiagramExplorer
from symtheory.book.explorers.readouts import ReadoutsExplorer
from symtheory.book.explorers.reordering import ReorderingExplorer
from symtheory.book.explorers.rotating_digits import RotatingDigitsExplorer
from symtheory.book.explorers.training_replay import TrainingReplayExplorer
from symtheory.book.explorers.two_circles import TwoCirclesExplorer

__all__ = [
    "BorderExplorer",
    "GroupsExplorer",
    "PhaseDiagramExplorer",
    "ReadoutsExplorer",
    "ReorderingExplorer",
    "RotatingDigitsExplorer",
    "TrainingReplayExplorer",
    "TwoCirclesExplorer",
]

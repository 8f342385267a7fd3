"""The labels in turn, and by orbit: one error, read off two spectra."""

from symtheory.book.explorers.reordering.state import Reordering
from symtheory.book.explorers.reordering.widget import ReorderingExplorer

__all__ = ["Reordering", "ReorderingExplorer"]

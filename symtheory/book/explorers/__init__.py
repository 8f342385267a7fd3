"""Explorers: widgets that compute in the page, each in a folder with state, picture and widget."""

from symtheory.book.explorers.two_circles import TwoCirclesExplorer

__all__ = ["TwoCirclesExplorer"]

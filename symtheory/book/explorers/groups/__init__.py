"""Finite groups: a kernel in the basis of irreps, and what it says of poses that are missing."""

from symtheory.book.explorers.groups.state import GROUPS, GroupState
from symtheory.book.explorers.groups.widget import GroupsExplorer

__all__ = ["GROUPS", "GroupState", "GroupsExplorer"]

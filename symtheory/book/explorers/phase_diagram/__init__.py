"""The plane of signal and noise: pairs of digits on both sides of the line where they are equal."""

from symtheory.book.explorers.phase_diagram.state import PhaseDiagram
from symtheory.book.explorers.phase_diagram.widget import PhaseDiagramExplorer

__all__ = ["PhaseDiagram", "PhaseDiagramExplorer"]

"""Two circles, one class each: is a kernel machine right at the one point that it lacks?"""

from symtheory.book.explorers.two_circles.state import TwoCircles, circle_eigenvalues
from symtheory.book.explorers.two_circles.widget import TwoCirclesExplorer

__all__ = ["TwoCircles", "TwoCirclesExplorer", "circle_eigenvalues"]

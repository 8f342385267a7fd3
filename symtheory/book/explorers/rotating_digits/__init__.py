"""Two digits that turn, one pose of the second unseen: what does a wide network say about it?"""

from symtheory.book.explorers.rotating_digits.state import RotatingDigits
from symtheory.book.explorers.rotating_digits.widget import RotatingDigitsExplorer

__all__ = ["RotatingDigits", "RotatingDigitsExplorer"]

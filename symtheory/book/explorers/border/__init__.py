"""The plane of density and separation: where is the border between right and wrong?"""

from symtheory.book.explorers.border.state import Border
from symtheory.book.explorers.border.widget import BorderExplorer

__all__ = ["Border", "BorderExplorer"]

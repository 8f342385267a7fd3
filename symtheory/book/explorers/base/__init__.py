"""What every explorer is made of: settings with bounds, one ES module, a picture and words."""

from symtheory.book.explorers.base.module import bundle, styles
from symtheory.book.explorers.base.picture import still
from symtheory.book.explorers.base.traits import Choice, Ranged
from symtheory.book.explorers.base.widget import WIDGET_VIEW, Explorer, State, StillPicture

__all__ = [
    "WIDGET_VIEW",
    "Choice",
    "Explorer",
    "Ranged",
    "State",
    "StillPicture",
    "bundle",
    "still",
    "styles",
]

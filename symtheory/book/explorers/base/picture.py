"""A figure in the two forms in which it stands in for an explorer."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable

import matplotlib as mpl
from matplotlib.figure import Figure

from symtheory.book import figures
from symtheory.book.explorers.base.widget import StillPicture

__all__ = ["still"]

_PNG_DPI = 200


def still(
    make: Callable[[], Figure],
    *,
    alt: str,
    dataset: str = "",
    provenance: figures.Provenance | None = None,
) -> StillPicture:
    """The figure that `make` draws in the book's style, for a page and for print.

    Args:
        make: Draws the figure.
        alt: What it shows, in words.
        dataset: What its numbers come from, where they are computed live,
        provenance: or the whole of it, as of a record.
    """
    source = provenance or figures.Provenance(dataset=dataset)
    with mpl.rc_context():
        figures.use_style()
        figure = make()
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=_PNG_DPI, metadata={"Software": None})
        page = figures.render(figure, alt=alt, provenance=source)
    return StillPicture(html=page.html, png=base64.b64encode(buffer.getvalue()).decode("ascii"))

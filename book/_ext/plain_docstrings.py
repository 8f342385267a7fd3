"""Show docstrings as they are written: in plain text, where |G| is an order and * a product.

reStructuredText would read the bars as a substitution and the star as emphasis. They are escaped,
and names in single backquotes become code, before napoleon makes sections of the rest.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_CODE_OR_MARKUP = re.compile(r"``[^`]*``|`(?P<name>[^`]*)`|[|*]")
BEFORE_NAPOLEON = 400


def escape(line: str) -> str:
    r"""One line of a docstring, safe in reStructuredText.

    >>> escape("Of shape (m|G|, *item), see `orbit` and ``a|b``.")
    'Of shape (m\\|G\\|, \\*item), see ``orbit`` and ``a|b``.'
    """

    def replace(match: re.Match[str]) -> str:
        if match["name"]:
            return f"``{match['name']}``"
        return match[0] if match[0].startswith("``") else "\\" + match[0]

    return _CODE_OR_MARKUP.sub(replace, line)


def process(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Escape all lines in place."""
    lines[:] = [escape(line) for line in lines]


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to autodoc."""
    app.connect("autodoc-process-docstring", process, priority=BEFORE_NAPOLEON)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

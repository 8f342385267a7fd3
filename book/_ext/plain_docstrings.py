"""Show docstrings as they are written: in plain text, where |G| is an order and * a product.

reStructuredText would read the bars as a substitution and the star as emphasis. They are escaped,
and names in single backquotes become code, before napoleon makes sections of the rest. It would
make a type of what stands before a colon in `Returns`: colons are put back after it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_CODE_OR_MARKUP = re.compile(r"``[^`]*``|`(?P<name>[^`]*)`|[|*]")
BEFORE_NAPOLEON = 400
AFTER_NAPOLEON = 600
RETURNS = "Returns:"
COLON = "\ue000"  # for private use, so in no docstring


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


def hide_colons(lines: list[str]) -> list[str]:
    """The lines of a docstring, without the colons of the section on what is returned.

    >>> hide_colons(["Returns:", "    Shape (m, n): a row each.", "Raises:", "    ValueError: no."])
    ['Returns:', '    Shape (m, n)\ue000 a row each.', 'Raises:', '    ValueError: no.']
    """
    hidden, inside = [], False
    for line in lines:
        if line and not line.startswith(" "):
            inside = line == RETURNS
            hidden.append(line)
        else:
            hidden.append(line.replace(": ", f"{COLON} ") if inside else line)
    return hidden


def escape_words(lines: list[str]) -> list[str]:
    r"""The lines of a docstring, escaped but for examples, which are code.

    >>> escape_words(["|G|:", ">>> 2 * 3", "6", "", "a * b"])
    ['\\\\|G\\\\|:', '>>> 2 * 3', '6', '', 'a \\\\* b']
    """
    escaped, example = [], False
    for line in lines:
        example = bool(line.strip()) and (example or line.lstrip().startswith(">>> "))
        escaped.append(line if example else escape(line))
    return escaped


def process(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Escape words, and hide colons, in place."""
    lines[:] = hide_colons(escape_words(lines))


def restore(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Put colons back in place."""
    lines[:] = [line.replace(COLON, ":") for line in lines]


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to autodoc."""
    app.connect("autodoc-process-docstring", process, priority=BEFORE_NAPOLEON)
    app.connect("autodoc-process-docstring", restore, priority=AFTER_NAPOLEON)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

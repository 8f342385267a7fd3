"""One ES module of several, and one style of two: what travels to a page is self-contained.

A page imports the text of a widget's module, not a file, so that its imports would lead nowhere. In
the source each idea has a module of its own, which node can import and test.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

__all__ = ["bundle", "styles"]

_BASE = Path(__file__).parent
_IMPORT = re.compile(r'^import \{\s*\w+(?:,\s*\w+)*,?\s*\} from "(\.[^"]+)";\n', re.MULTILINE)
_OTHER_IMPORT = re.compile(r"^\s*(?:import\b|export\b.*\bfrom\b).*|\bimport\(.*", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:const|function|class) )", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*/\*.*?\*/\n|^[ \t]*//[^\n]*\n", re.MULTILINE | re.DOTALL)
_FUNCTION = re.compile(r"^function (\w+)\(.*?^}\n", re.MULTILINE | re.DOTALL)
_CONSTANT = re.compile(r"^const (\w+) = .*;\n", re.MULTILINE)
_INDENT = re.compile(r"^[ \t]+|\n(?=\n)", re.MULTILINE)
_COMMENT_OF_STYLE = re.compile(r"^[ \t]*/\*.*?\*/\n", re.MULTILINE | re.DOTALL)


def bundle(module: Path) -> str:
    """The module and, before it, each module that it imports, as one without imports.

    All of them share one scope, so that no two may give one name to different things. Comments
    that stand on lines of their own are left out, and so are indentation and what nobody uses.

    Args:
        module: Path of an ES module that imports by ``import { name, … } from "./file.mjs";``.

    Raises:
        ValueError: If there is an import of another form, or a template literal of several lines.
    """
    text = "".join(_parts(module.resolve(), set()))
    while (used := _without_unused(text)) != text:
        text = used
    if long := next((line for line in text.splitlines() if line.count("`") % 2), None):
        raise ValueError(
            "Expected template literals of one line, since lines lose their indentation. "
            f"Got {long.strip()!r}. Try joining several."
        )
    return _INDENT.sub("", text)


def _without_unused(text: str) -> str:
    """The module without functions, and constants of one line, that are named only once."""
    words = Counter(re.findall(r"\w+", text))
    for definition in (_FUNCTION, _CONSTANT):
        text = definition.sub(lambda found: found[0] if words[found[1]] > 1 else "", text)
    return text


def _parts(module: Path, seen: set[Path]) -> list[str]:
    """The module's text after those of the modules that it needs, each once."""
    if module in seen:
        return []
    seen.add(module)
    text = _COMMENT.sub("", module.read_text(encoding="utf-8"))
    needed = [module.parent / name for name in _IMPORT.findall(text)]
    own = _EXPORT.sub("", _IMPORT.sub("", text))
    if other := _OTHER_IMPORT.search(own):
        raise ValueError(
            'Expected imports of the form import { name } from "./file.mjs"; in '
            f"{module.name}. Got {other[0].strip()!r}. Try importing single names from a file."
        )
    return [part for path in needed for part in _parts(path.resolve(), seen)] + [own]


def styles(folder: Path) -> str:
    """The style that all explorers share, and after it that of the explorer in `folder`."""
    files = (_BASE / "explorer.css", folder / "widget.css")
    text = "".join(_COMMENT_OF_STYLE.sub("", path.read_text(encoding="utf-8")) for path in files)
    return _INDENT.sub("", text)

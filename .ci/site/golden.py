"""Answer for the explorers' numbers: settings on standard input, numbers on standard output.

The numbers are those of the explorer's Python side, which the tests hold against the package, and
against arithmetic of many digits.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

import jax

from symtheory.book import explorers
from symtheory.book.explorers.base import Explorer

KINDS = {
    kind.folder: kind
    for kind in vars(explorers).values()
    if isinstance(kind, type) and issubclass(kind, Explorer)
}


def expected(states: list[dict[str, Any]]) -> Iterator[dict[str, float]]:
    """The numbers of each state: an explorer's folder and the values of its traits."""
    found: dict[str, dict[str, float]] = {}
    for state in states:
        kind = KINDS[state["explorer"]]
        own = kind.class_own_traits(sync=True)
        settings = {name: value for name, value in state["settings"].items() if name in own}
        settings.pop("playing", None)
        key = json.dumps([state["explorer"], settings], sort_keys=True)
        if key not in found:
            found[key] = kind(**settings).numbers
        yield found[key]


if __name__ == "__main__":
    jax.config.update("jax_enable_x64", True)
    json.dump(list(expected(json.load(sys.stdin))), sys.stdout)

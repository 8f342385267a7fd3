"""The command line: `symtheory reproduce …` and `symtheory data …`.

Nothing is imported before Ctrl-C is expected, and what only one command needs is imported inside
it, so that help and errors do not wait for it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
    from symtheory.cli import interrupts

    with interrupts.ended_at_once():
        from symtheory.cli.streams import make_usable

        make_usable()
        from symtheory.cli.app import run

        code = run(arguments)
    sys.exit(code)

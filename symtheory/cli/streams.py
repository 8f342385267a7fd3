"""Output that always has somewhere to go: closed streams, and terminals of few characters."""

from __future__ import annotations

import codecs
import os
import sys
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import click

__all__ = ["make_usable", "warnings_as_lines"]


def make_usable() -> None:
    """Open what is closed, into nothing, and write what a terminal cannot show as it can.

    Libraries write to the numbers 1 and 2 as well as to `sys.stdout` and `sys.stderr`: if one is
    closed, the next file that is opened takes its number, and what was meant for a terminal would
    be written into it.
    """
    for number, name in ((1, "stdout"), (2, "stderr")):
        if getattr(sys, name) is None:
            nothing = os.open(os.devnull, os.O_WRONLY)
            if nothing != number:
                os.dup2(nothing, number)
                os.close(nothing)
            setattr(sys, name, open(number, "w", encoding="utf-8", closefd=False))  # noqa: SIM115
    codecs.register_error("symtheory.plain", _plain)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a test's or a notebook's own stream may not
            stream.reconfigure(errors="symtheory.plain")


@contextmanager
def warnings_as_lines() -> Iterator[None]:
    """Write warnings as sentences, without the place in the code that gave them."""

    def write(message: Warning | str, *_: object, **__: object) -> None:
        click.echo(f"symtheory: {message}", err=True)

    with warnings.catch_warnings():
        warnings.showwarning = write
        yield


def _plain(error: UnicodeError) -> tuple[str, int]:
    """The nearest ASCII of characters that cannot be encoded: "..." of "…", and "?" of others."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = unicodedata.normalize("NFKD", error.object[error.start : error.end])
    return text.encode("ascii", "replace").decode(), error.end

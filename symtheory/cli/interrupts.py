"""Ctrl-C: at once while nothing is at stake, and as an exception while there is work to keep.

While modules are imported it must not be an exception, which NumPy and JAX turn into errors of
their own.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["INTERRUPTED", "ended_at_once", "raised"]

INTERRUPTED = 130  # what shells give to a program that Ctrl-C ended


def ended_at_once() -> Any:
    """A context in which Ctrl-C ends the program with one line."""
    return _handled_by(_end)


def raised() -> Any:
    """A context in which Ctrl-C raises KeyboardInterrupt, as usual."""
    return _handled_by(signal.default_int_handler)


def _end(*_: object) -> None:
    os.write(2, b"symtheory: Interrupted.\n")
    os._exit(INTERRUPTED)


@contextmanager
def _handled_by(handler: Callable[..., Any]) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():  # which alone hears signals
        yield
        return
    before = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)

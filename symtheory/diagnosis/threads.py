"""How many threads solve small systems: one."""

from __future__ import annotations

from threadpoolctl import threadpool_limits

__all__ = ["one_thread"]


def one_thread() -> threadpool_limits:
    """One thread of BLAS, within a ``with``.

    On small matrices several mostly wait for one another, on a busy machine for twenty times as
    long as they work.
    """
    return threadpool_limits(1, user_api="blas")

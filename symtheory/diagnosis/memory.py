"""How much memory a diagnosis takes, stated before it is taken."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["GIB", "check_memory", "free_memory", "needed_memory"]

GIB = 2**30
# Arrays of the size of the Gram matrix that live at one time, as measured with the MLP kernel: what
# the kernel makes on its way, the matrix, and what averages it over the group.
_WITH_KERNEL = 14
_WITH_REGRESSION = 9
_FACTORS = 8  # of the size of first rows, |G| times smaller: blocks, their inverses, and a copy


def needed_memory(
    seeds: int, order: int, *, kernel: bool = True, regression: bool = False, outputs: int = 1
) -> int:
    """About how many bytes a diagnosis takes at most.

    Args:
        seeds: How many there are, m.
        order: |G|.
        kernel: Whether the Gram matrix has yet to be computed.
        regression: Whether exact regression is run, which factorizes it.
        outputs: How many have rows of their own in it.
    """
    seeds *= outputs
    points = seeds * order
    arrays = max(_WITH_KERNEL if kernel else 2, _WITH_REGRESSION if regression else 2)
    return 8 * (arrays * points**2 + _FACTORS * seeds * points)


def check_memory(
    seeds: int, order: int, *, kernel: bool, regression: bool, outputs: int = 1
) -> None:
    """Refuse what does not fit.

    Raises:
        ValueError: If it takes more than is free.
    """
    needed = needed_memory(seeds, order, kernel=kernel, regression=regression, outputs=outputs)
    free = free_memory()
    if free is None or needed <= free:
        return
    without = needed_memory(seeds, order, kernel=kernel, regression=False, outputs=outputs)
    fewer = int(seeds * (free / needed) ** 0.5)
    ways = "regression_up_to=0, without exact regression, or " if without <= free else ""
    if outputs > 1:
        ways += 'outputs="trace", '
    each = f", with {outputs} outputs each" if outputs > 1 else ""
    raise ValueError(
        f"Expected a diagnosis that fits into memory, {free / GIB:.1f} GiB of which are free. Got "
        f"{seeds} seeds in {order} poses, {seeds * order} items{each}, which take about "
        f"{needed / GIB:.1f} GiB. Try {ways}{fewer} seeds or fewer, or fewer poses."
    )


def free_memory() -> int | None:
    """The bytes that this process may still take; None where the system does not say.

    On Linux what is available, within the bound of a container.
    """
    found = []
    try:
        lines = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
        found.append(int(lines["MemAvailable"].split()[0]) * 1024)
    except (OSError, KeyError, ValueError):
        names = getattr(os, "sysconf_names", {})
        if "SC_PHYS_PAGES" in names and "SC_PAGE_SIZE" in names:
            found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    try:
        bound, used = (
            int(Path(f"/sys/fs/cgroup/memory.{name}").read_text()) for name in ("max", "current")
        )
        found.append(max(bound - used, 0))
    except (OSError, ValueError):  # no container, or no bound: "max"
        pass
    return min(found, default=None)

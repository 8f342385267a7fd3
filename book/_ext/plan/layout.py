"""Where the boxes of a picture in rows stand, and where the lines between them pass.

A line that leads past a row has a lane of its own there, beside the boxes: in every row boxes and
lanes are put into an order in which few lines cross, and then moved to where lines are straight
(Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system structures",
1981).
"""

from __future__ import annotations

from itertools import accumulate, combinations, pairwise
from statistics import mean

import numpy as np
from scipy.optimize import isotonic_regression

Stop = str | tuple[str, int]
"""A box by its name, or the lane of the lines from a box through a row."""

LANE, SPACE = 6, 8
SWEEPS = 24


def ways(rows: list[list[str]], pairs: list[tuple[str, str]]) -> list[list[Stop]]:
    """For each pair of boxes the stops of its line; lines from one box share their lanes."""
    row_of = {name: number for number, row in enumerate(rows) for name in row}
    return [
        [first, *((first, row) for row in range(row_of[first] + 1, row_of[second])), second]
        for first, second in pairs
    ]


def arrange(
    rows: list[list[str]], lines: list[list[Stop]], width: float
) -> tuple[dict[Stop, float], float]:
    """The middles of all stops from one side to the other, and how wide a box is.

    Args:
        rows: Names of boxes, from above.
        lines: As `ways` gives them.
        width: Of the picture.
    """
    stops: list[list[Stop]] = [list(row) for row in rows]
    for line in lines:
        for stop in line[1:-1]:
            assert isinstance(stop, tuple)
            if stop not in stops[stop[1]]:
                stops[stop[1]].append(stop)
    steps = list(dict.fromkeys(step for line in lines for step in pairwise(line)))
    box = min(
        (width - LANE * (len(row) - len(names)) - SPACE * len(row)) / len(names)
        for row, names in zip(stops, rows, strict=True)
    )
    return straighten(untangle(stops, steps), steps, box, width), box


def untangle(rows: list[list[Stop]], steps: list[tuple[Stop, Stop]]) -> list[list[Stop]]:
    """The rows in the order with the fewest crossings among those that sweeps come by.

    A sweep, down or up again, sorts each row by the mean place of its neighbors in the row before.
    """
    orders = [rows]
    for sweep in range(SWEEPS):
        rows = [list(row) for row in rows]
        down = sweep % 2 == 0
        place = {stop: share for row in rows for stop, share in spread(row)}
        for row in rows if down else rows[::-1]:
            ends = [(second, first) if down else (first, second) for first, second in steps]
            near = {stop: [place[other] for one, other in ends if one == stop] for stop in row}
            row.sort(key=lambda stop: mean(near[stop]) if near[stop] else place[stop])
            place.update(spread(row))
        orders.append(rows)
    return min(orders, key=lambda rows: crossings(rows, steps))


def spread(row: list[Stop]) -> list[tuple[Stop, float]]:
    """Each stop and how far along the row it is, from 0 to 1."""
    return [(stop, (place + 0.5) / len(row)) for place, stop in enumerate(row)]


def crossings(rows: list[list[Stop]], steps: list[tuple[Stop, Stop]]) -> int:
    """How many pairs of lines cross between two rows."""
    place = {stop: (number, at) for number, row in enumerate(rows) for at, stop in enumerate(row)}
    ends = [(*place[first], place[second][1]) for first, second in steps]
    return sum(
        one[0] == two[0] and (one[1] - two[1]) * (one[2] - two[2]) < 0
        for one, two in combinations(ends, 2)
    )


def straighten(
    rows: list[list[Stop]], steps: list[tuple[Stop, Stop]], box: float, width: float
) -> dict[Stop, float]:
    """Middles that are near the means of their neighbors', in order and without touching."""
    middle = {stop: width * share for row in rows for stop, share in spread(row)}
    near: dict[Stop, list[Stop]] = {stop: [] for stop in middle}
    for first, second in steps:
        near[first].append(second)
        near[second].append(first)
    for sweep in range(SWEEPS):
        for row in rows if sweep % 2 else rows[::-1]:
            wide = [box if isinstance(stop, str) else LANE for stop in row]
            apart = [(one + two) / 2 + SPACE for one, two in pairwise(wide)]
            least = np.array([*accumulate(apart, initial=(wide[0] + SPACE) / 2)])
            most = width - (wide[-1] + SPACE) / 2 - least[-1]
            wanted = [mean(middle[one] for one in near[s] or [s]) for s in row]
            free = isotonic_regression(np.array(wanted) - least).x
            middle.update(zip(row, map(float, least + np.clip(free, 0, most)), strict=True))
    return middle

"""Do other libraries find the same characters as `symtheory`, and how long does each take?

Every library starts from the same generating permutations (escnn from its own names of the groups),
cold (a new group each time), in a process of its own, after one small group to warm up; imports are
not counted, and the fastest of --repeats is printed. The character tables must agree up to the
order of rows and columns. What is not installed is skipped:

    python benchmarks/groups.py [--python PATH]

Times are for the matrices of all irreps and the character table (symtheory), the table without and
with the matrices (NetKet), the exact table (GAP), the real irreps and their characters (escnn), the
conjugacy classes (SymPy), and the linear maps of functions on the points that commute with the
group (emlp, which compiles them).

The libraries ask for different versions of the same packages, so that they may live in another
environment than `symtheory`: --python is its interpreter. GAP is the program ``gap`` on the PATH.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from groups_others import LIBRARIES, Generators, closure
from measuring import REPEATS, Comparison, Comparisons, Skipped

from symtheory.groups import permutation_group
from symtheory.representations import character_table, class_sizes, irreps

TOLERANCE = 1e-8
WARM_UP = "D3"


def swap(n: int) -> list[int]:
    """The transposition of the first two of n points."""
    return [1, 0, *range(2, n)]


def turn(n: int) -> list[int]:
    """The n-cycle."""
    return [*range(1, n), 0]


def beside(left: Generators, right: Generators) -> Generators:
    """Generators of the direct product: the right group acts on points of its own."""
    n, m = len(left[0]), len(right[0])
    wide = [[*g, *range(n, n + m)] for g in left]
    return wide + [[*range(n), *(n + i for i in g)] for g in right]


def dihedral(n: int) -> Generators:
    """A turn and a reflection of the n-gon."""
    return [turn(n), [-i % n for i in range(n)]]


def symmetric(n: int) -> Generators:
    """A transposition and an n-cycle."""
    return [swap(n), turn(n)]


ICOSAHEDRAL = [turn(5), [1, 2, 0, 3, 4]]
GROUPS: dict[str, Generators] = {
    WARM_UP: dihedral(3),
    "S4": symmetric(4),
    "A5": ICOSAHEDRAL,
    "S5": symmetric(5),
    "S6": symmetric(6),
    **{f"D{n}": dihedral(n) for n in range(4, 13)},
    # 1, i, j, k, -1, -i, -j, -k, multiplied from the left by i and by j.
    "Q8": [[1, 4, 3, 6, 5, 0, 7, 2], [2, 7, 4, 1, 6, 3, 0, 5]],
    "C4×C6": beside([turn(4)], [turn(6)]),
    "D4×S3": beside(dihedral(4), symmetric(3)),
    "A5×C2": beside(ICOSAHEDRAL, [turn(2)]),
    "C7⋊C3": [turn(7), [2 * i % 7 for i in range(7)]],
}


def ours(generators: Generators) -> dict[str, Any]:
    """What `symtheory` finds, from a new group, for which nothing is cached."""
    start = time.perf_counter()
    group = permutation_group(generators)
    table = character_table(group)
    seconds = time.perf_counter() - start
    fixed = [sum(i == g for i, g in enumerate(element)) for element in closure(generators)]
    multiplicities = [np.vdot(irrep.character, fixed) / group.order for irrep in irreps(group)]
    return {
        "seconds": seconds,
        "order": group.order,
        "class_sizes": class_sizes(group).tolist(),
        "table": table,
        "maps": round(float(np.sum(np.abs(multiplicities) ** 2))),
        "dimensions": [irrep.dimension for irrep in irreps(group)],
    }


def disagreements(mine: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    """The names of what two libraries find and do not agree about."""
    keys = theirs.keys() & {"order", "maps", "class_sizes", "dimensions"}
    ordered = [
        (key, np.sort(theirs[key], axis=None), np.sort(mine[key], axis=None)) for key in keys
    ]
    wrong = sorted(key for key, other, own in ordered if not np.array_equal(other, own))
    if "table" in theirs:
        table = np.array(theirs["table"]) @ [1, 1j]
        if not same_table(mine["table"], mine["class_sizes"], table, theirs["class_sizes"]):
            wrong.append("table")
    return wrong


def same_table(first: np.ndarray, sizes: list[int], second: np.ndarray, others: list[int]) -> bool:
    """Whether two character tables are equal up to the order of irreps and of classes.

    Searches for a matching of the columns; one that cannot be completed is left as soon as the rows
    of the columns matched so far are not the same ones.
    """
    if first.shape != second.shape:
        return False
    values = np.concatenate([first.ravel(), second.ravel()])
    numbers = np.argmax(np.abs(values[:, None] - values) < TOLERANCE, axis=1)
    left, right = (each.reshape(first.shape) for each in np.split(numbers, 2))

    def extends(matched: list[int]) -> bool:
        column = len(matched)
        if Counter(map(tuple, left[:, :column])) != Counter(map(tuple, right[:, matched])):
            return False
        return column == len(sizes) or any(
            extends([*matched, other])
            for other in range(len(others))
            if other not in matched and others[other] == sizes[column]
        )

    return extends([])


def ask(library: str, python: str) -> dict[str, Any]:
    """What another library finds, in a process of its own."""
    script = str(Path(__file__).with_name("groups_others.py"))
    done = subprocess.run(
        [python, "-W", "ignore", script, library],
        input=json.dumps(GROUPS),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def fastest(answers: list[dict[str, dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """The first of several answers for each group, with the shortest of their times."""
    return {
        name: first
        | {key: min(each[name][key] for each in answers) for key in first if "seconds" in key}
        for name, first in answers[0].items()
    }


def powers(dimensions: list[int]) -> str:
    """Dimensions with how often they occur, as in 1×2 2 3×2."""
    counts = sorted(Counter(dimensions).items())
    return " ".join(f"{d}×{often}" if often > 1 else f"{d}" for d, often in counts)


def milliseconds(answer: dict[str, Any], key: str = "seconds") -> str:
    """A time for the table, or a dash where the library does not cover the group."""
    return f"{1e3 * answer[key]:.1f}" if key in answer else "-"


def compare(python: str = sys.executable) -> Comparisons:
    """All groups that another library covers, one after the other."""
    tasks = {
        "netket": "character tables",
        "gap": "character tables",
        "escnn": "irreps and characters",
        "sympy": "orders and classes",
        "emlp": "equivariant maps",
    }
    for library, answered in tasks.items():
        theirs = [ask(library, python)]
        if "missing" in theirs[0]:
            yield Skipped(f"finite groups, {library}", theirs[0]["missing"])
            continue
        names = [name for name in theirs[0]["groups"] if name != WARM_UP]
        mine = [{name: ours(GROUPS[name]) for name in (WARM_UP, *names)} for _ in range(REPEATS)]
        theirs += [ask(library, python) for _ in range(REPEATS - 1)]
        wrong = [n for n in names if disagreements(mine[0][n], theirs[0]["groups"][n])]
        if wrong:
            raise ValueError(f"Expected {library} to find the same. Got other answers on {wrong}.")
        wall = np.array(
            [
                [sum(each[name]["seconds"] for name in names) for each in (own, other["groups"])]
                for own, other in zip(mine, theirs, strict=True)
            ]
        )
        what = f"{answered} of {len(names)} finite groups"
        other = f"{library} {theirs[0]['version']}"
        yield Comparison(
            what, "irreps and character_table", other, wall, np.full_like(wall, np.nan)
        )


def main() -> None:
    """Measure and compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", default=sys.executable, help="has the other libraries")
    parser.add_argument("--repeats", type=int, default=3, help="the fastest of these counts")
    arguments = parser.parse_args()
    python, repeats = arguments.python, range(arguments.repeats)
    mine = fastest([{name: ours(GROUPS[name]) for name in GROUPS} for _ in repeats])
    asked = {library: [ask(library, python) for _ in repeats] for library in LIBRARIES}
    theirs = {
        library: answers[0] | {"groups": fastest([each.get("groups", {}) for each in answers])}
        for library, answers in asked.items()
    }
    wrong = []
    columns = "symtheory", "NetKet", "+irreps", "GAP", "escnn", "SymPy", "emlp"
    print(f"milliseconds; {'group':<7}order classes  dimensions           ", end="")
    print(*(f"{column:>9}" for column in columns))
    for name, answer in mine.items():
        found = {key: each["groups"].get(name, {}) for key, each in theirs.items()}
        wrong += [
            f"{key} on {name}: {', '.join(what)}"
            for key, each in found.items()
            if (what := disagreements(answer, each))
        ]
        if name == WARM_UP:
            continue
        times = [milliseconds(answer), milliseconds(found["netket"])]
        times += [milliseconds(found["netket"], "irreps_seconds")]
        times += [milliseconds(found[key]) for key in ("gap", "escnn", "sympy", "emlp")]
        classes = len(answer["class_sizes"])
        line = f"{name:<7}{answer['order']:>5}{classes:>8}  {powers(answer['dimensions']):<21}"
        print(" " * 13, line, *(f"{each:>9}" for each in times))
    for library, each in theirs.items():
        print(f"{library}: {each.get('version') or 'not installed: ' + each['missing']}")
    if wrong:
        sys.exit("Expected the same from all. Got other answers from " + "; ".join(wrong) + ".")
    print(f"All that were asked agree, tables to {TOLERANCE:g}.")


if __name__ == "__main__":
    main()

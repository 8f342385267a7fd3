"""What other libraries say about finite groups, each in its own words, as JSON.

Run by groups.py, in any Python that has the library (GAP is a program of its own):

    python benchmarks/groups_others.py netket < groups.json

The input maps names to lists of permutations that generate the groups. The output has the version
and, for each group, the seconds and what the library finds: order, class sizes, character table.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from typing import Any
from unittest import mock

import numpy as np

Generators = list[list[int]]
Answer = dict[str, Any]


def closure(generators: Generators) -> list[tuple[int, ...]]:
    """All elements of the group that some permutations generate, in lexicographic order."""
    found = {tuple(range(len(generators[0])))}
    fresh = list(found)
    while fresh:
        products = {tuple(g[i] for i in element) for element in fresh for g in generators}
        fresh = list(products - found)
        found |= products
    return sorted(found)


def netket(groups: dict[str, Generators]) -> Answer:
    """Orders, classes, characters, and (timed apart) the matrices of the irreps."""
    from netket.utils.group import Permutation, PermutationGroup

    answers: dict[str, Answer] = {}
    for name, generators in groups.items():
        start = time.perf_counter()
        elements = [Permutation(permutation_array=np.array(p)) for p in closure(generators)]
        group = PermutationGroup(elements, degree=len(generators[0]))
        table = group.character_table_by_class
        classes = group.conjugacy_classes[0]
        middle = time.perf_counter()
        matrices = group.irrep_matrices()
        answers[name] = {
            "seconds": middle - start,
            "irreps_seconds": time.perf_counter() - start,
            "dimensions": [matrix.shape[-1] for matrix in matrices],
            "order": len(group),
            "class_sizes": classes.sum(axis=1).tolist(),
            "table": as_pairs(table),
        }
    return {"version": version("netket"), "groups": answers}


def sympy(groups: dict[str, Generators]) -> Answer:
    """Orders and classes; SymPy has no characters."""
    from sympy.combinatorics import Permutation, PermutationGroup

    answers: dict[str, Answer] = {}
    for name, generators in groups.items():
        start = time.perf_counter()
        group = PermutationGroup([Permutation(g) for g in generators])
        order, classes = group.order(), group.conjugacy_classes()
        answers[name] = {
            "seconds": time.perf_counter() - start,
            "order": int(order),
            "class_sizes": [len(each) for each in classes],
        }
    return {"version": version("sympy"), "groups": answers}


def emlp(groups: dict[str, Generators]) -> Answer:
    """The number of independent equivariant maps from functions on the points to themselves.

    It solves for the maps, without irreps or characters.
    """
    from emlp.groups import Group
    from emlp.reps import V

    class Permutations(Group):
        def __init__(self, name: str, generators: Generators) -> None:
            self.discrete_generators = np.stack([np.eye(len(g))[g] for g in generators])
            super().__init__(name)  # groups of one name would share cached solutions

    answers: dict[str, Answer] = {}
    for name, generators in groups.items():
        start = time.perf_counter()
        points = V(Permutations(name, generators))
        maps = int((points >> points).equivariant_basis().shape[-1])
        answers[name] = {"seconds": time.perf_counter() - start, "maps": maps}
    return {"version": version("emlp"), "groups": answers}


def escnn(groups: dict[str, Generators]) -> Answer:
    """Orders and real irreps of the groups that it names; classes are where all characters agree.

    Its irreps are real: where one is not absolutely irreducible there is nothing to compare.
    """
    import joblib

    with mock.patch("joblib.Memory", return_value=joblib.Memory(None)):  # no cache on disk
        from escnn import group as library

    octahedral, icosahedral = library.octa_group, library.ico_group
    cyclic, dihedral, product = (
        library.cyclic_group,
        library.dihedral_group,
        library.direct_product,
    )
    named: dict[str, Callable[[], Any]] = {
        "S4": octahedral,
        "A5": icosahedral,
        "D4×S3": lambda: product(dihedral(4), dihedral(3)),
        "A5×C2": lambda: product(icosahedral(), cyclic(2)),
    }
    named |= {f"D{n}": partial(dihedral, n) for n in range(3, 13)}
    answers: dict[str, Answer] = {}
    for name in filter(named.__contains__, groups):
        start = time.perf_counter()
        group = named[name]()
        irreps = group.irreps()
        if any(irrep.type != "R" for irrep in irreps):
            continue
        characters = np.array([[r.character(g) for g in group.elements] for r in irreps])
        columns, sizes = np.unique(characters.round(8), axis=1, return_counts=True)
        answers[name] = {
            "seconds": time.perf_counter() - start,
            "order": group.order(),
            "class_sizes": sizes.tolist(),
            "table": as_pairs(columns),
        }
    return {"version": version("escnn"), "groups": answers}


def gap(groups: dict[str, Generators]) -> Answer:
    """Orders, classes and exact character tables, in coefficients of roots of unity."""
    program = shutil.which("gap")
    if program is None:
        raise ImportError("no program gap on the PATH")
    lines = ['SetPrintFormattingStatus("*stdout*", false);', 'Print(GAPInfo.Version, "\\n");']
    for generators in groups.values():
        images = [[i + 1 for i in g] for g in generators]
        lines += [
            "start := NanosecondsSinceEpoch();",
            f"table := CharacterTable(Group(List({images}, PermList)));",
            "irreps := List(Irr(table), ValuesOfClassFunction);",
            "seconds := NanosecondsSinceEpoch() - start; n := Conductor(Flat(irreps));",
            "Print([seconds, Size(table), SizesConjugacyClasses(table),",
            '  List(irreps, row -> List(row, x -> CoeffsCyc(x, n)))], "\\n");',
        ]
    done = subprocess.run(
        [program, "-q", "-A", "--nointeract", "/dev/stdin"],
        input="\n".join(lines),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    release, *rows = done.stdout.split("\n")
    answers: dict[str, Answer] = {}
    for name, row in zip(groups, filter(None, rows), strict=True):
        nanoseconds, order, sizes, coefficients = json.loads(row)
        exact = np.array(coefficients)  # of the powers of exp(2πi/n)
        n = exact.shape[-1]
        table = exact @ np.exp(2j * np.pi * np.arange(n) / n)
        found = {"order": order, "class_sizes": sizes, "table": as_pairs(table)}
        answers[name] = {"seconds": nanoseconds / 1e9, **found}
    return {"version": release, "groups": answers}


def as_pairs(table: np.ndarray) -> list[list[list[float]]]:
    """Complex numbers as pairs of real ones, for JSON."""
    return np.stack([np.real(table), np.imag(table)], axis=-1).tolist()


LIBRARIES = {"netket": netket, "gap": gap, "escnn": escnn, "sympy": sympy, "emlp": emlp}


def main() -> None:
    """Answer for the library that is named; an empty answer says that it is not there."""
    groups = json.load(sys.stdin)
    with contextlib.redirect_stdout(sys.stderr):  # some libraries print
        try:
            answer = LIBRARIES[sys.argv[1]](groups)
        except (ImportError, AttributeError) as error:  # AttributeError: not with this JAX
            answer = {"missing": str(error)}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()

"""A printed diagnosis: no line is too long, and nothing of it is lost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symtheory.diagnosis import diagnose
from symtheory.diagnosis.layout import WIDTH, tables
from symtheory.diagnosis.report import columns, named, side_by_side
from symtheory.groups import cyclic_group, symmetric_group
from symtheory.kernels import RBF

LONG = [
    "a class with a name of so many words that it takes several lines",
    "Donaudampfschifffahrtsgesellschaftskapitänswitwe",
    "c",
]

cells = st.text(st.sampled_from("ab%0: "), max_size=90)


def made(names, group, **settings):
    """A diagnosis of random items, three of each class."""
    rng = np.random.default_rng(0)
    orbits = rng.normal(size=(3 * len(names), group.order, 4))
    return diagnose(orbits, list(np.repeat(names, 3)), RBF(0.5), group=group, **settings)


def pressed(text):
    """Without the spaces and the breaks of lines, by which layouts differ."""
    return "".join(text.split())


@pytest.fixture(scope="module")
def several():
    sixteen = cyclic_group(16)
    lacking = {LONG[0]: [0, 3, 4, 7], LONG[2]: [5]}
    return {
        "long": made(LONG, sixteen),
        "lacking": made(LONG, sixteen, missing=lacking),
        "many": made([f"class {k}" for k in range(30)], cyclic_group(4)),
        "permuted": made(["x", "y"], symmetric_group(3), regression_up_to=0),
    }


@pytest.mark.slow
def test_no_line_of_a_diagnosis_is_longer_than_a_page(several):
    for found in several.values():
        lines = repr(found).splitlines()
        assert max(map(len, lines)) <= WIDTH == 78
        assert not any(line != line.rstrip() for line in lines)
        for cells_of in columns(found).values():
            for cell in cells_of:
                assert all(part in pressed(repr(found)) for part in cell.split() if len(part) < 24)


def test_no_line_of_several_networks_is_longer_either(several):
    long = several["long"]
    names = ["mlp", "cnn:pooling='global'", *(f"my_module_of_networks:build_{k}" for k in range(7))]
    beside = side_by_side(dict.fromkeys(names, long))
    assert max(map(len, beside.splitlines())) <= WIDTH
    tops = [part.splitlines()[0].split() for part in beside.split("\n\n")]
    assert len(tops) > 1  # several tables, of which each names the classes
    assert beside.count("class") == len(tops) * (1 + 1) + 1  # heads, LONG[0], and the title
    listed = {"a module " * 20: long, "mlp": long}
    assert max(map(len, named(listed).splitlines())) <= WIDTH


@given(st.integers(1, 12).flatmap(lambda k: st.lists(st.tuples(cells, cells), min_size=k)))
def test_tables_keep_all_that_is_in_their_cells(pairs):
    every = {f"{place} {name}": [cell] for place, (name, cell) in enumerate(pairs)} or {"x": []}
    text = tables(every)
    assert max(map(len, text.splitlines())) <= WIDTH
    for letter in "ab%:":
        first, *others = every.items()
        repeated = text.count("\n\n") + 1
        count = sum((name + "".join(cell)).count(letter) for name, cell in others)
        count += repeated * (first[0] + "".join(first[1])).count(letter)
        assert text.count(letter) == count


def test_what_fits_is_one_line_for_each_row():
    assert tables({"class": ["0", "10"], "right": ["5%", "100%"]}).splitlines() == [
        "class  right",
        "    0     5%",
        "   10   100%",
    ]

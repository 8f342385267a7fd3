"""Groups are values: equal, hashed and pickled by construction, and nothing about them wraps."""

import copy
import dataclasses
import gc
import pickle
import weakref
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symtheory import representations
from symtheory.groups import (
    FiniteGroup,
    alternating_group,
    conjugacy_classes,
    cosets,
    cyclic_group,
    dihedral_group,
    direct_product,
    homomorphism,
    permutation_group,
    quaternion_group,
    semidirect_product,
    subgroup,
    symmetric_group,
    wreath_product,
)
from symtheory.groups.values import Value

# Each made anew at every call.
MAKERS = {
    "C6": lambda: cyclic_group(6),
    "D4": lambda: dihedral_group(4),
    "C2×C3": lambda: direct_product(cyclic_group(2), cyclic_group(3)),
    "C2×D3": lambda: direct_product(cyclic_group(2), dihedral_group(3)),
    "C3⋊C2": lambda: semidirect_product(cyclic_group(3), cyclic_group(2), [[0, 1, 2], [0, 2, 1]]),
    "C2≀S3": lambda: wreath_product(cyclic_group(2), symmetric_group(3)),
    "S3": lambda: symmetric_group(3),
    "A4": lambda: alternating_group(4),
    "Q8": quaternion_group,
    "generated": lambda: permutation_group([[1, 2, 0, 4, 3]]),
    "from a table": lambda: FiniteGroup.from_table("C3", [[0, 1, 2], [1, 2, 0], [2, 0, 1]]),
    "subgroup": lambda: subgroup(dihedral_group(4), [2]).source,
    "subgroup of a subgroup": lambda: (
        subgroup(subgroup(symmetric_group(4), [8]).source, [1]).source
    ),
}
makers = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


@makers
def test_groups_made_alike_are_equal_share_what_is_computed_and_can_be_sent(make):
    group, again = make(), make()
    assert group is not again and group == again and hash(group) == hash(again)
    assert {group: "found"}[again] == "found"
    for name in ("table", "inverse", "generators", "labels"):  # found once for all that are equal
        assert getattr(group, name) is getattr(again, name)
    for sent in (pickle.loads(pickle.dumps(group)), copy.deepcopy(group)):
        assert sent == group and hash(sent) == hash(group)
        assert sent.table is group.table and sent.labels == group.labels
        assert sent.cyclic_factors == group.cyclic_factors
    # What has been computed is not sent along.
    representations.irreps(group)
    assert len(pickle.dumps(group)) == len(pickle.dumps(make()))


def test_values_of_one_hash_are_told_apart():
    @dataclasses.dataclass(frozen=True, eq=False)
    class Number(Value):
        n: int

    assert hash(Number(-1)) == hash(Number(-2))  # as Python has it
    assert Number(-1) != Number(-2) and Number(-1) == Number(-1)


@makers
def test_laws_do_not_change(make):
    with pytest.raises(dataclasses.FrozenInstanceError):
        make().law.n = 7


def test_groups_made_otherwise_are_different():
    groups = [make() for make in MAKERS.values()]
    assert len(set(groups)) == len(groups)
    renamed = FiniteGroup("another name", cyclic_group(6).law)
    assert renamed != groups[0] and renamed.table is groups[0].table
    assert cyclic_group(6) != 6
    labels = (list("eab"), list("eba"), None)
    tables = [FiniteGroup.from_table("C3", cyclic_group(3).table, some) for some in labels]
    assert len(set(tables)) == 3


def test_arrays_stay_read_only_when_sent():
    group = pickle.loads(pickle.dumps(symmetric_group(3)))
    with pytest.raises(ValueError, match="read-only"):
        group.permutations[0] = 1


def test_homomorphisms_are_values_too():
    maps = [
        homomorphism(cyclic_group(4), cyclic_group(2), images)
        for images in ([0, 1, 0, 1], np.array([0, 1, 0, 1], dtype=np.uint8), [0, 0, 0, 0])
    ]
    assert maps[0] == maps[1] and hash(maps[0]) == hash(maps[1]) and maps[0] != maps[2]
    assert pickle.loads(pickle.dumps(maps[0])) == maps[0]


@pytest.mark.slow
def test_irreps_are_found_once_for_all_equal_groups_and_go_with_the_last(monkeypatch):
    found = []
    decompose = representations._decompose
    monkeypatch.setattr(
        representations, "_decompose", lambda *args: found.append(args[0]) or decompose(*args)
    )
    groups = [dihedral_group(17) for _ in range(3)]
    kept = [representations.irreps(group) for group in groups]
    assert len(found) == 1 and kept[0] is kept[1] is kept[2]
    matrices = weakref.ref(kept[0][-1].matrices)
    del kept, groups[1:]
    found.clear()
    gc.collect()
    assert representations.irreps(groups[0])[-1].matrices is matrices() and not found
    groups.clear()
    gc.collect()
    assert matrices() is None
    representations.irreps(dihedral_group(17))
    assert len(found) == 1


INTEGERS = [np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64]


@given(st.sampled_from(INTEGERS), st.data())
def test_products_of_small_integers_do_not_overflow(dtype, data):
    n = data.draw(st.integers(2, np.iinfo(dtype).max + 1 if dtype().itemsize == 1 else 50_000))
    most = min(n - 1, np.iinfo(dtype).max)
    g, h = (np.array([data.draw(st.integers(0, most))], dtype=dtype) for _ in range(2))
    for group in (cyclic_group(n), direct_product(cyclic_group(1), cyclic_group(n))):
        assert group.multiply(g, h) == (int(g[0]) + int(h[0])) % n
        assert group.invert(g) == -int(g[0]) % n
    flips = dihedral_group(n)
    assert flips.multiply(g, h) == flips.multiply(int(g[0]), int(h[0]))
    assert flips.invert(g) == flips.invert(int(g[0]))


@makers
@pytest.mark.parametrize(
    "bad", [-1, "order", [0, -1], 0.0, [True], "e", None, [[0], [0, 1]], 2**64, [object()], 1j]
)
def test_what_is_no_element_is_refused_and_never_wraps(make, bad):
    group = make()
    bad = group.order if bad == "order" else bad
    calls = [
        lambda: group.multiply(bad, 0),
        lambda: group.multiply(0, bad),
        lambda: group.invert(bad),
        lambda: group.label(bad),
        lambda: subgroup(group, [bad]),
        lambda: homomorphism(cyclic_group(1), group, [bad]),
        lambda: homomorphism(group, group, group.elements)(bad),
    ]
    for call in calls:
        with pytest.raises(ValueError, match=r"Expected .*\. Got .*\. Try "):
            call()


def test_no_elements_have_no_products():
    group = dihedral_group(3)
    assert group.multiply([], 1).shape == group.invert([]).shape == (0,)
    assert group.multiply(np.zeros((0, 2), dtype=int), [1, 2]).shape == (0, 2)
    assert subgroup(group, []).images.tolist() == [0]


def test_elements_of_shapes_that_do_not_fit_and_labels_of_many_are_refused():
    with pytest.raises(ValueError, match=r"Expected .*broadcast. Got \(2,\) and \(3,\)\. Try"):
        cyclic_group(4).multiply([0, 1], [0, 1, 2])
    with pytest.raises(ValueError, match=r"Expected one element of C4. Got shape \(2,\)\. Try"):
        cyclic_group(4).label([0, 1])


def block(cycles):
    """Permutations side by side, each of points of its own."""
    starts = np.cumsum([0, *map(len, cycles[:-1])])
    return np.concatenate([start + cycle for start, cycle in zip(starts, cycles, strict=True)])


def test_large_groups_are_used_without_tables_or_refused_with_the_reason():
    inclusion = subgroup(cyclic_group(100_000), [20])
    assert inclusion.source.order == 5_000 and cosets(inclusion).max() == 19
    s7 = permutation_group([[1, 2, 3, 4, 5, 6, 0], [1, 0, 2, 3, 4, 5, 6]])
    assert s7.order == 5040 and conjugacy_classes(s7).max() == 14
    with pytest.raises(ValueError, match=r"at most 20000 permutations of 8 points.*Try"):
        permutation_group([[1, 2, 3, 4, 5, 6, 7, 0], [1, 0, 2, 3, 4, 5, 6, 7]])
    with pytest.raises(ValueError, match=r"at most 50 permutations of 1000000 points.*Try"):
        permutation_group(np.roll(np.arange(1_000_000), 1))
    cycles = [np.roll(np.arange(length), 1) for length in (4, 5, 7, 11, 13)]
    with pytest.raises(ValueError, match=r"at most 20000 permutations of 40 points.*Try"):
        permutation_group(block(cycles))  # its order is 20,020
    assert permutation_group(block(cycles[1:])).order == 5_005
    huge = cyclic_group(10**12)
    assert huge.multiply(10**12 - 1, 2) == 1
    for listing in (lambda: huge.inverse, lambda: huge.labels, lambda: subgroup(huge, [1])):
        with pytest.raises(ValueError, match=r"at most 10000000 elements to list.*Try"):
            listing()
    with pytest.raises(ValueError, match=r"order at most 2⁶².*Try"):
        direct_product(huge, huge)
    with pytest.raises(ValueError, match=r"wreath product of order at most.*Try"):
        wreath_product(cyclic_group(10), symmetric_group(6))


def loops(order, rows=()):
    """All Latin squares whose first row and column are 0, 1, …"""
    if not rows:
        rows = (tuple(range(order)),)
    if len(rows) == order:
        yield np.array(rows)
        return
    for rest in permutations(set(range(order)) - {len(rows)}):
        row = (len(rows), *rest)
        if all(
            entry not in column for entry, column in zip(row, zip(*rows, strict=True), strict=True)
        ):
            yield from loops(order, (*rows, row))


@pytest.mark.parametrize("order,squares,tables", [(3, 1, 1), (4, 4, 4), (5, 56, 6)])
def test_of_all_latin_squares_exactly_the_associative_ones_are_groups(order, squares, tables):
    """As many tables as (n - 1)!/|Aut G|, added up over the groups of order n."""
    accepted = 0
    found = list(loops(order))
    for square in found:
        if (square[square] == square[:, square]).all():
            accepted += FiniteGroup.from_table("a group", square).order == order
        else:
            with pytest.raises(ValueError, match="associative"):
                FiniteGroup.from_table("a loop", square)
    assert (len(found), accepted) == (squares, tables)


@makers
def test_generators_generate(make):
    group = make()
    assert 2 ** len(group.generators) <= group.order
    assert subgroup(group, group.generators).source.order == group.order

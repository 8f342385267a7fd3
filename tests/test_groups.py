"""Group axioms, conventions, and errors."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from symtheory.groups.laws import Table
from symtheory.testing import assert_group


@given(st.lists(st.integers(1, 5), min_size=1, max_size=3))
def test_products_of_cyclic_groups_satisfy_the_axioms(orders):
    group = cyclic_group(orders[0])
    for order in orders[1:]:
        group = direct_product(group, cyclic_group(order))
    assert group.order == np.prod(orders)
    assert group.cyclic_factors == tuple(orders)
    assert_group(group)
    assert (group.table == group.table.T).all()
    assert len(set(group.labels)) == group.order


def test_direct_product_puts_the_pair_at_g_times_order_plus_h():
    left, right = cyclic_group(3), cyclic_group(4)
    product = direct_product(left, right)
    for g, h, k, j in np.ndindex(3, 4, 3, 4):
        expected = left.table[g, k] * 4 + right.table[h, j]
        assert product.table[g * 4 + h, k * 4 + j] == expected


def test_assert_group_sees_a_table_that_is_none():
    broken = Table(np.maximum(*np.indices((3, 3))))  # a law that is none, and no one checked
    with pytest.raises(AssertionError, match="occurs twice"):
        assert_group(FiniteGroup("broken", broken))


def test_tables_are_read_only():
    with pytest.raises(ValueError, match="read-only"):
        cyclic_group(3).table[0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        cyclic_group(3).inverse[0] = 1


@pytest.mark.parametrize(
    ("group", "labels"),
    [
        (cyclic_group(4), "e r r2 r3"),
        (dihedral_group(4), "e s r rs r2 r2s r3 r3s"),
        (quaternion_group(), "1 -1 i -i j -j k -k"),
        (permutation_group([[1, 2, 0]]), "012 120 201"),
        (direct_product(cyclic_group(1), cyclic_group(1)), "(e, e)"),
    ],
)
def test_elements_are_called_as_is_usual(group, labels):
    assert " ".join(group.labels) == labels
    last = group.order - 1
    assert group.label(last) == group.labels[last]


def test_permutations_of_more_than_ten_points_are_written_with_spaces():
    assert cyclic_shifts(10).label(1) == "1234567890"
    assert cyclic_shifts(11).label(1) == "1 2 3 4 5 6 7 8 9 10 0"


def test_a_large_group_multiplies_without_a_table():
    group = cyclic_group(1_000_000)
    assert group.multiply(999_999, 2) == 1
    assert group.inverse[1] == 999_999
    with pytest.raises(ValueError, match="Expected a group of order at most .* Try"):
        _ = group.table


@pytest.mark.parametrize("order", [0, -3, 2.5, "four", True, None, [3]])
def test_an_order_that_no_group_has_is_refused(order):
    with pytest.raises(ValueError, match="Expected an integer ≥ 1 as order of a cyclic group"):
        cyclic_group(order)


def cyclic_shifts(k):
    return permutation_group([np.roll(np.arange(k), 1)], f"Z{k}")


SEMIDIRECT = semidirect_product(
    cyclic_group(7), cyclic_group(3), [[k * 2**h % 7 for k in range(7)] for h in range(3)]
)


@pytest.mark.parametrize(
    "group,order,classes",
    [
        (dihedral_group(1), 2, 2),
        (dihedral_group(5), 10, 4),
        (dihedral_group(6), 12, 6),
        (symmetric_group(1), 1, 1),
        (symmetric_group(4), 24, 5),
        (alternating_group(5), 60, 5),
        (quaternion_group(), 8, 5),
        (SEMIDIRECT, 21, 5),
        (direct_product(symmetric_group(3), cyclic_group(4)), 24, 12),
        (permutation_group([[1, 2, 3, 4, 0], [0, 4, 3, 2, 1]]), 10, 4),
        (wreath_product(cyclic_group(2), symmetric_group(3)), 48, 10),
        (wreath_product(symmetric_group(3), cyclic_shifts(2)), 72, 9),
        (subgroup(symmetric_group(5), [1, 8]).source, 24, 5),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_non_abelian_groups_satisfy_the_axioms(group, order, classes):
    assert group.order == order
    assert_group(group)
    assert conjugacy_classes(group).max() + 1 == classes
    assert len(set(group.labels)) == order


def test_permutations_compose_from_right_to_left():
    group = symmetric_group(4)
    images = np.array([[int(point) for point in label] for label in group.labels])
    for g, h in ((3, 17), (10, 5), (23, 8)):
        np.testing.assert_array_equal(images[group.table[g, h]], images[g][images[h]])


def test_the_reflection_of_a_dihedral_group_turns_rotations_around():
    group, s, r = dihedral_group(5), 1, 2
    assert group.multiply(s, s) == 0
    assert group.multiply(group.multiply(s, r), s) == group.inverse[r]


def test_quaternions_multiply_as_hamilton_wrote():
    one, i, j, k = 0, 2, 4, 6
    product = quaternion_group().multiply
    assert product(i, j) == k and product(j, k) == i and product(k, i) == j
    assert product(j, i) == k + 1
    assert product(i, i) == product(j, j) == product(k, k) == one + 1


Z3 = cyclic_group(3).table


@pytest.mark.parametrize(
    "table,message",
    [
        (np.zeros((2, 3), dtype=int), "integers of shape"),
        (Z3 / 2, "the table of broken, integers"),
        (Z3 + 1, r"products in 0, …, 2 \(closure\)\. Got 1 to 3"),
        (Z3[::-1], "identity"),
        (Z3[[0, 2, 1]], "identity"),  # from the left only
        (Z3[:, [0, 2, 1]], "identity"),  # from the right only
        ([[0, 1, 2], [1, 1, 0], [2, 0, 1]], "inverse"),
        (
            [[0, 1, 2, 3, 4], [1, 0, 3, 4, 2], [2, 4, 0, 1, 3], [3, 2, 4, 0, 1], [4, 3, 1, 2, 0]],
            "associative",
        ),
    ],
)
def test_a_table_that_breaks_an_axiom_is_refused_by_name(table, message):
    with pytest.raises(ValueError, match=message):
        FiniteGroup.from_table("broken", table)


def test_a_group_comes_back_from_its_table():
    group = dihedral_group(4)
    again = FiniteGroup.from_table("D4", group.table, group.labels)
    np.testing.assert_array_equal(again.table, group.table)
    np.testing.assert_array_equal(again.inverse, group.inverse)
    assert again.labels == group.labels
    with pytest.raises(ValueError, match="Expected 8 labels"):
        FiniteGroup.from_table("D4", group.table, ["e"])
    for labels in ([["e"]] * 8, range(8), 5):
        with pytest.raises(ValueError, match=r"Expected 8 labels .*strings\. Got .* Try \[str"):
            FiniteGroup.from_table("D4", group.table, labels)


@pytest.mark.parametrize("places", [1, 3, 64, 65, 500])
def test_copies_of_a_trivial_group_add_nothing(places):
    moving = cyclic_shifts(places)
    group = wreath_product(cyclic_group(1), moving)
    np.testing.assert_array_equal(group.table, moving.table)


def test_bad_ingredients_are_refused():
    three, two = cyclic_group(3), cyclic_group(2)
    with pytest.raises(ValueError, match="Expected automorphisms of shape"):
        semidirect_product(three, two, [[0, 1, 2]])
    with pytest.raises(ValueError, match="Got a map that is none"):
        semidirect_product(three, two, [[0, 1, 2], [0, 0, 0]])
    with pytest.raises(ValueError, match="homomorphism"):
        semidirect_product(three, three, [[0, 1, 2], [0, 2, 1], [0, 1, 2]])
    for bad in ([[0, 0, 1]], [[1, 2, 3]], [[]], np.empty((0, 3), dtype=int), 5, [[[1, 0]]]):
        with pytest.raises(ValueError, match="Expected permutations"):
            permutation_group(bad)
    with pytest.raises(ValueError, match=r"of 0, …, 2, a row for each\. Got \[0, 0, 1\] in row 1"):
        permutation_group([[1, 2, 0], [0, 0, 1]])
    for points, shown in ((20, str([0] * 20)), (21, f"{[0] * 20}… of 21")):
        with pytest.raises(ValueError, match=re.escape(f"Got {shown} in row 0.")):
            permutation_group([[0] * points])
    with pytest.raises(ValueError, match="homomorphism"):
        semidirect_product(three, cyclic_group(1), [[0, 2, 1]])
    with pytest.raises(ValueError, match="≤ 6 as number of points. Got 7"):
        symmetric_group(7)
    with pytest.raises(ValueError, match="≥ 1 and ≤ 6 as number of points. Got 0"):
        alternating_group(0)


def test_a_permutation_group_knows_its_permutations():
    group = symmetric_group(4)
    g, h = np.divmod(np.arange(24**2), 24)
    composed = np.take_along_axis(group.permutations[g], group.permutations[h], axis=1)
    np.testing.assert_array_equal(group.permutations[group.multiply(g, h)], composed)
    pixels = permutation_group([np.roll(np.arange(784), 28)])
    assert pixels.order == 28 and pixels.permutations.shape == (28, 784)


SUBGROUPS = [
    (dihedral_group(6), [4], 3),
    (symmetric_group(4), [1, 6], 4),
    (symmetric_group(4), [], 1),
    (quaternion_group(), [2, 4], 8),
    (cyclic_group(12), [8, 6], 6),
]


@pytest.mark.parametrize("group,generators,order", SUBGROUPS)
def test_a_subgroup_is_a_group_whose_cosets_are_of_its_size(group, generators, order):
    inclusion = subgroup(group, generators)
    small = inclusion.source
    assert small.order == order
    assert_group(small)
    assert small.labels == tuple(group.labels[g] for g in inclusion.images)
    g, h = np.divmod(np.arange(order**2), order)
    np.testing.assert_array_equal(
        inclusion(small.multiply(g, h)), group.multiply(inclusion(g), inclusion(h))
    )
    classes = cosets(inclusion)
    assert (np.bincount(classes) == order).all()
    moved = group.multiply(np.arange(group.order)[:, None], inclusion.images)
    np.testing.assert_array_equal(classes[moved], classes[:, None] * np.ones(order, dtype=int))


@pytest.mark.parametrize(
    "group", [cyclic_group(8), dihedral_group(5), symmetric_group(4), quaternion_group()]
)
def test_what_any_element_generates_has_its_elements_in_order(group):
    """Also where its powers are not: 0, 6, 4, 2 in C8."""
    for generator in range(group.order):
        inclusion = subgroup(group, [generator])
        assert (np.diff(inclusion.images) > 0).all()
        table = inclusion.source.table
        images = inclusion.images
        np.testing.assert_array_equal(
            images[table], group.multiply(images[:, None], images[None, :])
        )


def test_the_kernel_of_a_homomorphism_is_normal_and_its_fibers_are_cosets():
    group, target = symmetric_group(4), symmetric_group(3)
    # S₄ permutes the three ways of splitting four points into pairs.
    splits = [frozenset({0, i}) for i in (1, 2, 3)]

    def image(p):
        halves = [{int(p[point]) for point in half} for half in splits]
        paired = [half if 0 in half else set(range(4)) - half for half in halves]
        return "".join(str(splits.index(frozenset(half))) for half in paired)

    phi = homomorphism(group, target, [target.labels.index(image(p)) for p in group.permutations])
    assert len(phi.kernel) == 4 and len(phi.image) == 6
    conjugates = group.multiply(
        group.multiply(np.arange(24)[:, None], phi.kernel), group.inverse[:, None]
    )
    assert np.isin(conjugates, phi.kernel).all()
    normal = subgroup(group, phi.kernel)
    assert len({(c, int(phi(g))) for g, c in enumerate(cosets(normal))}) == 6


@pytest.mark.parametrize(
    "images,message",
    [
        ([0, 1], "an image for each"),
        ([0, 1, 2, 3], "elements of C3, integers in 0, …, 2"),
        ([0, 1, 2, 0], r"φ\(gh\) = φ\(g\)φ\(h\).*at g ="),
        ([0.0, 0.0, 0.0, 0.0], "elements of C3, integers"),
        ([1, 1, 1, 1], r"φ\(e\) = e"),
    ],
)
def test_maps_that_are_no_homomorphisms_are_refused(images, message):
    with pytest.raises(ValueError, match=message):
        homomorphism(cyclic_group(4), cyclic_group(3), images)


@pytest.mark.parametrize("generators", [[4], [-1], [0.5], 1, [[1]], ["r"], [None], [[1], [1, 2]]])
def test_generators_that_are_no_elements_are_refused(generators):
    with pytest.raises(ValueError, match="Expected elements of C4"):
        subgroup(cyclic_group(4), generators)

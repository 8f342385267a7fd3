"""Group axioms, conventions, and errors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symtheory.groups import FiniteGroup, cyclic_group, direct_product
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
    broken = FiniteGroup("broken", 3, lambda g, h: np.maximum(g, h), lambda g: g, str)
    with pytest.raises(AssertionError, match="permutation"):
        assert_group(broken)


def test_tables_are_read_only():
    with pytest.raises(ValueError, match="read-only"):
        cyclic_group(3).table[0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        cyclic_group(3).inverse[0] = 1


def test_a_large_group_multiplies_without_a_table():
    group = cyclic_group(1_000_000)
    assert group.multiply(999_999, 2) == 1
    assert group.inverse[1] == 999_999
    with pytest.raises(ValueError, match="Expected a group of order at most .* Try"):
        _ = group.table


@pytest.mark.parametrize("order", [0, -3, 2.5, "four"])
def test_an_order_that_no_group_has_is_refused(order):
    with pytest.raises(ValueError, match="Expected the order of a cyclic group"):
        cyclic_group(order)

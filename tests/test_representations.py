"""Irreps and characters against known tables, and the laws that they obey."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symtheory.fourier import convolve, fourier_transform, inverse_fourier_transform
from symtheory.groups import (
    alternating_group,
    conjugacy_classes,
    cyclic_group,
    dihedral_group,
    direct_product,
    quaternion_group,
    semidirect_product,
    symmetric_group,
)
from symtheory.representations import (
    character_table,
    class_sizes,
    frobenius_schur_indicator,
    irreps,
    multiplicities,
    regular_representation,
)
from symtheory.testing import assert_representation

KNOWN = [
    (symmetric_group(3), [1, 1, 2]),
    (symmetric_group(4), [1, 1, 2, 3, 3]),
    (alternating_group(4), [1, 1, 1, 3]),
    (alternating_group(5), [1, 3, 3, 4, 5]),
    (quaternion_group(), [1, 1, 1, 1, 2]),
    (symmetric_group(5), [1, 1, 4, 4, 5, 5, 6]),
    (dihedral_group(6), [1, 1, 1, 1, 2, 2]),
    (direct_product(symmetric_group(3), cyclic_group(2)), [1, 1, 1, 1, 2, 2]),
    (
        semidirect_product(
            cyclic_group(7), cyclic_group(3), [[k * 2**h % 7 for k in range(7)] for h in range(3)]
        ),
        [1, 1, 1, 3, 3],
    ),
]
groups = pytest.mark.parametrize("group", [g for g, _ in KNOWN], ids=lambda group: group.name)
any_group = st.sampled_from([group for group, _ in KNOWN if group.order <= 24])
seeds = st.integers(0, 2**32 - 1)


@pytest.mark.parametrize("group,dimensions", KNOWN, ids=lambda value: getattr(value, "name", ""))
def test_dimensions_are_the_known_ones(group, dimensions):
    assert [irrep.dimension for irrep in irreps(group)] == dimensions
    assert sum(d**2 for d in dimensions) == group.order


@pytest.mark.parametrize("group,pairs", [(KNOWN[2][0], [1]), (KNOWN[-1][0], [1, 3])])
def test_of_two_conjugate_irreps_the_first_turns_counterclockwise(group, pairs):
    """At the first element at which the two differ."""
    table = np.array([irrep.character for irrep in irreps(group)])
    for k in pairs:
        np.testing.assert_allclose(table[k], table[k + 1].conj(), atol=1e-10)
        turns = table[k].imag[np.abs(table[k].imag) > 0.1]
        assert turns[0] > 0


def test_a_representation_may_be_off_by_a_hundred_millionth_for_each_element():
    """Of C2, by -1: the square of -1 + δ is 1 - 2δ, and one of order 2 may be off by 2e-8."""
    assert multiplicities([[[1.0]], [[-1 + 0.9e-8]]], cyclic_group(2)).tolist() == [0, 1]
    with pytest.raises(ValueError, match=r"Got a difference of 2\.2e-08 with g = r\. Try"):
        multiplicities([[[1.0]], [[-1 + 1.1e-8]]], cyclic_group(2))


@pytest.mark.slow
def test_s6_has_its_eleven_irreps():
    dimensions = [irrep.dimension for irrep in irreps(symmetric_group(6))]
    assert dimensions == [1, 1, 5, 5, 5, 5, 9, 9, 10, 10, 16]


@groups
def test_irreps_are_unitary_representations_and_the_first_is_trivial(group):
    for irrep in irreps(group):
        assert_representation(irrep.matrices, group)
        product = irrep.matrices @ np.conj(np.swapaxes(irrep.matrices, -1, -2))
        np.testing.assert_allclose(product - np.eye(irrep.dimension), 0, atol=1e-10)
        trace = np.trace(irrep.matrices, axis1=-2, axis2=-1)
        np.testing.assert_allclose(trace, irrep.character, atol=1e-10)
    np.testing.assert_allclose(irreps(group)[0].matrices, 1, atol=1e-10)


@groups
def test_matrix_elements_are_orthogonal(group):
    """Schur: Σ_g ρ(g)*_ab σ(g)_cd = |G|/d if ρ = σ, a = c, b = d, and 0 otherwise."""
    columns = np.concatenate(
        [
            irrep.matrices.reshape(group.order, -1) * np.sqrt(irrep.dimension / group.order)
            for irrep in irreps(group)
        ],
        axis=1,
    )
    np.testing.assert_allclose(columns.conj().T @ columns, np.eye(group.order), atol=1e-10)


@groups
def test_characters_are_orthogonal_and_constant_on_classes(group):
    table, sizes = character_table(group), class_sizes(group)
    assert table.shape == (len(irreps(group)), len(sizes)) and len(irreps(group)) == len(sizes)
    gram = (table * sizes) @ table.conj().T / group.order
    np.testing.assert_allclose(gram, np.eye(len(sizes)), atol=1e-10)
    for irrep, row in zip(irreps(group), table, strict=True):
        np.testing.assert_allclose(irrep.character, row[conjugacy_classes(group)], atol=1e-10)


def test_the_table_of_s4_is_the_one_in_the_books():
    """Serre 1977, section 5.8; classes by size: identity, (ab)(cd), (ab), (abcd), (abc)."""
    group = symmetric_group(4)
    table, sizes = character_table(group), class_sizes(group)
    columns = {tuple(np.round(column.real).astype(int)) for column in table.T}
    assert np.abs(table - np.round(table.real)).max() < 1e-10
    assert sorted(sizes) == [1, 3, 6, 6, 8]
    as_sets = {tuple(sorted(column)) for column in columns}
    expected = [(1, 1, 2, 3, 3), (-1, -1, 1, 1, 2), (-1, 0, 0, 1, 1), (-1, -1, 0, 1, 1)]
    assert as_sets == set(expected)


def test_the_regular_representation_contains_each_irrep_as_often_as_its_dimension():
    group = alternating_group(4)
    matrices = regular_representation(group)
    assert_representation(matrices, group, tolerance=0)
    character = np.trace(matrices, axis1=-2, axis2=-1)
    for irrep in irreps(group):
        often = np.vdot(irrep.character, character) / group.order
        np.testing.assert_allclose(often, irrep.dimension, atol=1e-10)


@pytest.mark.parametrize(
    "group,indicators",
    [(quaternion_group(), [-1, 1, 1, 1, 1]), (cyclic_group(3), [0, 0, 1])],
    ids=["Q8", "C3"],
)
def test_frobenius_schur_tells_real_complex_and_quaternionic(group, indicators):
    computed = [frobenius_schur_indicator(irrep, group) for irrep in irreps(group)]
    assert sorted(computed) == indicators
    assert computed[0] == 1


def test_irreps_are_cached_and_read_only():
    with pytest.raises(dataclasses.FrozenInstanceError):
        irreps(symmetric_group(3))[0].dimension = 2
    group = symmetric_group(3)
    assert irreps(group) is irreps(group)
    with pytest.raises(ValueError, match="read-only"):
        irreps(group)[0].matrices[0] = 0
    again = irreps(symmetric_group(3))
    for one, other in zip(irreps(group), again, strict=True):
        np.testing.assert_array_equal(one.matrices, other.matrices)


def test_a_group_that_is_too_large_is_refused():
    with pytest.raises(ValueError, match="Expected a group of order at most 720"):
        irreps(cyclic_group(721))


@pytest.mark.slow
@given(any_group, seeds)
def test_the_fourier_transform_goes_there_and_back_and_keeps_the_norm(group, seed):
    function = np.random.default_rng(seed).normal(size=(2, group.order))
    transform = fourier_transform(function, group)
    np.testing.assert_allclose(inverse_fourier_transform(transform, group), function, atol=1e-10)
    energy = sum(
        irrep.dimension * np.sum(np.abs(matrix) ** 2, axis=(-2, -1))
        for irrep, matrix in zip(irreps(group), transform, strict=True)
    )
    np.testing.assert_allclose(energy / group.order, np.sum(function**2, axis=-1), rtol=1e-10)


def test_on_the_trivial_group_a_function_is_its_transform():
    (transform,) = fourier_transform([2.5], cyclic_group(1))
    np.testing.assert_array_equal(transform, [[2.5]])
    np.testing.assert_array_equal(inverse_fourier_transform([transform], cyclic_group(1)), [2.5])


@given(any_group, seeds)
def test_convolution_becomes_a_product(group, seed):
    f, h = np.random.default_rng(seed).normal(size=(2, group.order))
    product = fourier_transform(convolve(f, h, group), group)
    pairs = zip(fourier_transform(f, group), fourier_transform(h, group), strict=True)
    for computed, (left, right) in zip(product, pairs, strict=True):
        np.testing.assert_allclose(computed, left @ right, atol=1e-9)


def test_functions_and_transforms_of_another_group_are_refused():
    group = symmetric_group(3)
    with pytest.raises(ValueError, match="Expected a function on S3"):
        fourier_transform(np.zeros(5), group)
    with pytest.raises(ValueError, match="Expected matrices of shapes"):
        inverse_fourier_transform(fourier_transform(np.zeros(6), cyclic_group(6)), group)


BAD_FUNCTIONS = [
    *(np.zeros(n) for n in (0, 1, 5, 7, 12)),
    *(np.zeros((6, n)) for n in (0, 1, 5)),
    1.0,
    [[0.0] * 6, [0.0] * 5],
    "a function",
    None,
    [None] * 6,
    np.full(6, np.nan),
    np.full(6, complex(0, np.inf)),
    np.zeros(6, dtype=np.float16),
]


@pytest.mark.parametrize("bad", BAD_FUNCTIONS, ids=lambda bad: str(bad)[:20])
def test_what_is_no_function_on_the_group_is_refused(bad):
    """As many values as elements, on the last axis: none is dropped, none is taken twice."""
    group, good = symmetric_group(3), np.zeros(6)
    one, *others = fourier_transform(good, group)
    calls = [
        lambda: fourier_transform(bad, group),
        lambda: convolve(bad, good, group),
        lambda: convolve(good, bad, group),
        lambda: inverse_fourier_transform([bad, *others], group),
        lambda: inverse_fourier_transform(bad, group),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="Expected .*Got .*Try "):
            call()
    for batches in ([one, one, np.zeros((2, 2, 2))], [one, one], [one, one, one, *others]):
        with pytest.raises(ValueError, match="Expected matrices of shapes .* for each irrep of S3"):
            inverse_fourier_transform(batches, group)
    with pytest.raises(ValueError, match="Expected functions whose batch shapes broadcast"):
        convolve(np.zeros((2, 6)), np.zeros((3, 6)), group)


def test_functions_may_be_complex_integer_or_lists():
    """On a cyclic group the transform is the FFT, up to the order of irreps."""
    group, f, h = cyclic_group(4), [1, 2j, 3, 0], [1, 0, 2, 5]
    expected = np.fft.ifft(np.fft.fft(f) * np.fft.fft(h))
    np.testing.assert_allclose(convolve(f, h, group), expected, atol=1e-12)
    found = np.array(fourier_transform(h, group)).ravel()
    np.testing.assert_allclose(sorted(np.fft.fft(h), key=np.angle), sorted(found, key=np.angle))
    np.testing.assert_allclose(
        inverse_fourier_transform(fourier_transform(f, group), group), f, atol=1e-12
    )

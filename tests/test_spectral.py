"""The spectral theory against brute-force regression, the laws it obeys, and errors."""

import warnings
from functools import reduce

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lanes import slow

from symtheory import IllConditionedWarning, SymmetryWarning, spectral
from symtheory.actions import (
    dihedral_action,
    orbit,
    permutation_action,
    rotation_action,
    translation_action,
)
from symtheory.datasets import load_digits, normalize, two_circles
from symtheory.groups import (
    alternating_group,
    cosets,
    cyclic_group,
    dihedral_group,
    direct_product,
    quaternion_group,
    semidirect_product,
    subgroup,
    symmetric_group,
)
from symtheory.kernels import RBF, Linear, first_rows, gram
from symtheory.ntk import MLPKernel
from symtheory.regression import held_out_prediction, leave_one_out_error, relative_ridge
from symtheory.representations import irreps
from symtheory.spectral import (
    FirstRows,
    average_rows,
    circulant_spectral_error,
    expand_rows,
    group_average,
    held_out_error,
    spectral_error,
    spectrum,
    symmetry_defect,
    variation_defect,
)

seeds = st.integers(0, 2**32 - 1)
abelian_groups = st.sampled_from([(1,), (5,), (8,), (2, 2), (3, 4), (2, 3, 2)]).map(
    lambda orders: reduce(direct_product, map(cyclic_group, orders))
)


def random_gram(seed: int, size: int, batch: tuple[int, ...] = ()) -> np.ndarray:
    """A random positive definite matrix, with no symmetry."""
    features = np.random.default_rng(seed).normal(size=(*batch, size, size + 4))
    return features @ np.swapaxes(features, -1, -2)


def brute_force(gram, labels, order, ridge):
    """Leave-one-out errors of exact regression, one row for each orbit."""
    errors = leave_one_out_error(gram, np.repeat(labels, order), ridge=ridge)
    return np.asarray(errors).reshape(*errors.shape[:-1], len(labels), order)


# One, two and three orbits, of groups small and large: for each number of points programs are
# compiled.
groups_and_orbits = st.sampled_from(
    [((1,), 3), ((5,), 2), ((8,), 1), ((2, 2), 3), ((3, 4), 1), ((2, 3, 2), 2)]
).map(lambda both: (reduce(direct_product, map(cyclic_group, both[0])), both[1]))


@pytest.mark.slow
@given(groups_and_orbits, seeds)
def test_spectral_error_equals_brute_force_on_random_invariant_kernels(group_and_orbits, seed):
    group, m = group_and_orbits
    invariant = group_average(random_gram(seed, m * group.order), group)
    labels = np.random.default_rng(seed).choice([-1, 1], size=m)
    ridge = relative_ridge(invariant, 1e-6)
    exact = brute_force(invariant, labels, group.order, ridge)
    for argument in (invariant, FirstRows(average_rows(invariant, group))):
        theory = spectral_error(argument, group, ridge=ridge, labels=labels)
        np.testing.assert_allclose(exact, np.broadcast_to(theory[:, None], exact.shape), rtol=1e-10)


@pytest.mark.slow
@given(abelian_groups.filter(lambda group: group.order > 1), seeds)
def test_spectral_error_equals_solving_again_without_the_point(group, seed):
    """The oracle that shares no code with the theory: remove the point, solve, predict."""
    invariant = group_average(random_gram(seed, 2 * group.order), group)
    ridge = relative_ridge(invariant, 1e-6)
    theory = spectral_error(invariant, group, ridge=ridge)
    labels = np.repeat([1, -1], group.order)
    for i, point in enumerate((group.order - 1, group.order)):
        prediction = held_out_prediction(invariant, labels, point, ridge=ridge)
        np.testing.assert_allclose(1 - labels[point] * prediction, theory[i], rtol=1e-10)


@pytest.mark.parametrize("n", [2, 5, 6, 12, 48])
@pytest.mark.parametrize("separation", [0.0, 0.3, 1.0, 5.0])
def test_circulant_general_and_exact_errors_agree_on_two_circles(n, separation):
    circles = two_circles(n, separation)
    matrix = gram(RBF(1.4), circles)
    exact = brute_force(matrix, [1, -1], n, 1e-5)
    general = spectral_error(matrix, cyclic_group(n), ridge=1e-5)
    circulant = circulant_spectral_error(matrix, ridge=1e-5)
    from_rows = circulant_spectral_error(FirstRows(first_rows(RBF(1.4), circles)), ridge=1e-5)
    # 1e-10, but for what rounding the entries of the matrix already costs where n is large: on
    # JAX 0.10 up to 1.3 times eps·κ.
    condition = np.linalg.cond(matrix + 1e-5 * np.eye(2 * n))
    tolerance = 1e-10 + 4 * np.finfo(float).eps * condition
    for theory in (np.broadcast_to(general[:, None], (2, n)), circulant, from_rows):
        np.testing.assert_allclose(exact, np.broadcast_to(theory, (2, n)), rtol=tolerance)


@pytest.mark.parametrize("n", [2, slow(4)])
@pytest.mark.parametrize("depth", [1, slow(3)])
def test_spectral_error_equals_brute_force_on_exact_rotations_of_images(n, depth, rng):
    action = rotation_action(n, (8, 8))
    matrix = gram(MLPKernel(depth), orbit(rng.normal(size=(2, 8, 8)), action))
    ridge = relative_ridge(matrix, 1e-10)
    theory = spectral_error(matrix, action.group, ridge=ridge)
    exact = brute_force(matrix, [1, -1], n, ridge)
    np.testing.assert_allclose(exact, np.broadcast_to(theory[:, None], exact.shape), rtol=1e-10)
    assert symmetry_defect(matrix, action.group) < 1e-15


@pytest.mark.slow
def test_spectral_error_covers_products_of_shifts(rng):
    """Shifts along both axes: C4 × C3 acting exactly on images."""
    rows, columns = translation_action(4, (4, 6), 0), translation_action(3, (4, 6), 1)
    group = direct_product(rows.group, columns.group)
    orbits = orbit(orbit(rng.normal(size=(3, 4, 6)), rows).reshape(-1, 4, 6), columns)
    matrix = gram(MLPKernel(), orbits.reshape(3, 12, 4, 6))
    labels = [1, -1, -1]
    theory = spectral_error(matrix, group, ridge=1e-8, labels=labels)
    exact = brute_force(matrix, labels, 12, 1e-8)
    np.testing.assert_allclose(exact, np.broadcast_to(theory[:, None], exact.shape), rtol=1e-10)


@pytest.mark.slow
@given(abelian_groups, seeds)
def test_group_average_is_a_projection_onto_invariant_matrices(group, seed):
    matrix = random_gram(seed, 2 * group.order)
    average = group_average(matrix, group)
    np.testing.assert_allclose(group_average(average, group), average, atol=1e-12)
    assert symmetry_defect(average, group) < 1e-14
    by_hand = np.zeros_like(matrix)
    for g in range(group.order):  # act with g on both sides
        moved = np.concatenate([group.table[g], group.order + group.table[g]])
        by_hand += matrix[np.ix_(moved, moved)] / group.order
    np.testing.assert_allclose(average, by_hand, atol=1e-11)
    # Orthogonal: what was taken away has no overlap with what is left.
    assert abs(np.sum((matrix - average) * average)) < 1e-9 * np.sum(matrix**2)
    gap = np.linalg.norm(matrix - average) / np.linalg.norm(matrix)
    np.testing.assert_allclose(symmetry_defect(matrix, group), gap, rtol=1e-9, atol=1e-14)


@given(abelian_groups, seeds)
def test_rows_and_matrices_go_back_and_forth(group, seed):
    rows = average_rows(random_gram(seed, 3 * group.order), group)
    np.testing.assert_allclose(average_rows(expand_rows(rows, group), group), rows, atol=1e-12)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_first_rows_may_be_off_symmetry_by_a_thousand_roundings(kind):
    rows = np.ones((2, 2, 3), kind)
    rows[0, 1, 1] += 1000 * np.finfo(kind).eps
    assert expand_rows(rows, cyclic_group(3)).dtype == kind
    rows[0, 1, 1] += np.finfo(kind).eps
    with pytest.raises(ValueError, match="Expected first rows of a symmetric .* Got a difference"):
        expand_rows(rows, cyclic_group(3))


@pytest.mark.slow
@given(abelian_groups, st.integers(1, 3), seeds)
def test_characters_take_an_invariant_matrix_apart(group, m, seed):
    """K(u ⊗ χ) = (Λ_χ u) ⊗ χ, and the error is that of the blocks Λ_χ."""
    rows = average_rows(random_gram(seed, m * group.order), group)
    matrix, labels = np.asarray(expand_rows(rows, group)), np.resize([1.0, -1.0], m)
    vector = np.random.default_rng(seed).normal(size=m)
    inverses = []
    for irrep in irreps(group):
        block = rows @ irrep.character  # the sum of κ_ij(h) χ(h) over h
        image = matrix @ np.kron(vector, irrep.character)
        np.testing.assert_allclose(
            image, np.kron(block @ vector, irrep.character), atol=1e-10 * np.abs(matrix).sum()
        )
        inverses.append(np.linalg.inv(block + 0.1 * np.eye(m)))
    noise = np.mean([np.diagonal(one).real for one in inverses], axis=0)
    signal = labels * (inverses[0] @ labels).real
    error = spectral_error(matrix, group, ridge=0.1, labels=labels)
    np.testing.assert_allclose(error, signal / noise, rtol=1e-6, atol=1e-8)


def test_hundreds_of_orbits_have_first_rows():
    many = np.eye(300)
    np.testing.assert_array_equal(expand_rows(many[..., None], cyclic_group(1)), many)


@pytest.mark.slow
@given(abelian_groups, seeds, st.floats(0.01, 100))
def test_scale_sign_and_order_of_seeds_do_not_matter(group, seed, scale):
    rows = average_rows(random_gram(seed, 3 * group.order), group)
    labels, order = np.array([1, -1, -1]), np.array([2, 0, 1])
    expected = spectral_error(FirstRows(rows), group, ridge=0.3, labels=labels)
    scaled = FirstRows(scale * rows)
    scaled = spectral_error(scaled, group, ridge=scale * 0.3, labels=-labels)
    np.testing.assert_allclose(scaled, expected, rtol=1e-9)
    permuted = FirstRows(rows[order][:, order])
    permuted = spectral_error(permuted, group, ridge=0.3, labels=labels[order])
    np.testing.assert_allclose(permuted, expected[order], rtol=1e-9)


@pytest.mark.slow
@given(seeds)
def test_starting_an_orbit_elsewhere_does_not_matter(seed):
    """Which point of each orbit is called its seed is a convention."""
    group = cyclic_group(6)
    invariant = np.asarray(group_average(random_gram(seed, 12), group))
    moved = np.concatenate([np.roll(np.arange(6), 2), 6 + np.roll(np.arange(6), -1)])
    expected = spectral_error(invariant, group, ridge=0.1)
    computed = spectral_error(invariant[np.ix_(moved, moved)], group, ridge=0.1)
    np.testing.assert_allclose(computed, expected, rtol=1e-10)


@pytest.mark.slow
def test_batches_and_several_classes_are_the_same_as_one_by_one():
    group = cyclic_group(5)
    matrix = group_average(random_gram(1, 15, batch=(2, 3)), group)
    labels = np.array([[1, -1], [-1, 1], [-1, -1]])
    ridge = relative_ridge(matrix, 1e-3)
    errors = spectral_error(matrix, group, ridge=ridge, labels=labels)
    assert errors.shape == (2, 3, 3, 2)
    rows = FirstRows(average_rows(matrix, group))
    rows = spectral_error(rows, group, ridge=ridge, labels=labels)
    np.testing.assert_allclose(rows, errors, rtol=1e-12)
    for index in np.ndindex(2, 3):
        for column in range(2):
            single = spectral_error(
                matrix[index], group, ridge=ridge[index], labels=labels[:, column]
            )
            np.testing.assert_allclose(errors[index][:, column], single, rtol=1e-12)
    pairs = group_average(random_gram(2, 10, batch=(4,)), group)
    found = spectrum(pairs, ridge=1e-2)
    assert found.eigenvalues.shape == (4, 10) and found.error.shape == (4,)
    np.testing.assert_allclose(found.error[2], spectrum(pairs[2], ridge=1e-2).error, rtol=1e-12)


def test_the_spectrum_is_that_of_the_interleaved_matrix():
    circles = two_circles(7, 0.8)
    found = spectrum(gram(RBF(1.1), circles), ridge=1e-3)
    interleaved = np.swapaxes(circles, 0, 1).reshape(14, 3)
    eigenvalues = np.linalg.eigvalsh(RBF(1.1)(interleaved) + 1e-3 * np.eye(14))
    np.testing.assert_allclose(np.sort(found.eigenvalues), eigenvalues, rtol=1e-10)
    alternating = np.tile([1.0, -1.0], 7)
    image = (RBF(1.1)(interleaved) + 1e-3 * np.eye(14)) @ alternating
    np.testing.assert_allclose(image, found.last_eigenvalue * alternating, rtol=1e-10)
    np.testing.assert_allclose(found.mean_inverse, np.mean(1 / eigenvalues), rtol=1e-10)


@pytest.mark.slow
@given(st.integers(2, 9), seeds, st.floats(0.01, 100.0))
def test_a_constant_moves_one_eigenvalue_and_hardly_the_error(order, seed, constant):
    group = cyclic_group(order)
    invariant = group_average(random_gram(seed, 2 * order), group) + 10.0
    before = spectrum(invariant, ridge=1e-3)
    after = spectrum(invariant + constant, ridge=1e-3)
    np.testing.assert_allclose(after.eigenvalues[1:], before.eigenvalues[1:], rtol=1e-8)
    moved = after.eigenvalues[0] - before.eigenvalues[0]
    np.testing.assert_allclose(moved, 2 * order * constant, rtol=1e-8)
    growth = after.error / before.error
    assert growth > 1
    if before.eigenvalues[0] == max(before.eigenvalues):
        assert growth < 2 * order / (2 * order - 1)


@pytest.mark.parametrize("order,common,own", [(2, 1.0, 1.0), (8, 1.0, 3.0), (5, 0.2, 1e-3)])
def test_a_kernel_that_knows_only_the_item_itself_is_outvoted(order, common, own):
    vote = common * np.ones((2 * order, 2 * order)) + own * np.eye(2 * order)
    expected = 1 + common / (own + (2 * order - 1) * common)
    assert expected > 1
    exact = brute_force(vote, [1, -1], order, 0.0)
    np.testing.assert_allclose(exact, expected, rtol=1e-10)
    np.testing.assert_allclose(spectrum(vote, ridge=0.0).error, expected, rtol=1e-10)
    predicted = held_out_prediction(vote, np.repeat([1.0, -1.0], order), 0, ridge=0.0)
    np.testing.assert_allclose(1 - predicted, expected, rtol=1e-10)


@pytest.mark.slow
def test_a_million_elements_need_only_first_rows():
    n = 1_000_000
    step = 2 * np.pi / n
    same = np.exp(-(2 - 2 * np.cos(step * np.arange(n))))
    other = np.exp(-(3 - 2 * np.cos(step * (np.arange(n) + 0.5))))
    rows = np.stack([[same, other], [other[-np.arange(n)], same]])
    rows = FirstRows(rows)
    general = spectral_error(rows, cyclic_group(n), ridge=1e-2)
    np.testing.assert_allclose(general, circulant_spectral_error(rows, ridge=1e-2), rtol=1e-6)


def test_gradients_flow_through_the_spectral_error():
    circles = two_circles(6, 0.5)

    def error(length):
        return spectral_error(gram(RBF(length), circles), cyclic_group(6), ridge=1e-5).sum()

    slope = jax.jit(jax.grad(error))(1.2)
    np.testing.assert_allclose(slope, (error(1.2 + 1e-6) - error(1.2 - 1e-6)) / 2e-6, rtol=1e-6)


C3 = cyclic_group(3)
GRAM = np.asarray(group_average(random_gram(0, 6), C3))


@pytest.mark.parametrize(
    "arguments,keywords,message",
    [
        ((GRAM[:, :5], C3), {}, "Expected a Gram matrix of shape"),
        ((random_gram(0, 7), C3), {}, "Expected a Gram matrix of whole orbits"),
        ((np.full((6, 6), np.nan), C3), {}, "Expected finite numbers in the Gram matrix"),
        ((np.triu(GRAM), C3), {}, "Expected a symmetric Gram matrix"),
        ((FirstRows(np.random.default_rng(0).normal(size=(2, 2, 3))), C3), {}, "κ_ji"),
        ((group_average(random_gram(0, 9), C3), C3), {}, "Expected labels for 3 orbits"),
        ((GRAM, C3), {"labels": [1, 0]}, r"Expected labels \+1 or -1"),
        ((GRAM, C3), {"labels": [1, 1, 1]}, "Expected 2 labels"),
        ((GRAM, C3), {"ridge": -1.0}, "Expected a ridge ≥ 0"),
        ((GRAM, C3), {"ridge": np.nan}, "Expected finite numbers in the ridge"),
        ((np.ones((6, 6)), C3), {"ridge": 0.0}, "Expected a positive definite"),
        ((GRAM.astype(np.float32), C3), {"ridge": 1e-10}, "float32 can resolve"),
    ],
)
def test_bad_input_is_refused(arguments, keywords, message):
    with pytest.raises(ValueError, match=message):
        spectral_error(*arguments, **{"ridge": 0.1, **keywords})


NON_ABELIAN = [
    symmetric_group(3),
    dihedral_group(5),
    dihedral_group(4),
    symmetric_group(4),
    alternating_group(4),
    quaternion_group(),
    semidirect_product(
        cyclic_group(7), cyclic_group(3), [[k * 2**h % 7 for k in range(7)] for h in range(3)]
    ),
]


@pytest.mark.parametrize("group", NON_ABELIAN, ids=lambda group: group.name)
def test_irreps_take_an_invariant_matrix_apart(group):
    """K(u ⊗_a ρ) = (Λ_ρ u) ⊗_a ρ for each row a of each irrep, with Hermitian and positive Λ_ρ."""
    n = group.order
    rows = average_rows(random_gram(8, 2 * n), group)
    matrix = np.asarray(expand_rows(rows, group))
    for irrep in irreps(group):
        d = irrep.dimension
        block = np.einsum("ijh,hab->iajb", rows, irrep.matrices).reshape(2 * d, 2 * d)
        np.testing.assert_allclose(block, block.conj().T, atol=1e-10 * np.abs(block).max())
        assert np.linalg.eigvalsh(block)[0] > 0

        def along(u, rho=irrep.matrices, d=d):
            """All u ⊗_a ρ, one in each row."""
            return np.einsum("hab,jb->ajh", rho, u.reshape(2, d)).reshape(d, 2 * n)

        u = np.random.default_rng(d).normal(size=2 * d)
        np.testing.assert_allclose(
            along(u) @ matrix.T, along(block @ u), atol=1e-12 * np.abs(matrix).sum()
        )


@pytest.mark.parametrize("group", NON_ABELIAN, ids=lambda group: group.name)
@pytest.mark.parametrize("m", [1, 2, slow(3), slow(4)])
def test_spectral_error_equals_brute_force_for_non_abelian_groups(group, m):
    invariant = group_average(random_gram(m, m * group.order), group)
    labels = np.resize([1, -1, -1], m)
    ridge = relative_ridge(invariant, 1e-6)
    exact = brute_force(invariant, labels, group.order, ridge)
    theory = spectral_error(invariant, group, ridge=ridge, labels=labels)
    np.testing.assert_allclose(exact, np.broadcast_to(theory[:, None], exact.shape), rtol=1e-9)


@pytest.mark.parametrize("group", [*NON_ABELIAN, alternating_group(5)], ids=lambda g: g.name)
def test_five_classes_against_the_rest(group):
    """Five orbits, one for each class, in a batch of two; A5 has dimensions 1, 3, 3, 4, 5."""
    invariant = group_average(random_gram(4, 5 * group.order, batch=(2,)), group)
    labels = 2 * np.eye(5) - 1
    exact = leave_one_out_error(invariant, np.repeat(labels, group.order, axis=0), ridge=1e-3)
    theory = spectral_error(invariant, group, ridge=1e-3, labels=labels)
    each = exact.reshape(2, 5, group.order, 5)
    np.testing.assert_allclose(each, np.broadcast_to(theory[:, :, None], each.shape), rtol=1e-9)


@pytest.mark.parametrize(
    "group",
    [
        cyclic_group(6),
        direct_product(cyclic_group(3), cyclic_group(4)),
        *NON_ABELIAN,
        alternating_group(5),
    ],
    ids=lambda group: group.name,
)
@pytest.mark.parametrize("held_out", [[(0, 2)], [(0, 0), (0, 1), (0, 5)], [(0, 1), (4, 3), (1, 1)]])
def test_held_out_error_equals_solving_again_without_the_points(group, held_out):
    """Five orbits of five classes, each against the rest."""
    n = group.order
    invariant = group_average(random_gram(7, 5 * n), group)
    labels = 2 * np.eye(5) - 1
    points = [i * n + g for i, g in held_out]
    every = np.repeat(labels, n, axis=0)
    prediction = held_out_prediction(invariant, every, points, ridge=1e-3)
    computed = held_out_error(invariant, group, held_out=held_out, ridge=1e-3, labels=labels)
    np.testing.assert_allclose(computed, 1 - every[points] * prediction, rtol=1e-9)


@pytest.mark.parametrize("group", NON_ABELIAN, ids=lambda group: group.name)
def test_of_an_orbit_that_has_collapsed_the_trivial_block_is_left(group):
    """A kernel that sees orbits only; the error then vanishes with the ridge."""
    means, labels, n = random_gram(3, 3), np.array([1, -1, 1]), group.order
    rows = FirstRows(np.repeat(means[:, :, None], n, axis=2))
    errors = []
    for ridge in (1e-3, 1e-5):
        inverse = np.linalg.inv(n * means + ridge * np.eye(3))
        noise = np.diag(inverse) / n + (1 - 1 / n) / ridge
        expected = labels * (inverse @ labels) / noise
        keywords = {"ridge": ridge, "labels": labels, "allow_copies": True}
        np.testing.assert_allclose(spectral_error(rows, group, **keywords), expected, rtol=1e-6)
        exact = brute_force(np.kron(means, np.ones((n, n))), labels, n, ridge)
        np.testing.assert_allclose(exact, np.repeat(expected[:, None], n, axis=1), rtol=1e-6)
        errors.append(expected)
    np.testing.assert_allclose(errors[1], errors[0] / 100, rtol=0.05)


@pytest.mark.parametrize("group", NON_ABELIAN, ids=lambda group: group.name)
def test_of_an_orbit_that_was_never_seen_only_the_trivial_block_knows(group):
    invariant, n = group_average(random_gram(9, 2 * group.order), group), group.order
    whole = [(1, g) for g in range(n)]
    errors = held_out_error(invariant, group, held_out=whole, ridge=0.1)
    (own, across), _ = average_rows(invariant, group).sum(axis=-1)
    np.testing.assert_allclose(errors, np.full(n, 1 + across / (own + 0.1)), rtol=1e-8)


@pytest.mark.parametrize("generators", [[2], [1], [4]])
def test_a_missing_coset_leaves_the_frequencies_that_its_subgroup_fixes(generators):
    group = dihedral_group(4)
    rows = average_rows(random_gram(5, 16), group)
    inclusion = subgroup(group, generators)
    members = np.flatnonzero(cosets(inclusion) == 1)
    missing = [(1, int(g)) for g in members]
    error = held_out_error(FirstRows(rows), group, held_out=missing, ridge=0.1)
    noise = 0.0
    for rho in irreps(group):
        d = rho.dimension
        block = np.einsum("ijh,hab->iajb", rows, rho.matrices).reshape(2 * d, 2 * d)
        inverse = np.linalg.inv(block + 0.1 * np.eye(2 * d))[d:, d:]
        fixed = rho.matrices[inclusion.images].mean(axis=0)
        noise += d * np.trace(fixed @ inverse).real * len(members) / 8
    weight = np.linalg.solve(rows.sum(-1) + 0.1 * np.eye(2), [1, -1])[1]
    np.testing.assert_allclose(error, -weight / noise, rtol=1e-9)


def test_one_held_out_point_has_the_spectral_error():
    invariant = group_average(random_gram(3, 16, batch=(2,)), quaternion_group())
    expected = spectral_error(invariant, quaternion_group(), ridge=0.1)
    for i in range(2):
        one = held_out_error(invariant, quaternion_group(), held_out=[(i, 5)], ridge=0.1)
        np.testing.assert_allclose(one[:, 0], expected[:, i], rtol=1e-10)


@pytest.mark.parametrize(
    "held_out",
    [[], [(0, 3)], [(2, 0)], [(0, 1), (0, 1)], [0, 1], [(0.5, 1)], list(np.ndindex(2, 3))],
)
def test_held_out_points_that_do_not_exist_are_refused(held_out):
    with pytest.raises(ValueError, match="Expected (held_out as pairs|different pairs)"):
        held_out_error(GRAM, C3, held_out=held_out, ridge=0.1)


@pytest.mark.parametrize("held_out", [lambda i: jnp.array([[0, i]]), lambda i: [(0, i), (1, i)]])
def test_traced_held_out_points_are_refused(held_out):
    traced = jax.jit(lambda i: held_out_error(GRAM, C3, held_out=held_out(i), ridge=0.1))
    with pytest.raises(ValueError, match=r"Expected held_out .* Got a traced array\. Try"):
        traced(1)


def test_gradients_flow_through_irreps():
    group = symmetric_group(3)
    rows = average_rows(random_gram(2, 12), group)

    def error(scale):
        return spectral_error(FirstRows(scale * rows), group, ridge=0.1).sum()

    slope = jax.jit(jax.grad(error))(1.0)
    np.testing.assert_allclose(slope, (error(1 + 1e-6) - error(1 - 1e-6)) / 2e-6, rtol=1e-5)


@pytest.mark.parametrize("matrix", [random_gram(0, 5), np.ones((4, 3)), np.float64(1.0)])
def test_the_circulant_formula_refuses_what_is_not_two_orbits(matrix):
    with pytest.raises(ValueError, match="Expected .*Gram matrix"):
        circulant_spectral_error(matrix, ridge=0.1)


@pytest.mark.usefixtures("without_x64")
def test_float32_arrays_are_seen_when_x64_is_off():
    with pytest.raises(ValueError, match="jax_enable_x64"):
        spectral_error(jnp.asarray(GRAM), C3, ridge=1e-10)


def test_the_signal_is_the_distance_between_orbit_means():
    """λ_N = N/2 · ‖μ_A - μ_B‖² + ridge, with the means μ of the orbits in feature space."""
    features = np.random.default_rng(5).normal(size=(2, 9, 40))
    rows = average_rows(
        np.einsum("igf,jhf->igjh", features, features).reshape(18, 18), cyclic_group(9)
    )
    matrix = np.asarray(expand_rows(rows, cyclic_group(9)))
    means = matrix.reshape(2, 9, 2, 9).mean(axis=(1, 3))
    distance = means[0, 0] + means[1, 1] - 2 * means[0, 1]
    np.testing.assert_allclose(
        spectrum(matrix, ridge=0.2).last_eigenvalue, 9 / 2 * distance + 0.2, rtol=1e-10
    )


def test_the_noise_is_the_variance_that_all_other_points_leave():
    """1/⟨λ⁻¹⟩ is the conditional variance of one point of a Gaussian process given the others."""
    matrix = np.asarray(gram(RBF(1.2), two_circles(9, 0.6))) + 1e-3 * np.eye(18)
    left = matrix[0, 0] - matrix[0, 1:] @ np.linalg.solve(matrix[1:, 1:], matrix[1:, 0])
    found = spectrum(matrix - 1e-3 * np.eye(18), ridge=1e-3)
    np.testing.assert_allclose(1 / found.mean_inverse, left, rtol=1e-10)


def ill_conditioned(condition, m, group):
    """An invariant Gram matrix of a given condition number, and labels."""
    shape = np.linalg.qr(np.random.default_rng(4).normal(size=(m, m)))[0]
    spread = shape @ np.diag(np.logspace(0, -np.log10(condition), m)) @ shape.T
    # κ_ij(h) = spread_ij at the identity only: every block of every irrep is `spread`.
    return np.kron((spread + spread.T) / 2, np.eye(group.order)), np.resize([1, -1], m)


@pytest.mark.parametrize("group", [cyclic_group(4), symmetric_group(3)], ids=lambda g: g.name)
def test_a_condition_number_beyond_1e12_warns(group):
    fine, labels = ill_conditioned(1e11, 4, group)
    spectral_error(fine, group, ridge=0.0, labels=labels)
    poor, labels = ill_conditioned(1e13, 4, group)
    points = np.repeat(labels, group.order)
    with pytest.warns(IllConditionedWarning, match=r"below 1e\+12.* Got about 1e\+13"):
        spectral_error(poor, group, ridge=0.0, labels=labels)
    with pytest.warns(IllConditionedWarning):
        held_out_error(poor, group, ridge=0.0, labels=labels, held_out=[(0, 1), (1, 0)])
    with pytest.warns(IllConditionedWarning):
        leave_one_out_error(poor, points, ridge=0.0)
    # A ridge is what helps.
    spectral_error(poor, group, ridge=1e-10, labels=labels)


def test_a_condition_number_spread_over_irreps_is_seen():
    """Each block is harmless alone; together they are not. One bad problem in a batch is enough."""
    rows = np.zeros((3, 2, 2, 8))
    rows[:, 0, 0] = rows[:, 1, 1] = np.eye(8)[0] * 1e-13 + 1.0
    rows[1:, 0, 0] = rows[1:, 1, 1] = np.eye(8)[0]
    with pytest.warns(IllConditionedWarning, match=r"Got about 8e\+13"):
        spectral_error(FirstRows(rows), cyclic_group(8), ridge=0.0)
    with pytest.warns(IllConditionedWarning, match=r"Got about 8e\+13"):
        circulant_spectral_error(FirstRows(rows), ridge=0.0)


@pytest.mark.parametrize(
    "order,batch", [(1, (2,)), slow((2, (2,))), slow((3, (3,))), (1, (2, 2)), slow((2, (4,)))]
)
def test_an_array_is_a_gram_matrix_whatever_its_shape(order, batch):
    """Batches of as many matrices as there are points, too: they have the shape of first rows."""
    group = cyclic_group(order)
    matrix = np.asarray(group_average(random_gram(order, 2 * order, batch), group))
    rows = average_rows(matrix, group)
    for function in (
        lambda a: circulant_spectral_error(a, ridge=0.1),
        lambda a: spectral_error(a, group, ridge=0.1),
    ):
        one_by_one = [function(matrix[index]) for index in np.ndindex(*batch)]
        expected = np.reshape(one_by_one, (*batch, *np.shape(one_by_one[0])))
        for argument in (matrix, FirstRows(rows)):
            np.testing.assert_allclose(function(argument), expected, rtol=1e-12)
            np.testing.assert_allclose(jax.jit(function)(argument), expected, rtol=1e-12)
            if len(batch) == 1:
                each = jax.jit(jax.vmap(function))(argument)
                np.testing.assert_allclose(each, expected, rtol=1e-12)


def test_two_pairs_of_single_orbits_have_the_errors_found_by_hand():
    """1/(λ_1⟨λ⁻¹⟩) with λ = 2 ± .5 and 3 ± .1."""
    pairs = np.array([[[2.0, 0.5], [0.5, 2.0]], [[3.0, 0.1], [0.1, 3.0]]])
    for error in (circulant_spectral_error, jax.jit(circulant_spectral_error)):
        np.testing.assert_allclose(error(pairs, ridge=0.0), [1.25, 3.1 / 3], rtol=1e-14)


@pytest.mark.parametrize(
    "rows,message",
    [
        (np.ones((2, 3, 3)), "Expected first rows of shape"),
        (np.ones((2, 2, 4)), "Expected first rows of shape"),
        (np.ones(3), "Expected first rows of shape"),
        (np.ones((0, 0, 3)), "Expected first rows of shape"),
        ("rows", "Expected real numbers in the array of first rows"),
    ],
)
def test_first_rows_of_other_shapes_are_refused(rows, message):
    with pytest.raises(ValueError, match=message):
        spectral_error(FirstRows(rows), C3, ridge=0.1)


def test_rows_are_averaged_as_the_definition_says_and_as_in_traced_code():
    """κ_ij(h) = (1/|G|) Σ_g K[(i,g),(j,gh)], in a loop and in one gather."""
    group = dihedral_group(3)
    matrix = random_gram(2, 12, batch=(2,))
    loop = np.zeros((2, 2, 2, 6))
    for i, j, g, h in np.ndindex(2, 2, 6, 6):
        loop[:, i, j, h] += matrix[:, 6 * i + g, 6 * j + group.table[g, h]] / 6
    np.testing.assert_allclose(average_rows(matrix, group), loop, rtol=1e-12)
    traced = jax.jit(lambda k: average_rows(k, group))(matrix)
    np.testing.assert_allclose(traced, loop, rtol=1e-12)
    for defect in (symmetry_defect, variation_defect):
        traced = jax.jit(lambda k, defect=defect: defect(k, group))(matrix)
        np.testing.assert_allclose(traced, defect(matrix, group), rtol=1e-10)


@given(seeds, st.floats(0.1, 1e3))
def test_the_defect_of_the_variation_does_not_see_a_constant(seed, constant):
    group = cyclic_group(4)
    matrix = random_gram(seed, 8)
    blocks = matrix.reshape(2, 4, 2, 4)
    means = np.broadcast_to(blocks.mean(axis=(1, 3), keepdims=True), blocks.shape).reshape(8, 8)
    gap = np.linalg.norm(matrix - group_average(matrix, group))
    expected = gap / np.linalg.norm(matrix - means)
    np.testing.assert_allclose(variation_defect(matrix, group), expected, rtol=1e-10)
    np.testing.assert_allclose(variation_defect(matrix + constant, group), expected, rtol=1e-7)


@pytest.fixture(scope="module")
def four_and_seven() -> np.ndarray:
    return load_digits().images[[4, 7]]


@pytest.mark.parametrize(
    "kernel", [MLPKernel(), RBF(1.4), Linear()], ids=lambda k: type(k).__name__
)
@pytest.mark.parametrize("order", [5, 8, 16])
def test_interpolated_rotations_do_not_warn(four_and_seven, kernel, order):
    orbits = normalize(orbit(four_and_seven, rotation_action(order, (28, 28))))
    matrix = gram(kernel, orbits.reshape(2, order, -1))
    spectral_error(matrix, cyclic_group(order), ridge=1e-6)
    assert 1e-5 < variation_defect(matrix, cyclic_group(order)) < 0.005


def wrong(images: np.ndarray) -> dict:
    """Orbits that are not what they are said to be: (orbits, group) by name."""
    turns, square = rotation_action(8, (28, 28)), dihedral_action(4, (28, 28))
    rotated, mirrored = (normalize(orbit(images, action)) for action in (turns, square))
    backwards = np.stack([rotated[0], rotated[1, ::-1]])
    return {
        "group-major": (np.swapaxes(rotated, 0, 1).reshape(rotated.shape), turns.group),
        "D4 called C8": (mirrored, cyclic_group(8)),
        "D4 called Q8": (mirrored, quaternion_group()),
        "C8 called C4×C2": (rotated, direct_product(cyclic_group(4), cyclic_group(2))),
        "a right action": (mirrored[:, square.group.inverse], square.group),
        "one orbit backwards": (backwards, turns.group),
        "two elements exchanged": (rotated[:, [0, 1, 3, 2, 4, 5, 6, 7]], turns.group),
    }


@pytest.mark.parametrize("name", wrong(np.random.default_rng(0).normal(size=(2, 28, 28))))
@pytest.mark.parametrize(
    "kernel", [MLPKernel(), RBF(1.4), Linear()], ids=lambda k: type(k).__name__
)
def test_a_wrong_layout_action_or_group_warns(four_and_seven, kernel, name):
    """However small the defect beside a kernel that contains a large constant."""
    orbits, group = wrong(four_and_seven)[name]
    matrix = gram(kernel, orbits.reshape(2, 8, -1))
    with pytest.warns(
        SymmetryWarning, match=r"invariant under .* Got .*symmetry defect.*seed-major"
    ):
        spectral_error(matrix, group, ridge=1e-6)
    assert variation_defect(matrix, group) > 0.04
    # Averaging on purpose says so.
    spectral_error(group_average(matrix, group), group, ridge=1e-6)
    spectral_error(FirstRows(average_rows(matrix, group)), group, ridge=1e-6)


def test_every_function_that_reads_a_gram_matrix_warns_and_compiled_code_cannot():
    matrix = random_gram(3, 8)
    group = cyclic_group(4)
    calls = [
        lambda k: spectral_error(k, group, ridge=0.1),
        lambda k: held_out_error(k, group, held_out=[(0, 1)], ridge=0.1),
        lambda k: spectral.held_out_prediction(k, group, held_out=[(0, 1)], ridge=0.1),
        lambda k: circulant_spectral_error(k, ridge=0.1),
        lambda k: spectrum(k, ridge=0.1).error,
    ]
    for call in calls:
        with pytest.warns(SymmetryWarning):
            expected = call(matrix)
        np.testing.assert_allclose(jax.jit(call)(matrix), expected, rtol=1e-10)


def with_twins(group, m: int = 2) -> np.ndarray:
    """An invariant Gram matrix in which element 1, of order 2, leaves the first orbit alone."""
    rng, n = np.random.default_rng(8), group.order
    features = rng.normal(size=(m, n, 3 * n))
    features[0] += features[0][group.table[:, 1]]  # f(g) = f(gh)
    points = features.reshape(m * n, -1)
    # k(x, y) = Σ_g ⟨gx, gy⟩ for the regular representation on the items' indices.
    return np.asarray(group_average(points @ points.T, group))


TWINS = [cyclic_group(2), direct_product(cyclic_group(3), cyclic_group(2)), symmetric_group(3)]


@pytest.mark.parametrize("group", TWINS, ids=lambda group: group.name)
def test_a_copy_of_the_missing_item_among_the_others_warns(group):
    matrix = with_twins(group)
    kept = {"ridge": 1e-8, "allow_copies": True}
    with pytest.warns(SymmetryWarning, match="transform 1 of orbit 0 .*copy of the held-out item"):
        error = spectral_error(matrix, group, ridge=1e-8)
    assert error[0] < 1e-6 < 1e-3 < error[1]
    np.testing.assert_array_equal(spectral_error(matrix, group, **kept), error)
    rows = FirstRows(average_rows(matrix, group))
    with pytest.warns(SymmetryWarning, match="allow_copies"):
        spectral_error(rows, group, ridge=1e-8)
    with pytest.warns(SymmetryWarning, match="allow_copies"):
        held_out_error(rows, group, held_out=[(0, 0)], ridge=1e-8)
    held_out_error(rows, group, held_out=[(0, 0)], **kept)
    # Of an orbit without copies, and with all copies of a point, nothing is left to say.
    held_out_error(rows, group, held_out=[(1, 0)], ridge=1e-8)
    held_out_error(rows, group, held_out=[(0, 0), (0, 1), (1, 0)], ridge=1e-8)


def test_one_item_as_two_seeds_warns():
    matrix = np.asarray(gram(RBF(1.0), two_circles(5, 1.0)))[:5, :5]
    twice = np.tile(matrix, (2, 2))
    with pytest.warns(SymmetryWarning, match="transform 0 of orbit 1 is the seed of orbit 0"):
        spectral_error(twice, cyclic_group(5), ridge=1e-3)


def test_a_symmetric_digit_warns_and_a_digit_does_not(four_and_seven):
    action = rotation_action(4, (28, 28))
    symmetric = four_and_seven + four_and_seven[:, ::-1, ::-1]
    for images, caught in ((four_and_seven, 0), (symmetric, 1)):
        matrix = gram(
            MLPKernel(), normalize(orbit(images, action, allow_copies=True)).reshape(2, 4, -1)
        )
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            spectral_error(matrix, action.group, ridge=relative_ridge(matrix, 1e-8))
        assert [entry.category for entry in seen] == caught * [SymmetryWarning]


@pytest.mark.parametrize("ridge", [1e-3, 1e-8, 3e-12])
@pytest.mark.parametrize("group", TWINS, ids=lambda group: group.name)
def test_holding_out_all_copies_is_as_if_there_had_been_one(group, ridge):
    """Copies with a ridge r are one item with half of it; nothing of 1/r is left in the result."""
    matrix = with_twins(group)
    matrix = matrix / np.linalg.norm(matrix, 2)
    n = group.order
    labels = np.array([1.0, -1.0])
    found = spectral.held_out_prediction(
        matrix, group, held_out=[(0, 0), (0, 1)], ridge=ridge, labels=labels
    )
    # The orbit of 0 by its different points, seen: each is there twice, with one label.
    different = [g for g in range(n) if g < group.table[g, 1] and g not in (0, 1)]
    seen = [*different, *range(n, 2 * n)]
    noise = np.where(np.arange(len(seen)) < len(different), ridge / 2, ridge)
    y = np.repeat([1.0, -1.0], [len(different), n])
    weights = np.linalg.solve(matrix[np.ix_(seen, seen)] + np.diag(noise), y)
    np.testing.assert_allclose(found, np.full(2, matrix[0, seen] @ weights), rtol=1e-9, atol=1e-9)


POISON = {
    "asymmetric rows": lambda k: spectral_error(
        FirstRows(average_rows(k, C3).at[0, 1, 1].add(1e-9)), C3, ridge=0.1
    ),
    "an asymmetric matrix": lambda k: spectral_error(k.at[0, 4].add(1e-9), C3, ridge=0.1),
    "an infinite ridge": lambda k: spectral_error(k, C3, ridge=k[0, 0] / 0),
    "a ridge below 0": lambda k: circulant_spectral_error(k, ridge=-k[0, 0]),
    "labels of 0": lambda k: spectral_error(k, C3, ridge=0.1, labels=0 * k[0, :2])[..., None],
    "a singular matrix": lambda k: held_out_error(
        k * 0 + 1, C3, held_out=[(0, 1)], ridge=0 * k[0, 0]
    ),
    "a singular circulant": lambda k: (
        spectrum(k * 0 + 1, ridge=0 * k[0, 0]).eigenvalues * 0
        + spectrum(k * 0 + 1, ridge=0 * k[0, 0]).error
    ),
}


@pytest.mark.parametrize("name", POISON)
def test_what_is_refused_with_values_is_nan_in_traced_code(name):
    with np.errstate(all="ignore"), pytest.raises(ValueError, match="Expected"):
        POISON[name](jnp.asarray(GRAM))
    assert np.isnan(jax.jit(POISON[name])(GRAM)).all()


def test_asymmetry_beyond_rounding_is_refused_and_single_precision_is_told_from_a_mistake():
    tilted = np.tri(6)
    spectral_error(GRAM * (1 + 1e-14 * tilted), C3, ridge=0.1)
    with pytest.raises(ValueError, match=r"gram.swapaxes\(-1, -2\)\) / 2, if that is rounding"):
        spectral_error(GRAM * (1 + 1e-7 * tilted), C3, ridge=0.1)
    with pytest.raises(ValueError, match="symmetric Gram matrix.*order of the axes"):
        spectral_error(GRAM * (1 + 5e-3 * tilted), C3, ridge=0.1)
    rounded = GRAM.astype(np.float32).astype(float) * (1 + 1e-7 * tilted)
    mended = (rounded + rounded.T) / 2
    expected = spectral_error(GRAM, C3, ridge=0.1)
    np.testing.assert_allclose(spectral_error(mended, C3, ridge=0.1), expected, rtol=1e-5)


def test_no_problems_give_no_errors():
    none = np.zeros((0, 6, 6))
    assert spectral_error(none, C3, ridge=0.1).shape == (0, 2)
    assert held_out_error(none, C3, held_out=[(0, 1)], ridge=0.1).shape == (0, 1)
    assert spectrum(none, ridge=0.1).eigenvalues.shape == (0, 6)
    assert symmetry_defect(none, C3).shape == (0,)


def test_predictions_may_be_of_any_real_targets_that_are_constant_on_orbits():
    targets = np.array([0.3, -2.0])
    found = spectral.held_out_prediction(
        GRAM, C3, held_out=[(0, 1), (1, 2)], ridge=0.1, labels=targets, real_labels=True
    )
    every = np.repeat(targets, 3)
    solved = held_out_prediction(GRAM, every, [1, 5], ridge=0.1, real_labels=True)
    np.testing.assert_allclose(found, solved, rtol=1e-10)
    for function in (held_out_error, spectral.held_out_prediction):
        with pytest.raises(ValueError, match=r"Expected labels \+1 or -1"):
            function(GRAM, C3, held_out=[(0, 1)], ridge=0.1, labels=targets)


@pytest.mark.parametrize(
    "action, inverse_length",
    [(translation_action(3, (3,)), 0.005), (permutation_action(symmetric_group(3), (3,)), 0.05)],
)
@pytest.mark.filterwarnings("ignore::symtheory.IllConditionedWarning")
def test_single_precision_is_judged_as_such_whatever_the_group(action, inverse_length, rng):
    """Irreps are computed in double precision; what is rounded in the rows is not."""
    group = action.group
    # Of a condition number of 10⁸ and more.
    matrix = np.asarray(gram(RBF(inverse_length), orbit(rng.normal(size=(2, 3)), action)))
    assert np.isfinite(spectral_error(matrix, group, ridge=0.0)).all()
    rounded = matrix.astype(np.float32)
    for error in (
        lambda ridge: spectral_error(rounded, group, ridge=ridge),
        lambda ridge: held_out_error(rounded, group, held_out=[(0, 0), (1, 1)], ridge=ridge),
    ):
        with pytest.raises(ValueError, match="singular to the precision of float32"):
            error(0.0)
        assert error(0.1).dtype == np.float32


def test_a_block_that_is_nothing_but_rounding_beside_the_others_is_singular():
    rows = np.full((2, 2, 7), 0.1 * np.pi)  # of a pooled network: all poses are alike
    rows[0, 0] = rows[1, 1] = np.pi
    group = cyclic_group(7)
    y = np.repeat([1, -1], 7)
    for error in (
        lambda ridge: spectral_error(FirstRows(rows), group, ridge=ridge, allow_copies=True),
        lambda ridge: circulant_spectral_error(FirstRows(rows), ridge=ridge, allow_copies=True),
        lambda ridge: leave_one_out_error(expand_rows(rows, group), y, ridge=ridge),
    ):
        with pytest.raises(ValueError, match="singular to the precision"):
            error(0.0)
        assert np.isfinite(error(1e-3)).all()


@pytest.mark.parametrize("dtype, sizes", [("float32", (1e-25, 1e25)), ("float64", (1e-170, 1e160))])
def test_defects_and_their_warning_do_not_depend_on_the_scale(dtype, sizes):
    group, matrix = cyclic_group(5), random_gram(3, 10)
    for defect in (symmetry_defect, variation_defect):
        expected = defect(matrix, group)
        assert expected > 0.1
        for size in (1.0, *sizes):
            for found in (defect, jax.jit(defect, static_argnums=1)):
                scaled = (size * matrix).astype(dtype)
                np.testing.assert_allclose(found(scaled, group), expected, rtol=1e-5)
        assert defect(np.zeros((10, 10)), group) == 0
    for size in sizes:
        with pytest.warns(SymmetryWarning, match="Expected a Gram matrix that is invariant"):
            average_and_solve = spectral_error((size * matrix).astype(dtype), group, ridge=0.0)
        assert np.isfinite(average_and_solve).all()


def test_points_of_a_group_too_large_for_a_table_are_held_out():
    rows = np.zeros((2, 2, 20_001))
    rows[0, 0, 0] = rows[1, 1, 0] = 1.0
    errors = held_out_error(
        FirstRows(rows), cyclic_group(20_001), held_out=[(0, 0), (0, 1)], ridge=0.1
    )
    np.testing.assert_allclose(errors, 1.0)  # nothing is like anything else

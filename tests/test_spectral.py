"""The spectral theory against brute-force regression, the laws it obeys, and errors."""

from functools import reduce

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symtheory import IllConditionedWarning
from symtheory.actions import orbit, rotation_action, translation_action
from symtheory.datasets import two_circles
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
from symtheory.kernels import RBF, first_rows, gram
from symtheory.ntk import MLPKernel
from symtheory.regression import held_out_prediction, leave_one_out_error, relative_ridge
from symtheory.representations import irreps
from symtheory.spectral import (
    average_rows,
    circulant_spectral_error,
    expand_rows,
    group_average,
    held_out_error,
    spectral_error,
    spectrum,
    symmetry_defect,
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


@given(abelian_groups, st.integers(1, 3), seeds)
def test_spectral_error_equals_brute_force_on_random_invariant_kernels(group, m, seed):
    invariant = group_average(random_gram(seed, m * group.order), group)
    labels = np.random.default_rng(seed).choice([-1, 1], size=m)
    ridge = relative_ridge(invariant, 1e-6)
    exact = brute_force(invariant, labels, group.order, ridge)
    for argument in (invariant, average_rows(invariant, group)):
        theory = spectral_error(argument, group, ridge=ridge, labels=labels)
        np.testing.assert_allclose(exact, np.broadcast_to(theory[:, None], exact.shape), rtol=1e-10)


@given(abelian_groups.filter(lambda group: group.order > 1), seeds)
def test_spectral_error_equals_solving_again_without_the_point(group, seed):
    """The oracle that shares no code with the theory: remove the point, solve, predict."""
    invariant = group_average(random_gram(seed, 2 * group.order), group)
    ridge = relative_ridge(invariant, 1e-6)
    theory = spectral_error(invariant, group, ridge=ridge)
    labels = np.repeat([1, -1], group.order)
    for i, point in enumerate((group.order - 1, group.order)):
        prediction = held_out_prediction(invariant, labels, point, ridge=ridge)
        np.testing.assert_allclose(abs(prediction - labels[point]), theory[i], rtol=1e-10)


@pytest.mark.parametrize("n", [2, 5, 6, 12, 48])
@pytest.mark.parametrize("separation", [0.0, 0.3, 1.0, 5.0])
def test_circulant_general_and_exact_errors_agree_on_two_circles(n, separation):
    circles = two_circles(n, separation)
    matrix = gram(RBF(1.4), circles)
    exact = brute_force(matrix, [1, -1], n, 1e-5)
    general = spectral_error(matrix, cyclic_group(n), ridge=1e-5)
    circulant = circulant_spectral_error(matrix, ridge=1e-5)
    from_rows = circulant_spectral_error(first_rows(RBF(1.4), circles), ridge=1e-5)
    # 1e-10, but for what rounding the entries of the matrix already costs where n is large.
    tolerance = 1e-10 + np.finfo(float).eps * np.linalg.cond(matrix + 1e-5 * np.eye(2 * n))
    for theory in (np.broadcast_to(general[:, None], (2, n)), circulant, from_rows):
        np.testing.assert_allclose(exact, np.broadcast_to(theory, (2, n)), rtol=tolerance)


@pytest.mark.parametrize("n", [2, 4])
@pytest.mark.parametrize("depth", [1, 3])
def test_spectral_error_equals_brute_force_on_exact_rotations_of_images(n, depth, rng):
    action = rotation_action(n, (8, 8))
    matrix = gram(MLPKernel(depth), orbit(rng.normal(size=(2, 8, 8)), action))
    ridge = relative_ridge(matrix, 1e-10)
    theory = spectral_error(matrix, action.group, ridge=ridge)
    exact = brute_force(matrix, [1, -1], n, ridge)
    np.testing.assert_allclose(exact, np.broadcast_to(theory[:, None], exact.shape), rtol=1e-10)
    assert symmetry_defect(matrix, action.group) < 1e-15


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


@given(abelian_groups, seeds, st.floats(0.01, 100))
def test_scale_sign_and_order_of_seeds_do_not_matter(group, seed, scale):
    rows = average_rows(random_gram(seed, 3 * group.order), group)
    labels, order = np.array([1, -1, -1]), np.array([2, 0, 1])
    expected = spectral_error(rows, group, ridge=0.3, labels=labels)
    scaled = spectral_error(scale * rows, group, ridge=scale * 0.3, labels=-labels)
    np.testing.assert_allclose(scaled, expected, rtol=1e-9)
    permuted = rows[order][:, order]
    permuted = spectral_error(permuted, group, ridge=0.3, labels=labels[order])
    np.testing.assert_allclose(permuted, expected[order], rtol=1e-9)


@given(seeds)
def test_starting_an_orbit_elsewhere_does_not_matter(seed):
    """Which point of each orbit is called its seed is a convention."""
    group = cyclic_group(6)
    invariant = np.asarray(group_average(random_gram(seed, 12), group))
    moved = np.concatenate([np.roll(np.arange(6), 2), 6 + np.roll(np.arange(6), -1)])
    expected = spectral_error(invariant, group, ridge=0.1)
    computed = spectral_error(invariant[np.ix_(moved, moved)], group, ridge=0.1)
    np.testing.assert_allclose(computed, expected, rtol=1e-10)


def test_batches_and_several_classes_are_the_same_as_one_by_one():
    group = cyclic_group(5)
    matrix = random_gram(1, 15, batch=(2, 3))
    labels = np.array([[1, -1], [-1, 1], [-1, -1]])
    ridge = relative_ridge(matrix, 1e-3)
    errors = spectral_error(matrix, group, ridge=ridge, labels=labels)
    assert errors.shape == (2, 3, 3, 2)
    rows = spectral_error(average_rows(matrix, group), group, ridge=ridge, labels=labels)
    np.testing.assert_allclose(rows, errors, rtol=1e-12)
    for index in np.ndindex(2, 3):
        for column in range(2):
            single = spectral_error(
                matrix[index], group, ridge=ridge[index], labels=labels[:, column]
            )
            np.testing.assert_allclose(errors[index][:, column], single, rtol=1e-12)
    pairs = random_gram(2, 10, batch=(4,))
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


def test_a_million_elements_need_only_first_rows():
    n = 1_000_000
    step = 2 * np.pi / n
    same = np.exp(-(2 - 2 * np.cos(step * np.arange(n))))
    other = np.exp(-(3 - 2 * np.cos(step * (np.arange(n) + 0.5))))
    rows = np.stack([[same, other], [other[-np.arange(n)], same]])
    general = spectral_error(rows, cyclic_group(n), ridge=1e-2)
    np.testing.assert_allclose(general, circulant_spectral_error(rows, ridge=1e-2), rtol=1e-6)


def test_gradients_flow_through_the_spectral_error():
    circles = two_circles(6, 0.5)

    def error(length):
        return spectral_error(gram(RBF(length), circles), cyclic_group(6), ridge=1e-5).sum()

    slope = jax.jit(jax.grad(error))(1.2)
    np.testing.assert_allclose(slope, (error(1.2 + 1e-6) - error(1.2 - 1e-6)) / 2e-6, rtol=1e-6)


C3 = cyclic_group(3)
GRAM = random_gram(0, 6)


@pytest.mark.parametrize(
    "arguments,keywords,message",
    [
        ((GRAM[:, :5], C3), {}, "Expected a Gram matrix of shape"),
        ((random_gram(0, 7), C3), {}, "Expected a Gram matrix of whole orbits"),
        ((np.full((6, 6), np.nan), C3), {}, "Expected finite numbers in the Gram matrix"),
        ((np.triu(GRAM), C3), {}, "Expected a symmetric Gram matrix"),
        ((np.random.default_rng(0).normal(size=(2, 2, 3)), C3), {}, "κ_ji"),
        ((random_gram(0, 9), C3), {}, "Expected labels for 3 orbits"),
        ((GRAM, C3), {"labels": [1, 0]}, r"Expected labels \+1 or -1"),
        ((GRAM, C3), {"labels": [1, 1, 1]}, "Expected 2 labels"),
        ((GRAM, C3), {"ridge": -1.0}, "Expected a ridge ≥ 0"),
        ((GRAM, C3), {"ridge": np.nan}, "Expected a ridge ≥ 0"),
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
@pytest.mark.parametrize("m", [1, 2, 3, 4])
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
    np.testing.assert_allclose(computed, np.abs(every[points] - prediction), rtol=1e-9)


@pytest.mark.parametrize("generators", [[2], [1], [4]])
def test_a_missing_coset_leaves_the_frequencies_that_its_subgroup_fixes(generators):
    group = dihedral_group(4)
    rows = average_rows(random_gram(5, 16), group)
    inclusion = subgroup(group, generators)
    members = np.flatnonzero(cosets(inclusion) == 1)
    error = held_out_error(rows, group, held_out=[(1, int(g)) for g in members], ridge=0.1)
    noise = 0.0
    for rho in irreps(group):
        d = rho.dimension
        block = np.einsum("ijh,hab->iajb", rows, rho.matrices).reshape(2 * d, 2 * d)
        inverse = np.linalg.inv(block + 0.1 * np.eye(2 * d))[d:, d:]
        fixed = rho.matrices[inclusion.images].mean(axis=0)
        noise += d * np.trace(fixed @ inverse).real * len(members) / 8
    weight = np.linalg.solve(rows.sum(-1) + 0.1 * np.eye(2), [1, -1])[1]
    np.testing.assert_allclose(error, abs(weight) / noise, rtol=1e-9)


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


def test_gradients_flow_through_irreps():
    group = symmetric_group(3)
    rows = average_rows(random_gram(2, 12), group)

    def error(scale):
        return spectral_error(scale * rows, group, ridge=0.1).sum()

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
        spectral_error(rows, cyclic_group(8), ridge=0.0)
    with pytest.warns(IllConditionedWarning, match=r"Got about 8e\+13"):
        circulant_spectral_error(rows, ridge=0.0)

"""The evidence of labels on orbits against the whole Gaussian, and what its maximum is."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from lanes import slow
from scipy.stats import multivariate_normal

from symtheory import IllConditionedWarning
from symtheory.actions import Action
from symtheory.groups import (
    conjugacy_classes,
    cyclic_group,
    dihedral_group,
    direct_product,
    quaternion_group,
    semidirect_product,
    symmetric_group,
)
from symtheory.kernels import RBF, first_rows
from symtheory.learning import averaged_gram, learn_average, log_evidence
from symtheory.representations import regular_representation
from symtheory.spectral import FirstRows, average_rows, expand_rows, variation_defect

GROUPS = {
    group.name: group
    for group in (
        cyclic_group(1),
        cyclic_group(2),
        cyclic_group(5),
        cyclic_group(6),
        direct_product(cyclic_group(2), cyclic_group(4)),
        dihedral_group(3),
        dihedral_group(4),
        symmetric_group(3),
        symmetric_group(4),
        quaternion_group(),
    )
}
every_group = pytest.mark.parametrize(
    "group",
    [slow(one) if one.order in (24, 8) and one.name != "Q8" else one for one in GROUPS.values()],
    ids=GROUPS,
)
small_groups = pytest.mark.parametrize("name", ["C6", "D3", slow("Q8")])
KERNEL = RBF(0.5)


def orbits_of(group, m, rng):
    """Orbits of m random vectors, one number for each element, which the group permutes."""
    seeds = rng.normal(size=(m, group.order))
    return np.einsum("gab,ib->iga", regular_representation(group), seeds)


def averaged_by_definition(orbits, group, weights):
    """Σ_{g,h} a_g a_h k(gx, hx') for all points of all orbits, from the kernel alone."""
    moves = regular_representation(group)
    points = orbits.reshape(-1, group.order)
    total = 0.0
    for g, a in enumerate(weights):
        for h, b in enumerate(weights):
            total = total + a * b * np.asarray(KERNEL(points @ moves[g].T, points @ moves[h].T))
    return total


def brute_force(covariance, labels, noise, seen=None):
    """The log density of a Gaussian, of each column, added up."""
    points = np.arange(len(covariance)) if seen is None else seen
    noisy = covariance + noise * np.eye(len(covariance))
    columns = labels.reshape(len(covariance), -1).T
    kept = noisy[np.ix_(points, points)]
    return sum(multivariate_normal.logpdf(y[points], cov=kept) for y in columns)


def random_rows(group, m, rng):
    """First rows of a random invariant kernel, positive definite."""
    n = m * group.order
    features = rng.normal(size=(n, n + 4)) / np.sqrt(n)
    return average_rows(features @ features.T, group)


@every_group
@pytest.mark.parametrize("kind", ["any weights", "class function"])
def test_the_evidence_is_that_of_the_whole_gaussian(group, kind, rng):
    m, n = 2, group.order
    orbits = orbits_of(group, m, rng)
    weights = rng.dirichlet(np.ones(n))
    if kind == "class function":
        classes = conjugacy_classes(group)
        weights = (np.bincount(classes, weights) / np.bincount(classes))[classes]
    covariance = averaged_by_definition(orbits, group, weights)
    rows = first_rows(KERNEL, orbits)
    np.testing.assert_allclose(averaged_gram(rows, group, weights=weights), covariance, rtol=1e-12)
    constant, varying = rng.normal(size=m), rng.normal(size=(m, n))
    several, classes = rng.normal(size=(m, n, 2)), rng.normal(size=(m, 1, 3))
    for labels, expanded in (
        (constant, np.repeat(constant, n)),
        (varying, varying),
        (several, several),
        (classes, np.repeat(classes, n, axis=1)),
    ):
        found = log_evidence(rows, group, weights=weights, labels=labels, noise=0.1)
        np.testing.assert_allclose(found, brute_force(covariance, expanded, 0.1), rtol=1e-10)


@every_group
def test_the_formula_of_constant_labels(group, rng):
    """The trivial block alone has the labels; the others enter by their determinants."""
    rows = random_rows(group, 3, rng)
    y, noise, n = rng.normal(size=3), 0.2, group.order
    weights = rng.dirichlet(np.ones(n))
    trivial = np.asarray(rows).sum(-1) + noise * np.eye(3)
    covariance = averaged_gram(rows, group, weights=weights) + noise * np.eye(3 * n)
    value = -0.5 * n * y @ np.linalg.solve(trivial, y) - 0.5 * np.linalg.slogdet(covariance)[1]
    value -= 0.5 * 3 * n * np.log(2 * np.pi)
    found = log_evidence(FirstRows(rows), group, weights=weights, labels=y, noise=noise)
    np.testing.assert_allclose(found, value, rtol=1e-10)


@every_group
def test_held_out_points_are_those_that_the_gaussian_does_not_have(group, rng):
    m, n = 3, group.order
    rows, weights = random_rows(group, m, rng), rng.dirichlet(np.ones(n))
    held_out = list(dict.fromkeys([(0, 0), (1, 0), (1, n - 1)]))
    seen = np.setdiff1d(np.arange(m * n), [i * n + g for i, g in held_out])
    covariance = averaged_gram(rows, group, weights=weights)
    labels = rng.normal(size=(m, n, 2))
    found = log_evidence(rows, group, weights=weights, labels=labels, noise=0.1, held_out=held_out)
    expected = brute_force(np.asarray(covariance), labels, 0.1, seen)
    np.testing.assert_allclose(found, expected, rtol=1e-10)
    for i, g in held_out:
        labels[i, g] = 7.0  # not seen
    other = log_evidence(rows, group, weights=weights, labels=labels, noise=0.1, held_out=held_out)
    np.testing.assert_allclose(other, found, rtol=1e-10)


@small_groups
def test_gradients_are_those_of_finite_differences(name, rng):
    """Also where singular values coincide, as all but one do at the uniform average."""
    group = GROUPS[name]
    m, n, step = 2, group.order, 1e-5
    point = {
        "rows": np.asarray(random_rows(group, m, rng)),
        "labels": rng.normal(size=(m, n)),
        "noise": np.asarray(0.1),
    }
    moves = {key: rng.normal(size=value.shape) for key, value in point.items()}
    moves["rows"] = np.asarray(random_rows(group, m, rng))
    moves["weights"] = rng.normal(size=n)

    @jax.jit
    def evidence(point):
        rest = {key: value for key, value in point.items() if key != "rows"}
        return log_evidence(point["rows"], group, **rest, held_out=[(1, 0)])

    gradient_at = jax.jit(jax.grad(evidence))
    for weights in (rng.dirichlet(np.ones(n)), np.full(n, 1 / n), np.eye(n)[0]):
        here = point | {"weights": weights}
        gradient = gradient_at(here)
        for key, move in moves.items():
            ahead, behind = (
                evidence(here | {key: here[key] + sign * step * move}) for sign in (1, -1)
            )
            slope = float(np.sum(np.asarray(gradient[key]) * move))
            np.testing.assert_allclose(slope, (ahead - behind) / (2 * step), rtol=1e-6, atol=1e-6)


def test_traced_code_gives_nan_where_checks_are_skipped(rng):
    group = cyclic_group(4)
    rows = random_rows(group, 2, rng)

    @jax.jit
    def traced(rows, weights, noise):
        return log_evidence(rows, group, weights=weights, labels=[1.0, -1.0], noise=noise)

    good = rows, np.full(4, 0.25), 0.1
    rest = {"weights": good[1], "labels": [1.0, -1.0], "noise": 0.1}
    np.testing.assert_allclose(traced(*good), log_evidence(rows, group, **rest), rtol=1e-12)
    assert np.isnan(traced(rows, np.full(4, np.inf), 0.1))
    assert np.isnan(traced(rows, np.full(4, 0.25), -0.1))
    assert np.isnan(traced(-rows, np.full(4, 0.25), 0.1))  # indefinite
    assert np.isnan(traced(rows.at[0, 1, 1].add(1.0), np.full(4, 0.25), 0.1))  # not symmetric
    assert np.isnan(jax.grad(traced, argnums=1)(-rows, np.full(4, 0.25), 0.1)).all()


def test_refusals_and_warnings(rng):
    group = cyclic_group(4)
    rows = random_rows(group, 2, rng)
    right = {"weights": np.full(4, 0.25), "labels": [1.0, -1.0], "noise": 0.1}
    for wrong, message in (
        ({"weights": np.full(3, 1 / 3)}, "Expected a weight for each of the 4 elements"),
        ({"labels": np.ones((2, 3))}, r"Expected labels of 2 orbits of C4.*labels\[:, None, :\]"),
        ({"noise": -1.0}, "Expected a ridge ≥ 0"),
        ({"noise": 0.0}, "Expected a positive definite covariance of the labels"),
        ({"held_out": [(2, 0)]}, "Expected different pairs of an orbit below 2"),
    ):
        with pytest.raises(ValueError, match=message):
            log_evidence(rows, group, **(right | wrong))
    with pytest.raises(ValueError, match=r"Expected first rows of shape \(m, m, 4\)"):
        log_evidence(np.stack([rows, rows]), group, **right)
    with pytest.warns(IllConditionedWarning):
        log_evidence(rows, group, **(right | {"noise": 1e-14}))


def test_the_averaged_kernel_is_invariant_for_class_functions_and_not_in_general(rng):
    group = symmetric_group(3)
    rows = random_rows(group, 2, rng)
    classes = conjugacy_classes(group)
    weights = rng.dirichlet(np.ones(6))
    means = (np.bincount(classes, weights) / np.bincount(classes))[classes]
    assert variation_defect(averaged_gram(rows, group, weights=means), group) < 1e-7
    assert variation_defect(averaged_gram(rows, group, weights=weights), group) > 0.05
    c6 = cyclic_group(6)
    weights = rng.dirichlet(np.ones(6))
    averaged = averaged_gram(random_rows(c6, 2, rng), c6, weights=weights)
    assert variation_defect(averaged, c6) < 1e-7


@small_groups
def test_left_translates_of_the_weights_have_one_evidence_and_right_ones_do_not(name, rng):
    group = GROUPS[name]
    rows, labels = random_rows(group, 2, rng), rng.normal(size=(2, group.order))
    weights = rng.dirichlet(np.ones(group.order))

    def evidence(a):
        return float(log_evidence(rows, group, weights=a, labels=labels, noise=0.1))

    for x in group.elements:
        assert evidence(weights[group.table[x]]) == pytest.approx(evidence(weights), rel=1e-11)
    if name == "D3":  # on Q8 wx and xw are each other or inverse, which is the same to a⋆a
        right = [evidence(weights[group.table[:, x]]) for x in group.elements]
        assert np.ptp(right) > 1e-3


# The theorem on the evidence.


def rank(weights, group):
    """The rank of the average on functions on the group."""
    average = weights[group.table[:, group.inverse].T]
    return int(np.linalg.matrix_rank(average, tol=1e-9))


@every_group
def test_labels_constant_on_orbits_uniform_weights_are_the_maximum_at_any_noise(group, rng):
    """By the sum of log det(1 + μ_k Λ_ρ / σ²), whatever the labels, and no others are."""
    n, m = group.order, 2
    rows, labels = random_rows(group, m, rng), rng.normal(size=m)
    uniform = np.full(n, 1 / n)
    trivial = np.asarray(rows).sum(-1)
    for noise in (1e-6, 1e-2, 10.0):

        def evidence(a, noise=noise):
            return float(log_evidence(rows, group, weights=a, labels=labels, noise=noise))

        others = [np.eye(n)[-1], *rng.dirichlet(np.ones(n), size=2)] if n > 1 else []
        # Close to it, too: nothing but the uniform weights is a maximum.
        others += [0.9 * uniform + 0.1 * a for a in others]
        for a in others:
            gap = evidence(uniform) - evidence(a)
            whole = averaged_gram(rows, group, weights=a) / noise
            expected = np.linalg.slogdet(whole + np.eye(n * m))[1]
            expected -= np.linalg.slogdet(trivial / noise + np.eye(m))[1]
            np.testing.assert_allclose(gap, expected / 2, rtol=1e-8)
            assert gap > 0


@small_groups
def test_the_rate_at_which_the_evidence_grows_is_set_by_the_rank(name, rng):
    """m (|G| - rank A) log(1/σ) where the range of A holds the labels."""
    group = GROUPS[name]
    n, m, noises = group.order, 2, np.array([1e-6, 1e-8])
    rows = random_rows(group, m, rng)
    half = np.zeros(n)
    half[[0, *np.flatnonzero((group.table.diagonal() == 0) & (group.elements > 0))[:1]]] = 0.5
    for a in (np.eye(n)[0], half, np.full(n, 1 / n)):
        average = a[group.table[:, group.inverse].T]
        labels = rng.normal(size=(m, n)) @ average.T
        values = [
            float(log_evidence(rows, group, weights=a, labels=labels, noise=s)) for s in noises
        ]
        rate = np.diff(values) / np.diff(np.log(1 / np.sqrt(noises)))
        np.testing.assert_allclose(rate, m * (n - rank(a, group)), atol=1e-3)
    outside = rng.normal(size=(m, n))
    with_error = log_evidence(rows, group, weights=np.full(n, 1 / n), labels=outside, noise=1e-8)
    off = outside - outside.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(with_error, -np.sum(off**2) / 2e-8, rtol=1e-3)


def subgroup_labels(group, members, m, rng):
    """Random functions with y(hg) = y(g) for the members h of a subgroup, |G| columns of them."""
    drawn = rng.normal(size=(m, group.order, 2 * group.order))
    return sum(drawn[:, group.table[h]] for h in members) / len(members)


@pytest.mark.parametrize(
    ("name", "members"),
    [("C6", [0, 3]), slow(("C6", [0, 2, 4])), ("D3", [0, 1]), slow(("Q8", [0, 4]))],
)
def test_labels_that_hold_every_function_a_subgroup_leaves_alone_are_given_that_subgroup(
    name, members, rng
):
    """The weights are constant on its left cosets, and the rank is its index."""
    group = GROUPS[name]
    if name != "C6":  # a subgroup of two elements, by the first involution
        involution = next(g for g in group.elements if g and group.table[g, g] == 0)
        members = [0, int(involution)]
    rows = random_rows(group, 2, rng)
    labels = subgroup_labels(group, members, 2, rng)
    learned = learn_average(rows, group, labels, least_noise=1e-8, starts=3)
    for h in members:  # a(xh) = a(x)
        np.testing.assert_allclose(learned.weights[group.table[:, h]], learned.weights, atol=1e-3)
    uniform = np.isin(group.elements, members) / len(members)
    amplitude = np.sqrt(learned.amplitude)

    def evidence(a):
        return float(log_evidence(rows, group, weights=amplitude * a, labels=labels, noise=1e-8))

    assert rank(uniform, group) == group.order // len(members)
    assert evidence(uniform) > evidence(np.eye(group.order)[0]) + 10
    assert evidence(uniform) > evidence(np.full(group.order, 1 / group.order)) + 10


@pytest.mark.slow
def test_of_shifts_and_turns_labels_are_given_the_subgroup_that_leaves_them_alone(rng):
    """Shifts of a small torus and its quarter turns, which are no direct product."""
    a, b = np.divmod(np.arange(4), 2)
    turned = b * 2 + a  # shifts by (a, b) become shifts by (-b, a)
    shifts = direct_product(cyclic_group(2), cyclic_group(2))
    by_turn = [np.arange(4), turned, np.arange(4), turned]
    group = semidirect_product(shifts, cyclic_group(4), by_turn)
    assert (group.table != group.table.T).any()
    down, along, turn = np.unravel_index(group.elements, (2, 2, 4))

    def transform(items):
        moved = [
            np.roll(np.rot90(items, h, axes=(1, 2)), (a, b), axis=(1, 2))
            for a, b, h in zip(down, along, turn, strict=True)
        ]
        return np.stack(moved, axis=1)

    assert Action("shifts and turns", group, (2, 2), True, transform).exact
    classes, even = np.array([[1.0], [-1.0], [1.0]]), (-1.0) ** (down + along)
    rows = random_rows(group, 3, rng)
    cases = {
        "class": (np.ones(16), np.ones(16, bool)),
        "sign": (even, even > 0),
        "place": (np.where(down + along == 0, 1.0, -1.0), down + along == 0),
    }
    for signs, members in cases.values():
        a = learn_average(rows, group, classes * signs, least_noise=1e-8, starts=3).weights
        for h in np.flatnonzero(members):  # a(xh) = a(x)
            np.testing.assert_allclose(a[group.table[:, h]], a, atol=1e-3)
        assert members.all() or a[members].min() > 1.5 * a[~members].mean()
    np.testing.assert_allclose(
        learn_average(rows, group, classes * even, starts=3).weights, (even > 0) / 8, atol=1e-2
    )


def test_labels_kept_by_no_subgroup_may_prefer_an_average():
    """On C6, frequency 1 alone: rank 3 beats the identity, of rank 6."""
    group = cyclic_group(6)
    angles = 2 * np.pi * np.arange(6) / 6
    row = np.exp(np.cos(angles))[None, None]
    labels = np.cos(angles)[None]
    assert not any(np.allclose(np.roll(labels, g), labels) for g in range(1, 6))
    wave = (1 + np.cos(angles)) / 6
    assert rank(wave, group) == 3 and rank(np.eye(6)[0], group) == 6
    gaps = []
    for noise in (1e-2, 1e-4, 1e-6):
        evidences = [
            float(log_evidence(row, group, weights=a, labels=labels, noise=noise))
            for a in (wave, np.eye(6)[0])
        ]
        covariances = [averaged_gram(row, group, weights=a) for a in (wave, np.eye(6)[0])]
        expected = [brute_force(np.asarray(k), labels, noise) for k in covariances]
        np.testing.assert_allclose(evidences, expected, rtol=1e-7)
        gaps.append(evidences[0] - evidences[1])
    assert min(gaps) > 1
    rate = np.diff(gaps) / np.log(10)
    np.testing.assert_allclose(rate, 3, atol=0.05)  # three singular values more are 0


def test_the_uniform_average_over_the_subgroup_is_not_always_the_maximum():
    """On C2, labels that differ less than the prior says are kept by the identity alone."""
    group = cyclic_group(2)
    even, odd = 2.0, 1.0  # the eigenvalues of the kernel
    row = np.array([[[(even + odd) / 2, (even - odd) / 2]]])
    for size in (0.3, 2.0):  # of the odd part, beside √odd
        labels = (1.0 + size * np.array([1.0, -1.0]) / np.sqrt(2))[None]
        shares = np.linspace(0, 0.49, 200)

        @jax.jit
        @jax.vmap
        def found(share, labels=labels):
            weights = jnp.stack([1 - share, share])
            return log_evidence(row, group, weights=weights, labels=labels, noise=1e-8)

        best = (1 - 2 * shares[int(np.argmax(found(shares)))]) ** 2
        np.testing.assert_allclose(best, min(1, size**2 / odd), atol=0.01)


@small_groups
def test_with_points_held_out_the_uniform_average_wins_as_the_noise_vanishes(name, rng):
    group = GROUPS[name]
    n, m = group.order, 2
    rows, labels = random_rows(group, m, rng), np.array([1.0, -1.0])
    candidates = [np.full(n, 1 / n), np.eye(n)[0], *rng.dirichlet(np.ones(n), size=3)]
    found = [
        float(
            log_evidence(
                rows, group, weights=a, labels=labels, noise=1e-8, held_out=[(0, 0), (0, 1)]
            )
        )
        for a in candidates
    ]
    assert found[0] > max(found[1:]) + 10


# What is learned.


def test_what_is_learned_is_a_maximum_and_agrees_with_the_evidence(rng):
    group = dihedral_group(3)
    rows, labels = random_rows(group, 3, rng), rng.normal(size=(3, 6))
    held_out = [(0, 1), (2, 5)]
    learned = learn_average(rows, group, labels, held_out=held_out, least_noise=1e-3)
    weights = np.sqrt(learned.amplitude) * learned.weights
    rest = {"labels": labels, "held_out": held_out}
    value = log_evidence(rows, group, weights=weights, noise=learned.noise, **rest)
    np.testing.assert_allclose(learned.log_evidence, value, rtol=1e-9)
    np.testing.assert_allclose(learned.weights.sum(), 1, rtol=1e-12)
    assert learned.converged[0] and np.all(np.diff(learned.evidences) <= 0)
    assert np.argmax(learned.weights) == 0
    # No step to a neighbor helps.
    for other in rng.dirichlet(np.ones(6), size=10):
        moved = 0.99 * weights + 0.01 * other * weights.sum()
        near = log_evidence(rows, group, weights=moved, noise=learned.noise, **rest)
        assert near < value + 1e-3


@pytest.mark.parametrize("name", ["C4", slow("D3")])
def test_class_labels_learn_the_group_and_poses_learn_none(name, rng):
    group = cyclic_group(4) if name == "C4" else dihedral_group(3)
    n, m = group.order, 4
    rows = first_rows(KERNEL, orbits_of(group, m, rng))
    learned = learn_average(rows, group, [1.0, -1.0, 1.0, -1.0])
    assert learned.subgroup.source.order == n and learned.evenness > 0.999
    assert learned.agreement == 1 and learned.noise_at_bound
    assert f"all of {group.name}" in learned.verdict and "evenly" in learned.verdict
    # Poses can be told where orbits are alike.
    alike = orbits_of(group, 1, rng) + 0.2 * orbits_of(group, m, rng)
    poses = np.tile(2 * np.eye(n) - 1, (m, 1, 1))
    learned = learn_average(first_rows(KERNEL, alike), group, poses)
    assert learned.weights[0] > 0.7
    if name == "C4":
        assert learned.subgroup.source.order == 1 and "No average" in learned.verdict


def test_it_can_be_learned_from_expanded_rows_and_never_from_nothing(rng):
    group = cyclic_group(3)
    rows = random_rows(group, 2, rng)
    again = average_rows(expand_rows(rows, group), group)
    one, other = (learn_average(r, group, [1.0, -1.0], starts=2) for r in (rows, again))
    np.testing.assert_allclose(one.log_evidence, other.log_evidence, rtol=1e-6)
    with pytest.raises(ValueError, match="Expected labels that are not all 0"):
        learn_average(rows, group, [0.0, 0.0])


def test_labels_that_no_average_explains_are_refused():
    """A kernel that hardly changes along the orbit, and labels that do nothing else."""
    rows, alternating = np.array([[[2.0, 1.9, 1.85, 1.9]]]), [[1.0, -1.0, 1.0, -1.0]]
    with pytest.raises(ValueError, match="most likely as noise"):
        learn_average(rows, cyclic_group(4), alternating)
    assert learn_average(rows, cyclic_group(4), [[1.0, 1.0, 1.0, 1.0]]).subgroup.source.order == 4

"""Where the theory is certain of a matrix that is not invariant, against fitting it anew."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lanes import slow
from scipy import linalg

from symtheory._intervals import share_interval
from symtheory.actions import rotation_action
from symtheory.datasets import load_digits, normalize
from symtheory.diagnosis import Diagnosis, certainty, diagnose
from symtheory.diagnosis.certainty import Certainty
from symtheory.diagnosis.forecast import Theory
from symtheory.diagnosis.labels import read_labels
from symtheory.diagnosis.problem import read_problem
from symtheory.diagnosis.remarks import doubts
from symtheory.diagnosis.verdicts import verdicts, wide_interval
from symtheory.groups import cyclic_group, dihedral_group, direct_product, symmetric_group
from symtheory.ntk import MLPKernel
from symtheory.regression import held_out_prediction
from symtheory.spectral import group_average

RIDGE = 0.03
LABELS = np.array([0, 1, 1, 2, 2, 2])
GROUPS = [
    cyclic_group(2),
    cyclic_group(5),
    direct_product(cyclic_group(2), cyclic_group(4)),
    dihedral_group(3),
    symmetric_group(4),
]
numbers = st.integers(0, 2**32 - 1)
sizes = st.sampled_from([1e-4, 1e-2, 0.1, 1.0])


def nearly_invariant(group, seed, size):
    """A Gram matrix of six orbits; at size 1, of random features without any symmetry."""
    rng = np.random.default_rng(seed)
    n = len(LABELS) * group.order
    one, other = (f @ f.T / n for f in rng.normal(size=(2, n, n + 3)))
    return (1 - size) * np.asarray(group_average(one, group)) + size * other


def asked(matrix, group):
    problem = read_problem(None, read_labels(LABELS), matrix, group, ridge=RIDGE, relative=False)
    return problem, Certainty.of(problem, Theory.of(problem))


def fitted(matrix, group, orbits, elements):
    """By how much regression on the matrix as it is prefers the own class to each other one."""
    columns = np.repeat(2.0 * (LABELS[:, None] == np.arange(3)) - 1, group.order, axis=0)
    held_out = orbits * group.order + elements
    said = np.asarray(held_out_prediction(matrix, columns, held_out, ridge=RIDGE))
    own = LABELS[orbits]
    lead = said[np.arange(len(own)), own][:, None] - said
    return np.where(np.arange(3) == own[:, None], np.inf, lead).min(axis=1)


@pytest.mark.parametrize(
    "group",
    [one if one.name in ("C2", "D3") else slow(one) for one in GROUPS],
    ids=lambda group: group.name,
)
@settings(max_examples=10)
@given(seed=numbers, size=sizes)
def test_what_is_certain_is_what_regression_says(group, seed, size):
    matrix = nearly_invariant(group, seed, size)
    problem, certain = asked(matrix, group)
    rng = np.random.default_rng(seed)
    c, g = seed % 3, seed % group.order
    together = np.nonzero(rng.random((len(LABELS), group.order)) < 0.3)
    for orbits, elements in [(problem.seeds_of(c), np.full((c == LABELS).sum(), g)), together]:
        if not len(orbits):
            continue
        right, wrong = certain.signs(orbits, elements).T
        lead = fitted(matrix, group, orbits, elements)
        assert (lead[right] > 0).all() and (lead[wrong] < 0).all()
        if size == 1e-4:  # it does say something: what is left open is nearly a tie
            assert (np.abs(lead[~right & ~wrong]) < 0.05).all()


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_the_bound_is_the_one_of_its_formula(group):
    """Written out with dense matrices: A, its average, and a root of the inverse."""
    matrix = nearly_invariant(group, 1, 0.1)
    problem, certain = asked(matrix, group)
    n = len(matrix)
    average = np.asarray(group_average(matrix, group))
    root = linalg.sqrtm(np.linalg.inv(average + RIDGE * np.eye(n))).real
    moved = root @ (matrix - average) @ root
    ends = np.linalg.eigvalsh(moved)[[0, -1]]
    assert certain.stretch == pytest.approx(np.sqrt((1 + ends[1]) / (1 + ends[0])), rel=0.01)

    orbits, elements = problem.seeds_of(1), np.array([0, 0])
    held_out = orbits * group.order + elements
    y = np.repeat(problem.columns, group.order, axis=0)
    columns = root[:, held_out]
    inverse = np.linalg.inv(columns.T @ columns)
    beside = np.eye(n) - columns @ inverse @ columns.T
    pushed = moved @ beside @ root @ y
    first = inverse @ columns.T @ pushed
    rest = moved @ beside @ pushed
    size = np.linalg.norm(rest[:, [1]] - rest, axis=0)
    bound = certain.stretch * np.sqrt(np.diagonal(inverse))[:, None] * size

    ridged = np.linalg.inv(matrix + RIDGE * np.eye(n))
    said, theory = (
        y[held_out] - np.linalg.solve(one[np.ix_(held_out, held_out)], one[held_out] @ y)
        for one in (ridged, root @ root)
    )
    gap = (said - theory - first)[:, [1]] - (said - theory - first)
    assert (np.abs(gap) <= bound + 1e-12).all() and bound.max() > 1e-6
    # Where the theory is moved to its edge, what is certain changes there.
    lead = (theory + first)[:, [1]] - (theory + first)
    right, wrong = certain.signs(orbits, elements).T
    others = [0, 2]
    np.testing.assert_array_equal(right, (lead > bound)[:, others].all(axis=1))
    np.testing.assert_array_equal(wrong, (lead < -bound)[:, others].any(axis=1))


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_half_of_the_inverse_is_that_of_the_theory(group):
    """Of all points at once, and against the dense inverse."""
    matrix = nearly_invariant(group, 2, 0.1)
    _, certain = asked(matrix, group)
    n = len(matrix)
    columns = certain.theory.half_columns(*np.divmod(np.arange(n), group.order))
    np.testing.assert_allclose(certain.half.times(np.eye(n)), columns, atol=1e-12)
    inverse = np.linalg.inv(np.asarray(group_average(matrix, group)) + RIDGE * np.eye(n))
    np.testing.assert_allclose(columns.T @ columns, inverse, atol=1e-10 * inverse.max())
    np.testing.assert_allclose(certain.half.solve(np.eye(n)), inverse, atol=1e-10 * inverse.max())


@pytest.fixture(scope="module")
def turned():
    """Digits that turn by interpolation."""
    images = np.concatenate([load_digits().images[load_digits().labels == c][:6] for c in (1, 3)])
    return diagnose(
        images,
        np.repeat([1, 3], 6),
        MLPKernel(),
        group=rotation_action(8, (28, 28)),
        prepare=normalize,
        remedies=False,
    )


def test_regression_lies_within_what_is_certain_and_what_is_possible(turned):
    low, high = np.moveaxis(turned.certain, -1, 0)
    assert (low <= turned.regression).all() and (turned.regression <= high).all()
    assert (high - low).mean() < 0.1 and 1e-4 < turned.defect < 0.01
    ends = [share_interval(one, np.array(6.0)) for one in (low, turned.accuracy, high)]
    np.testing.assert_allclose(turned.interval[..., 0], np.minimum(*ends[:2])[..., 0])
    np.testing.assert_allclose(turned.interval[..., 1], np.maximum(*ends[1:])[..., 1])
    total = 2 * 6 * 8
    left = round(((high - low) * 6).sum())
    assert f"certain, by a bound, at {total - left} of {total}" in " ".join(doubts(turned))


@pytest.mark.parametrize(
    "certain, possible, verdict",
    [(0.8, 0.8, "generalizes"), (0.75, 0.9, "generalizes"), (0.6, 0.9, "undecided")],
)
def test_seeds_left_open_may_leave_a_verdict_undecided(certain, possible, verdict):
    seeds = np.array([40])
    shares = [np.array([share]) for share in (0.8, certain, possible)]
    assert verdicts(wide_interval(shares, seeds), trusted=True) == [verdict]
    assert verdicts(share_interval(shares[0], seeds), trusted=True) == ["generalizes"]


def test_what_is_exact_is_certain_at_every_point(tmp_path):
    found = diagnose(None, LABELS, nearly_invariant(GROUPS[1], 0, 0.0), group=GROUPS[1])
    np.testing.assert_array_equal(found.certain[..., 0], found.certain[..., 1])
    np.testing.assert_array_equal(found.certain[..., 0], found.accuracy)
    assert not any("by a bound" in line for line in doubts(found))
    again = Diagnosis.load(found.save(tmp_path / "found.npz"))
    np.testing.assert_array_equal(again.certain, found.certain)


def test_nothing_is_certain_where_the_eigenvalues_are_not_found(monkeypatch):
    def lost(*_, **__):
        raise certainty.ArpackNoConvergence("none", np.array([]), np.array([]))

    matrix = nearly_invariant(GROUPS[1], 0, 1e-4)
    low, high = np.moveaxis(diagnose(None, LABELS, matrix, group=GROUPS[1]).certain, -1, 0)
    assert (high - low).max() < 1
    monkeypatch.setattr(certainty, "eigsh", lost)
    found = diagnose(None, LABELS, matrix, group=GROUPS[1])
    assert (found.certain[..., 0] == 0).all() and (found.certain[..., 1] == 1).all()
    assert (found.verdict == "undecided").all()


def test_it_is_left_out_where_it_cannot_be_known_or_takes_long(monkeypatch):
    group = GROUPS[1]
    far = diagnose(None, LABELS, nearly_invariant(group, 0, 0.5), group=group)
    assert far.certain is None and not far.trusted
    matrix = nearly_invariant(group, 0, 1e-4)
    monkeypatch.setattr(certainty, "_QUICK", 10)
    assert diagnose(None, LABELS, matrix, group=group).certain is None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        alone = diagnose(None, LABELS, matrix, group=group, regression_up_to=0)
    assert alone.certain is not None and alone.regression is None

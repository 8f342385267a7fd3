"""A diagnosis of one's own data, against fitting every problem anew."""

import json
import warnings

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lanes import slow
from matplotlib import pyplot as plt
from scipy import stats

from symtheory import SymmetryWarning
from symtheory._intervals import share_interval
from symtheory.actions import orbit, permutation_action, rotation_action
from symtheory.datasets import load_digits, normalize
from symtheory.diagnosis import diagnose
from symtheory.diagnosis.items import Items
from symtheory.diagnosis.labels import read_labels
from symtheory.diagnosis.problem import read_problem
from symtheory.diagnosis.remedies import averaged, normal_subgroups
from symtheory.diagnosis.report import columns
from symtheory.diagnosis.verdicts import verdicts
from symtheory.groups import cyclic_group, dihedral_group, direct_product, symmetric_group
from symtheory.kernels import RBF, Averaged, gram
from symtheory.ntk import MLPKernel
from symtheory.regression import held_out_prediction
from symtheory.spectral import FirstRows, average_rows, group_average

RIDGE = 0.03
GROUPS = [
    cyclic_group(5),
    direct_product(cyclic_group(2), cyclic_group(4)),
    dihedral_group(4),
    symmetric_group(3),
    symmetric_group(4),
]
numbers = st.integers(0, 2**32 - 1)


def drawn(group, seed):
    """A Gram matrix, not invariant, of six orbits, and labels: one, two and three of a class."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(6 * group.order, 6 * group.order + 3))
    labels = rng.permutation(rng.permutation(3)[[0, 1, 1, 2, 2, 2]])
    return features @ features.T / features.shape[1], labels


def shuffles(n):
    """All orders of n numbers."""
    return permutation_action(symmetric_group(n), (n,))


def fitted(matrix, labels, order, c, g, ridge=RIDGE):
    """What kernel regression says of each class, at pose g of all seeds of class c without it."""
    columns = np.repeat(2.0 * (labels[:, None] == np.unique(labels)) - 1, order, axis=0)
    held_out = np.flatnonzero(labels == c) * order + g
    return np.asarray(held_out_prediction(matrix, columns, held_out, ridge=ridge))


def margin_of(outputs, c):
    return outputs[:, c] - np.delete(outputs, c, axis=1).max(axis=1)


@pytest.mark.parametrize("group", [GROUPS[0], *map(slow, GROUPS[1:])], ids=lambda group: group.name)
@settings(max_examples=10)
@given(seed=numbers)
def test_the_forecast_is_that_of_fitting_each_problem_anew(group, seed):
    matrix, labels = drawn(group, seed)
    invariant = np.asarray(group_average(matrix, group))
    found = diagnose(None, labels, invariant, group=group, ridge=RIDGE, relative=False)
    c, g = seed % 3, seed % group.order
    margin = margin_of(fitted(invariant, labels, group.order, c, g), c)
    assert found.margin[c, g] == pytest.approx(margin.mean(), abs=1e-9)
    assert found.accuracy[c, g] == np.mean(margin > 0)
    assert found.regression[c, g] == found.accuracy[c, g]
    assert found.defect < 1e-12


@pytest.mark.parametrize(
    "group", [GROUPS[0], *map(slow, GROUPS[1:4])], ids=lambda group: group.name
)
@settings(max_examples=10)
@given(seed=numbers)
def test_regression_is_that_of_the_matrix_as_it_is(group, seed):
    matrix, labels = drawn(group, seed)
    found = diagnose(None, labels, matrix, group=group, ridge=RIDGE, relative=False)
    for g in range(group.order):
        right = margin_of(fitted(matrix, labels, group.order, 1, g), 1) > 0
        assert found.regression[1, g] == right.mean()
    assert not found.trusted
    assert (found.verdict == "undecided").all()


@pytest.mark.parametrize("group", [GROUPS[0], *map(slow, GROUPS[1:])], ids=lambda group: group.name)
@settings(max_examples=10)
@given(seed=numbers)
def test_what_several_classes_lack_at_once_is_held_out_at_once(group, seed):
    matrix, labels = drawn(group, seed)
    rng = np.random.default_rng(seed)
    table = np.zeros((3, group.order), dtype=bool)
    for c in rng.permutation(3)[:2]:  # always as many points, for which a program is compiled
        table[c, rng.permutation(group.order)[: [4, 2, 1][np.sum(labels == c) - 1]]] = True
    invariant = np.asarray(group_average(matrix, group))
    for given_matrix in (invariant, matrix):
        found = diagnose(
            None, labels, given_matrix, group=group, missing=table, ridge=RIDGE, relative=False
        )
        orbits, elements = np.nonzero(table[labels])
        columns = np.repeat(2.0 * (labels[:, None] == np.arange(3)) - 1, group.order, axis=0)
        held_out = orbits * group.order + elements
        expected = np.asarray(held_out_prediction(given_matrix, columns, held_out, ridge=RIDGE))
        for c, g in np.argwhere(table):
            here = (labels[orbits] == c) & (elements == g)
            margin = margin_of(expected[here], c)
            assert found.regression[c, g] == np.mean(margin > 0)
            if given_matrix is invariant:
                assert found.margin[c, g] == pytest.approx(margin.mean(), abs=1e-9)
        for numbers_of in (found.accuracy, found.margin, found.nearest, found.regression):
            np.testing.assert_array_equal(np.isnan(numbers_of), ~table)
        assert np.array_equal(found.verdict == "", ~table)


def test_missing_poses_may_be_given_by_label():
    matrix, _ = drawn(cyclic_group(5), 1)
    labels = ["b", "a", "b", "a", "c", "c"]
    table = np.zeros((3, 5), dtype=bool)
    table[0, [1, 2]] = table[2, 0] = True
    one, other, pairs = (
        diagnose(None, labels, matrix, group=cyclic_group(5), missing=missing, ridge=1e-3)
        for missing in (table, {"c": [0], "a": [2, 1]}, [("a", 1), ("c", 0), ("a", 2)])
    )
    np.testing.assert_array_equal(one.margin, other.margin)
    np.testing.assert_array_equal(one.margin, pairs.margin)
    assert json.loads(json.dumps(one.to_dict()))["accuracy"][1] == [None] * 5
    assert [name for name in ("a", "b", "c") if name in columns(one)["class"]] == ["a", "c"]


@pytest.mark.parametrize("group", GROUPS[1:4], ids=lambda group: group.name)
def test_signal_and_noise_are_those_of_the_dense_inverse(group):
    matrix, labels = drawn(group, 0)
    invariant = np.asarray(group_average(matrix, group))
    said = diagnose(None, labels, invariant, group=group, ridge=RIDGE, relative=False)
    inverse = np.linalg.inv(invariant + RIDGE * np.eye(len(invariant)))
    for c in range(3):
        held_out = np.flatnonzero(labels == c) * group.order
        y = np.repeat(np.where(labels == c, 1.0, -1.0), group.order)
        assert said.signal[c] == pytest.approx(1 / (inverse @ y)[held_out].mean())
        assert said.noise[c] == pytest.approx(
            len(held_out) / inverse[np.ix_(held_out, held_out)].sum()
        )
    np.testing.assert_allclose(said.energy.sum(axis=1), 1)


@pytest.mark.slow
def test_the_nearest_seen_item_is_found_among_all_but_the_missing_ones():
    action = shuffles(4)
    seeds = np.random.default_rng(1).normal(size=(7, 4))
    labels = np.array([0, 0, 1, 1, 1, 2, 2])
    orbits = orbit(seeds, action)
    found = diagnose(orbits, labels, RBF(0.5), group=action.group)
    points = orbits.reshape(-1, 4)
    for c in range(3):
        own = np.flatnonzero(labels == c) * action.group.order
        seen = np.delete(np.arange(len(points)), own)
        distance = np.linalg.norm(points[own][:, None] - points[seen], axis=-1)
        nearest = labels[seen[distance.argmin(axis=1)] // action.group.order]
        assert (found.nearest[c] == np.mean(nearest == c)).all()


@pytest.mark.slow
def test_an_action_makes_the_orbits_that_a_group_is_given():
    action = shuffles(3)
    seeds = np.random.default_rng(2).normal(size=(5, 3))
    labels = ["a", "b", "b", "a", "c"]
    given_orbits = diagnose(orbit(seeds, action), labels, RBF(1.0), group=action.group)
    made = diagnose(seeds, labels, RBF(1.0), group=action)
    np.testing.assert_allclose(made.margin, given_orbits.margin, atol=1e-8)
    assert made.classes == ("a", "b", "c")
    assert made.seeds.tolist() == [2, 2, 1]


def test_first_rows_stand_for_the_matrix_and_leave_no_regression():
    group = dihedral_group(3)
    matrix, labels = drawn(group, 3)
    whole = diagnose(None, labels, matrix, group=group, ridge=RIDGE, relative=False)
    rows = FirstRows(average_rows(matrix, group))
    found = diagnose(None, labels, rows, group=group, ridge=RIDGE, relative=False)
    np.testing.assert_allclose(found.margin, whole.margin)
    assert found.regression is None
    assert found.regression_verdict is None


@pytest.mark.parametrize("n", [3, 4])
def test_averaged_rows_are_those_of_the_averaged_kernel(n):
    action = shuffles(n)
    group = action.group
    seeds = np.random.default_rng(4).normal(size=(4, n))
    orbits = orbit(seeds, action)
    items = Items(orbits)
    problem = read_problem(
        items, read_labels([0, 0, 1, 1]), RBF(0.3), group, ridge=1e-6, relative=True
    )
    for members in normal_subgroups(group).values():

        def transform(items, members=members):
            return action.transform(items)[:, members]

        expected = average_rows(gram(Averaged(RBF(0.3), transform), orbits), group)
        np.testing.assert_allclose(averaged(problem, members), expected, atol=1e-12)


def test_normal_subgroups_are_all_of_a_cyclic_group_and_known_ones_of_others():
    sizes = {
        group.name: sorted(map(len, normal_subgroups(group).values()))
        for group in (cyclic_group(12), dihedral_group(4), symmetric_group(4))
    }
    assert sizes == {"C12": [2, 3, 4, 6, 12], "D4": [2, 4, 4, 4, 8], "S4": [4, 12, 24]}


def test_where_orbits_collapse_every_seed_is_right():
    action = shuffles(3)
    seeds = np.random.default_rng(5).normal(size=(6, 3))
    kernel = Averaged(RBF(1.0), action.transform)
    found = diagnose(orbit(seeds, action), [0, 0, 0, 1, 1, 1], kernel, group=action.group)
    assert (found.accuracy == 1).all()
    assert (found.remedies["the whole group"] == 1).all()


def test_digits_that_turn_are_told_class_by_class():
    digits, action = load_digits(), rotation_action(8, (28, 28))
    seeds = np.concatenate([np.flatnonzero(digits.labels == c)[:6] for c in (1, 3, 7)])
    images = normalize(orbit(digits.images[seeds], action))
    found = diagnose(images, digits.labels[seeds], MLPKernel(), group=action.group)
    assert 0 < found.defect < 0.02
    assert found.trusted
    assert found.accuracy.shape == found.regression.shape == (3, 8)
    assert np.abs(found.accuracy - found.regression).max() <= 1 / 6 + 1e-12
    text = repr(found)
    assert "144 items, 18 seeds of 3 classes in 8 poses" in text
    assert "generalizes" in text
    assert found._repr_html_().count("<tr>") == 4
    assert json.loads(json.dumps(found.to_dict()))["classes"] == ["1", "3", "7"]
    shares, border, *_ = found.plot().axes
    assert "exact where all seeds of a class are alike" in border.get_title()
    assert [label.get_text() for label in shares.get_yticklabels()] == ["1", "3", "7"]
    drawn_at = [line.get_xdata() for line in shares.lines if line.get_marker() == "o"]
    np.testing.assert_allclose(drawn_at, [found.accuracy[:, 0]])
    plt.close("all")


@pytest.mark.slow
def test_labels_of_mixed_kinds_have_an_order():
    matrix, _ = drawn(cyclic_group(3), 6)
    found = diagnose(None, ["b", 2, "a", 2, 2, "b"], matrix, group=cyclic_group(3))
    assert found.classes == (2, "a", "b")


@given(st.integers(1, 60), st.floats(0, 1))
def test_the_interval_is_wilsons(seeds, share):
    right = round(share * seeds)
    expected = stats.binomtest(right, seeds).proportion_ci(method="wilson")
    np.testing.assert_allclose(
        share_interval(np.array(right / seeds), np.array(seeds)), expected, atol=1e-12
    )


def test_verdicts_say_what_intervals_leave_open():
    intervals = np.array([[0.6, 0.9], [0.1, 0.4], [0.3, 0.7], [np.nan, np.nan]])
    words = verdicts(intervals, trusted=True)
    assert words.tolist() == ["generalizes", "fails", "undecided", ""]
    assert verdicts(intervals, trusted=False).tolist() == ["undecided"] * 3 + [""]


def test_a_system_of_few_digits_is_said_and_not_decided():
    group = cyclic_group(4)
    rng = np.random.default_rng(7)
    items = np.concatenate([rng.normal(size=(1, 4, 2)), 1e-7 * rng.normal(size=(3, 4, 2))])
    matrix = np.asarray(group_average(gram(RBF(1.0), items), group))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = diagnose(None, [0, 0, 1, 1], matrix, group=group, ridge=1e-13)
    assert found.ill_conditioned
    assert (found.verdict == "undecided").all()
    assert "four digits" in repr(found)


@pytest.mark.slow
def test_a_seed_that_looks_the_same_in_two_poses_is_warned_of():
    with pytest.warns(SymmetryWarning, match="look the same"):
        diagnose(
            np.array([[1.0, 1.0, 2.0], [1.0, 2.0, 3.0]]),
            [0, 1],
            RBF(1.0),
            group=shuffles(3),
            ridge=1e-3,
        )


MATRIX, LABELS = drawn(cyclic_group(3), 8)


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"labels": LABELS[:-1]}, "a label for each of 6 seeds"),
        ({"labels": [0] * 6}, "at least two classes"),
        ({"group": cyclic_group(4)}, "whole orbits"),
        ({"group": cyclic_group(1)}, "besides the one that is missing"),
        ({"group": "C3"}, "a FiniteGroup, or as an Action"),
        ({"kernel": RBF(1.0)}, "Expected items"),
        ({"kernel": MATRIX[None]}, "one Gram matrix"),
        ({"kernel": MATRIX * np.nan}, "finite"),
        ({"kernel": np.ones((18, 18)), "ridge": 0}, "positive definite"),
        ({"kernel": RBF(1.0), "items": np.zeros((6, 4, 2))}, "orbits of C3"),
        ({"ridge": -1}, "ridge"),
        ({"regression_up_to": 1.5}, "regression_up_to"),
        ({"missing": {"x": [0]}}, "labels of the data"),
        ({"missing": {0: [3]}}, "pose"),
        ({"missing": {0: []}}, "some pose to be missing"),
        ({"missing": {0: [0, 1, 2]}}, "each class to be seen"),
        ({"missing": np.zeros((2, 3), bool)}, "booleans of shape"),
        ({"missing": [[True], [True, False]]}, "booleans of shape"),
        ({"missing": [("x", 0)]}, "labels of the data"),
        ({"missing": {0: 1}}, "poses of each label as a list"),
        ({"labels": [[0], [1]] * 3}, "hashable"),
        ({"labels": [0, 1, np.nan] * 2}, "NaN"),
        ({"remedies": "averaging"}, "a list of remedies"),
        ({"remedies": ["training"]}, "remedies"),
        ({"remedies": ["pooling"]}, "what pooling changes"),
        ({"finer": [shuffles(4)]}, "an action as group"),
    ],
)
def test_bad_input_gets_one_clear_error(changed, message):
    arguments = {"items": None, "labels": LABELS, "kernel": MATRIX, "group": cyclic_group(3)}
    with pytest.raises(ValueError, match=r"(?s)Expected.*Got.*Try") as error:
        diagnose(**{**arguments, **changed})
    assert message in str(error.value)


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"labels": LABELS[:-1]}, "a label for each of 6 seeds"),
        ({"missing": {0: [9]}}, "pose"),
        ({"missing": {"x": [0]}}, "labels of the data"),
        ({"missing": {0: [0]}, "finer": [shuffles(4)]}, "missing as well"),
        ({"remedies": ["pooling"]}, "a kernel with pooling"),
        ({"prepare": 3}, "prepare"),
        ({"finer": shuffles(3)}, "Try [action]"),
        ({"finer": None}, "a list of actions"),
        ({"finer": [8]}, "Got 8"),
        ({"finer": [shuffles(3)]}, "ever more poses than 6"),
        ({"finer": [shuffles(4)]}, "finer actions on items of shape (3,)"),
        ({"group": symmetric_group(3), "finer": [shuffles(4)]}, "an action as group"),
    ],
)
def test_what_is_refused_is_refused_before_the_kernel_is_computed(changed, message):
    calls = []

    def kernel(x, y=None):
        calls.append(len(x))
        return RBF(1.0)(x, y)

    seeds = np.random.default_rng(9).normal(size=(6, 3))
    if "group" in changed:
        seeds = orbit(seeds, shuffles(3))
    arguments = {"items": seeds, "labels": LABELS, "kernel": kernel, "group": shuffles(3)}
    with pytest.raises(ValueError, match=r"(?s)Expected.*Got.*Try") as error:
        diagnose(**{**arguments, **changed})
    assert message in str(error.value)
    assert not calls


@pytest.mark.slow
def test_single_precision_is_refused_where_the_ridge_would_be_lost():
    with pytest.raises(ValueError, match="x64"):
        diagnose(None, LABELS, jnp.asarray(MATRIX, jnp.float32), group=cyclic_group(3))

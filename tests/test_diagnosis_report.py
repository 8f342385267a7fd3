"""What a diagnosis says beside its verdicts: what may mislead, what would help, and its files."""

import json
from dataclasses import fields, replace

import jax.numpy as jnp
import numpy as np
import pytest
from sklearn.linear_model import RidgeClassifier

from symtheory import records
from symtheory.actions import (
    dihedral_action,
    orbit,
    planar_rotation_action,
    rotation_action,
    translation_action,
)
from symtheory.datasets import load_digits, normalize
from symtheory.diagnosis import Diagnosis, diagnose
from symtheory.diagnosis import memory as memory_of
from symtheory.diagnosis.interpolation import probe
from symtheory.diagnosis.items import read_items
from symtheory.diagnosis.page import page
from symtheory.diagnosis.remarks import remarks, suspects
from symtheory.diagnosis.report import side_by_side
from symtheory.groups import cyclic_group, dihedral_group, symmetric_group
from symtheory.kernels import RBF, gram
from symtheory.ntk import CNNKernel, MLPKernel
from symtheory.spectral import group_average

DIGITS = load_digits()


def chosen(classes, count):
    """Some digits of each class, and what they are."""
    places = np.concatenate([np.flatnonzero(DIGITS.labels == c)[:count] for c in classes])
    return DIGITS.images[places], DIGITS.labels[places].tolist()


def clouds(m, seed=0, points=4):
    return np.random.default_rng(seed).normal(size=(m, points, 2))


@pytest.fixture(scope="module")
def turned():
    """Digits that turn by interpolation."""
    images, labels = chosen((1, 3, 7), 8)
    return diagnose(
        images, labels, MLPKernel(), group=rotation_action(8, (28, 28)), prepare=normalize
    )


# Files


@pytest.mark.parametrize("labels", [["b", "a"] * 4, [True, 2.5, ("x", (1, None)), "z"] * 2])
def test_a_diagnosis_comes_back_from_its_file_as_it_was(tmp_path, labels):
    orbits = np.random.default_rng(0).normal(size=(8, 6, 3))
    missing = [(labels[0], 2), (labels[1], 1)]
    found = diagnose(orbits, labels, RBF(0.5), group=dihedral_group(3), missing=missing)
    path = found.save(tmp_path / "found.npz")
    again = Diagnosis.load(path)
    assert again.classes == found.classes
    assert list(map(type, again.classes)) == list(map(type, found.classes))
    assert again.group.labels == found.group.labels
    np.testing.assert_array_equal(again.group.table, found.group.table)
    for one in fields(found):
        before, after = getattr(found, one.name), getattr(again, one.name)
        if isinstance(before, np.ndarray):
            np.testing.assert_array_equal(before, after)
            assert before.dtype == after.dtype
    assert json.dumps(again.to_dict()) == json.dumps(found.to_dict())
    assert again.provenance == found.provenance
    assert {"commit", "versions", "date", "dataset_hash"} <= set(again.provenance)
    assert repr(again) == repr(found)


def test_what_was_diagnosed_has_a_hash():
    orbits = np.random.default_rng(0).normal(size=(4, 3, 2))

    def digest(orbits, labels):
        found = diagnose(orbits, labels, RBF(0.5), group=cyclic_group(3))
        return found.provenance["dataset_hash"]

    once, changed = digest(orbits, [0, 0, 1, 1]), digest(orbits + 1e-3 * orbits**2, [0, 0, 1, 1])
    assert once == digest(orbits, [0, 0, 1, 1])
    assert len({once, changed, digest(orbits, [0, 1, 0, 1])}) == 3


def test_a_file_of_something_else_is_refused(tmp_path, turned):
    path = records.save(records.Record("rotated-digits"), tmp_path / "other.npz")
    with pytest.raises(records.RecordError, match=r"Expected the record of a diagnosis.*Got.*Try"):
        Diagnosis.load(path)
    record = records.load(turned.save(tmp_path / "own.npz"))
    less = {name: array for name, array in record.data.items() if name != "margin"}
    records.save(replace(record, data=less), tmp_path / "less.npz")
    with pytest.raises(records.RecordError, match="margin"):
        Diagnosis.load(tmp_path / "less.npz")


def test_labels_that_no_file_holds_are_refused(tmp_path):
    orbits = np.random.default_rng(0).normal(size=(2, 3, 2))
    labels = [frozenset("a"), frozenset("b")]
    found = diagnose(orbits, labels, RBF(0.5), group=cyclic_group(3))
    with pytest.raises(ValueError, match=r"numbers, words or tuples.*Got.*Try"):
        found.save(tmp_path / "own.npz")


# What transforms are


def test_a_transform_of_ones_own_does_what_an_action_does():
    images, labels = chosen((1, 4), 4)
    group = cyclic_group(4)

    def turn(items, g):
        return np.rot90(items, g, axes=(1, 2))

    own = diagnose(images, labels, MLPKernel(), group=group, transform=turn, prepare=normalize)
    action = rotation_action(4, (28, 28))
    known = diagnose(images, labels, MLPKernel(), group=action, prepare=normalize)
    np.testing.assert_allclose(own.accuracy, known.accuracy)
    np.testing.assert_allclose(own.margin, known.margin, atol=1e-6)
    assert own.cautions.action_defect < 1e-12


@pytest.mark.parametrize("group", [dihedral_group(4), symmetric_group(3)], ids=lambda g: g.name)
def test_a_right_action_is_noticed_and_inverted(group):
    """Functions on the group: (g·x)(k) = x(g⁻¹k) acts from the left, x(gk) from the right."""
    seeds = np.random.default_rng(1).normal(size=(4, group.order))

    def left(items, g):
        return items[:, group.multiply(group.inverse[g], group.elements)]

    def right(items, g):
        return items[:, group.multiply(g, group.elements)]

    one = read_items(seeds, group, left)
    other = read_items(seeds, group, right)
    assert not one.from_the_right and other.from_the_right
    np.testing.assert_array_equal(one.orbits, other.orbits)
    found = diagnose(seeds, [0, 0, 1, 1], RBF(0.3), group=group, transform=right)
    assert "act from the right" in repr(found)
    assert found.defect < 1e-12


def test_a_transform_that_is_no_action_is_refused():
    images, _ = chosen((1, 4), 4)
    group = cyclic_group(8)

    def quarters(items, g):  # C4 at best
        return np.rot90(items, g % 3, axes=(1, 2))

    for wrong in (quarters, lambda items, g: np.roll(items, g + 1, axis=2)):
        with pytest.raises(ValueError, match=r"(?s)to be an action of C8.*Got.*Try"):
            read_items(images, group, wrong)


def test_rotations_by_interpolation_are_nearly_an_action():
    images, _ = chosen((1, 4), 4)
    action = rotation_action(8, (28, 28))
    items = read_items(images, action)
    assert 1e-3 < items.action_defect < 0.05

    def turn(some, g):
        return action.transform(some)[:, g]

    own = read_items(images, action.group, turn)
    assert own.action_defect == pytest.approx(items.action_defect)
    assert not own.from_the_right


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"transform": 3}, "transform"),
        ({"transform": lambda items, g: items[:1]}, "keep the shape"),
        ({"transform": lambda items, g: items * np.nan}, "finite"),
        ({"transform": lambda items, g: items, "items": np.zeros(4)}, "seeds of shape"),
        ({"group": translation_action(4, (4,)), "transform": np.roll}, "a group with a transform"),
        ({"prepare": 3, "items": np.zeros((2, 4, 3))}, "prepare"),
        ({"prepare": np.ravel, "items": np.zeros((2, 4, 3))}, "first two axes"),
    ],
)
def test_transforms_that_do_not_fit_are_refused(changed, message):
    asked = {"items": np.eye(4)[:2], "group": cyclic_group(4), **changed}
    with pytest.raises(ValueError, match=r"(?s)Expected.*Got.*Try") as error:
        read_items(**asked)
    assert message in str(error.value)


def test_kernels_that_an_exact_action_changes_are_computed_whole():
    """Zero padding tells shifted images apart, which the Gram matrix must show."""
    images, labels = chosen((1, 4), 3)
    small = images[:, ::4, ::4]
    action = translation_action(7, (7, 7))
    kernel = CNNKernel(padding="zero")
    found = diagnose(small, labels, kernel, group=action, remedies=[])
    matrix = np.asarray(gram(kernel, orbit(small, action)))
    again = diagnose(None, labels, matrix, group=action.group, remedies=[])
    np.testing.assert_allclose(found.margin, again.margin, atol=1e-8)
    assert found.defect > 0.001


@pytest.mark.parametrize("wrong", [jnp.eye(3), jnp.ones(2), jnp.ones((8, 8, 8))])
def test_a_kernel_of_another_shape_is_refused(wrong):
    with pytest.raises(ValueError, match=r"(?s)Expected.*Got.*Try"):
        diagnose(clouds(2), [0, 1], lambda x, y=None: wrong, group=cyclic_group(4), transform=shift)


def shift(items, g):
    return np.roll(items, g, axis=1)


# What may mislead


def test_a_label_that_a_transform_changes_is_found():
    """6 and 9: the seeds of one class are those of the other, turned and redrawn a little."""
    rng = np.random.default_rng(0)
    action = rotation_action(4, (8, 8))
    shape = rng.normal(size=(8, 8))
    other = rng.normal(size=(8, 8))
    six = shape + 0.3 * rng.normal(size=(20, 8, 8))
    nine = np.rot90(shape, 2) + 0.3 * rng.normal(size=(20, 8, 8))
    one = other + 0.3 * rng.normal(size=(20, 8, 8))
    found = diagnose(
        np.concatenate([six, nine, one]), [6] * 20 + [9] * 20 + [1] * 20, RBF(0.05), group=action
    )
    assert found.classes == (1, 6, 9)
    assert found.cautions.conflicts(found.seeds).tolist() == [[1, 2], [2, 1]]
    assert found.cautions.turned[1, 2] >= 5 and found.cautions.unturned[1, 2] == 0
    assert found.cautions.element[1, 2] == 2  # the half turn
    said = [line for line in suspects(found) if "may change the label" in line]
    assert len(said) == 2 and "class 6" in said[0] and "class 9" in said[0] and "r2" in said[0]
    assert found.cautions.turned[0].sum() == 0  # the control


def test_an_item_with_two_labels_is_found():
    seeds = clouds(6)
    seeds[5] = shift(seeds[:1], 3)[0]
    group = cyclic_group(4)
    found = diagnose(
        seeds, list("aaabbb"), RBF(0.3), group=group, transform=shift, ridge=1e-3, remedies=[]
    )
    assert found.cautions.copies.tolist() == [[0, 1], [1, 0]]
    assert "1 of 3 seeds of class a are, in some pose, one of class b" in repr(found)
    apart = diagnose(clouds(6), list("aaabbb"), RBF(0.3), group=group, transform=shift, remedies=[])
    assert not apart.cautions.copies.any()
    assert "conflict" not in repr(apart)


def test_seeds_whose_missing_pose_is_still_seen_are_counted():
    seeds = clouds(5)
    seeds[1, 2:] = seeds[1, :2]  # the same after two shifts
    found = diagnose(
        seeds, [0, 0, 0, 1, 1], RBF(0.3), group=cyclic_group(4), transform=shift, ridge=1e-3
    )
    assert found.cautions.symmetric.tolist() == [1, 0]
    assert "is not unseen: 1 of class 0" in " ".join(repr(found).split())


def test_nearest_other_seeds_are_those_of_every_pair_in_turn():
    rng = np.random.default_rng(3)
    labels = rng.permutation([0, 0, 0, 1, 1, 2, 2, 2])
    group = dihedral_group(3)
    points = rng.normal(size=(8 * 6, 60))
    matrix = np.asarray(group_average(points @ points.T, group))
    found = diagnose(None, labels, matrix, group=group).cautions
    turned, unturned = np.zeros((3, 3), int), np.zeros((3, 3), int)
    for i in range(8):
        a = labels[i]

        def apart(j, h, i=i):
            return matrix[6 * i, 6 * i] + matrix[6 * j, 6 * j] - 2 * matrix[6 * i, 6 * j + h]

        others = [j for j in range(8) if j != i]
        _, j, h = min((apart(j, h), j, h) for j in others for h in range(6))
        turned[a, labels[j]] += h != 0 and labels[j] != a
        _, j = min((apart(j, 0), j) for j in others)
        unturned[a, labels[j]] += labels[j] != a
    np.testing.assert_array_equal(found.turned, turned)
    np.testing.assert_array_equal(found.unturned, unturned)


def test_traces_of_interpolation_are_told_and_those_of_turning_are_not():
    images, _ = chosen(range(10), 4)
    action = rotation_action(8, (28, 28))
    items = read_items(images, action, prepare=normalize)
    share, low, high = probe(items)
    assert low > 0.7 and low <= share <= high
    # The control: quarter turns move pixels only, and leave nothing for the probe to see.
    quarters = replace(items, orbits=items.orbits[:, ::2], interpolated=np.array([1, 2, 3]))
    assert probe(quarters)[0] == pytest.approx(0.5, abs=0.1)
    assert probe(read_items(images, rotation_action(4, (28, 28)))) is None
    # Beside them a probe that sees the pixels in their places does tell a turn.
    seen = np.concatenate([items.orbits[:, 0], items.orbits[:, 2]]).reshape(80, -1)
    assert (
        RidgeClassifier().fit(seen, np.repeat([0, 1], 40)).score(seen, np.repeat([0, 1], 40)) > 0.9
    )


def test_exact_actions_have_nothing_to_say_of_interpolation(turned):
    images, labels = chosen((1, 4), 3)
    exact = diagnose(images, labels, MLPKernel(), group=dihedral_action(4, (28, 28)), remedies=[])
    assert exact.cautions.interpolated is None
    assert "nterpolat" not in repr(exact)
    assert "sorted entries" in repr(turned)


# What would help


def test_fewer_seeds_are_a_diagnosis_of_each_part():
    """With two seeds a class, a half is one: the two problems are solved anew."""
    action = translation_action(4, (4,))
    seeds, labels = np.random.default_rng(5).normal(size=(6, 4)), np.repeat([0, 1, 2], 2)
    found = diagnose(seeds, labels, RBF(0.7), group=action)
    assert list(found.fewer) == [2]
    one, other = (
        diagnose(seeds[part], labels[part], RBF(0.7), group=action).accuracy[:, 0]
        for part in _halves(labels)
    )
    np.testing.assert_allclose(found.fewer[2], (one + other) / 2)


def _halves(labels):
    """The parts that are drawn: the same draw, by the definition."""
    rng = np.random.default_rng(0)
    place = np.empty(len(labels), int)
    for c in range(3):
        place[labels == c] = rng.permutation(2) % 2
    return [np.flatnonzero(place == part) for part in range(2)]


def test_finer_actions_are_tried_until_one_is_enough():
    circle = np.array([[1.0, 0.0]])
    seeds = np.concatenate([circle, 0.9 * circle]).repeat(6, axis=0)
    seeds += 0.01 * np.random.default_rng(0).normal(size=seeds.shape)
    actions = [planar_rotation_action(n) for n in (4, 8, 16, 32, 64)]
    labels = [0] * 6 + [1] * 6
    found = diagnose(seeds, labels, RBF(1.4), group=actions[0], finer=actions[1:], ridge=1e-8)
    tried = list(found.finer)
    assert (found.conclusion[:, 0] == "fails").any() and tried == [8, 16, 32, 64][: len(tried)]
    for action in actions[1 : 1 + len(tried)]:
        whole = diagnose(seeds, labels, RBF(1.4), group=action, remedies=[], ridge=1e-8)
        np.testing.assert_allclose(found.finer[action.group.order], whole.accuracy[:, 0])
    enough = (whole.verdict == "generalizes").all()
    assert enough and len(tried) < 4
    assert f"With {tried[-1]} every class would be recognized" in " ".join(repr(found).split())


def test_too_few_poses_are_said_to_be_too_few():
    images, labels = chosen((3, 5, 8), 4)
    action = rotation_action(2, (28, 28))
    found = diagnose(
        images, labels, MLPKernel(), group=action, finer=[rotation_action(4, (28, 28))]
    )
    assert "Up to 4 poses, not every class" in " ".join(repr(found).split())
    with pytest.raises(ValueError, match=r"ever more poses than 2.*Got.*Try"):
        diagnose(images, labels, MLPKernel(), group=action, finer=[action])
    with pytest.raises(ValueError, match=r"each class lacks each pose in turn.*Got.*Try"):
        diagnose(images, labels, MLPKernel(), group=action, missing={3: [0]}, finer=[action])


def test_pooling_is_computed_where_the_kernel_has_it():
    images, labels = chosen((1, 7), 2)
    small, action = images[:, ::4, ::4], translation_action(7, (7, 7))
    found = diagnose(small, labels, CNNKernel(), group=action, remedies=["pooling"])
    pooled = diagnose(small, labels, CNNKernel(pooling="global"), group=action, remedies=[])
    np.testing.assert_allclose(found.remedies["global average pooling"], pooled.accuracy)
    assert "Right with global average pooling" in repr(found)
    with pytest.raises(ValueError, match=r"a kernel with pooling=.*Got MLPKernel.*Try"):
        diagnose(small, labels, MLPKernel(), group=action, remedies=["pooling"])


# Verdicts


def test_where_theory_is_undecided_regression_has_the_last_word():
    rng = np.random.default_rng(0)
    features = rng.normal(size=(48, 60))
    labels = np.repeat([0, 1], 8)
    found = diagnose(None, labels, features @ features.T, group=cyclic_group(3), ridge=1e-3)
    assert (found.verdict == "undecided").all()  # the matrix is not invariant
    np.testing.assert_array_equal(found.conclusion, found.regression_verdict)
    sure = replace(found, regression=np.ones((2, 3)))
    assert (sure.conclusion == "generalizes").all()
    assert "exact regression says: 0 generalizes, 1 generalizes" in " ".join(repr(sure).split())
    alone = replace(found, regression=None)
    assert (alone.conclusion == "undecided").all()
    assert "was not run" in repr(alone)


# Pages


def test_a_page_stands_alone_and_can_be_heard(tmp_path, turned):
    path = turned.to_html(tmp_path / "new" / "found.html", title="A <title>")
    text = path.read_text("utf-8")
    assert "A &lt;title&gt;" in text and "<title>A <title>" not in text
    assert "src=" not in text and "url(" not in text and "@import" not in text
    assert text.count("scope='row'") == 3
    assert text.count("aria-hidden='true'") == 4  # pictures, beside numbers that say the same
    for line in remarks(turned):
        assert line.replace("'", "&#x27;") in text
    assert turned.provenance["dataset_hash"] in text


def test_several_networks_stand_side_by_side(turned):
    beside = side_by_side({"one": turned, "other": replace(turned, accuracy=1 - turned.accuracy)})
    _, names, *rows = beside.splitlines()
    assert names.split() == ["class", "seeds", "one", "other"]
    assert [row.split()[0] for row in rows] == ["1", "3", "7"]
    shares = [f"{share:.0%}" for share in turned.accuracy[:, 0]]
    assert [row.split()[2] for row in rows] == shares
    assert "Side by side" in page("x", {"one": turned, "other": turned})


# Memory


def test_what_does_not_fit_is_refused_before_it_is_computed(monkeypatch):
    def never(x, y=None):
        raise AssertionError("computed")

    monkeypatch.setattr(memory_of, "free_memory", lambda: 10**6)
    with pytest.raises(ValueError, match=r"fits into memory.*Got 100 seeds.*Try.* seeds or fewer"):
        diagnose(
            np.zeros((100, 4, 2)), [0, 1] * 50, never, group=cyclic_group(4), regression_up_to=0
        )
    monkeypatch.setattr(memory_of, "free_memory", lambda: None)
    with pytest.raises(AssertionError, match="computed"):
        diagnose(np.zeros((100, 4, 2)), [0, 1] * 50, never, group=cyclic_group(4))


def test_fewer_seeds_as_advised_do_fit(monkeypatch):
    free = 10**8
    monkeypatch.setattr(memory_of, "free_memory", lambda: free)
    with pytest.raises(ValueError, match="seeds or fewer") as error:
        memory_of.check_memory(2000, 8, kernel=True, regression=False)
    advised = int(str(error.value).split(" seeds or fewer")[0].split()[-1])
    assert memory_of.needed_memory(advised, 8) <= free
    memory_of.check_memory(advised, 8, kernel=True, regression=False)


def test_the_system_says_how_much_memory_is_free():
    free = memory_of.free_memory()
    assert free is None or 2**20 < free < 2**50

"""What a diagnosis says beside its verdicts: what would help; its files, pages and memory."""

import json
from dataclasses import fields, replace
from html import escape

import numpy as np
import pytest

from symtheory import records
from symtheory.actions import (
    planar_rotation_action,
    rotation_action,
    translation_action,
)
from symtheory.datasets import load_digits, normalize
from symtheory.diagnosis import Diagnosis, diagnose
from symtheory.diagnosis import memory as memory_of
from symtheory.diagnosis.labels import read_labels
from symtheory.diagnosis.page import page
from symtheory.diagnosis.remarks import helps, remarks
from symtheory.diagnosis.report import side_by_side
from symtheory.groups import cyclic_group, dihedral_group
from symtheory.kernels import RBF
from symtheory.ntk import CNNKernel, MLPKernel

DIGITS = load_digits()


def chosen(classes, count):
    """Some digits of each class, and what they are."""
    places = np.concatenate([np.flatnonzero(DIGITS.labels == c)[:count] for c in classes])
    return DIGITS.images[places], DIGITS.labels[places].tolist()


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


def test_labels_of_numpy_within_tuples_are_written(tmp_path, turned):
    labels = read_labels([(np.int64(k), np.str_("a")) for k in range(3)])
    path = replace(turned, classes=labels.classes).save(tmp_path / "own.npz")
    assert Diagnosis.load(path).classes == ((0, "a"), (1, "a"), (2, "a"))


def test_labels_that_no_file_holds_are_refused(tmp_path):
    orbits = np.random.default_rng(0).normal(size=(2, 3, 2))
    labels = [frozenset("a"), frozenset("b")]
    found = diagnose(orbits, labels, RBF(0.5), group=cyclic_group(3))
    with pytest.raises(ValueError, match=r"numbers, words or tuples.*Got.*Try"):
        found.save(tmp_path / "own.npz")


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


def test_remedies_are_all_that_are_quick_or_none():
    orbits = np.random.default_rng(0).normal(size=(8, 6, 3))
    one, other, none = (
        diagnose(orbits, [0, 1] * 4, RBF(0.5), group=dihedral_group(3), remedies=remedies)
        for remedies in (True, ["seeds", "averaging"], False)
    )
    assert one.to_dict() == other.to_dict()
    assert list(one.fewer) == [4, 2] and one.remedies.keys() == {"3 elements, r among them"} | {
        "the whole group"
    }
    assert not none.fewer and not none.remedies
    assert "Right" not in repr(none)


def test_a_remedy_that_takes_a_ridge_is_left_out_and_said_so(tmp_path):
    """A kernel averaged over transforms does not tell them apart: its matrix is singular."""
    orbits = np.random.default_rng(0).normal(size=(8, 6, 3))
    group = dihedral_group(3)
    found = diagnose(orbits, [0, 1] * 4, RBF(0.5), group=group, ridge=0)
    assert list(found.remedies) == ["3 elements, r among them", "the whole group"]
    assert all(np.isnan(value).all() for value in found.remedies.values())
    assert not np.isnan(found.fewer[2]).any()
    *_, last = helps(found)
    assert last.startswith("Not known") and last.endswith("averaging over the whole group.")
    assert not any("nan" in line for line in helps(found))
    assert found.to_dict()["remedies"]["the whole group"] == [[None] * 6] * 2
    assert repr(Diagnosis.load(found.save(tmp_path / "own.npz"))) == repr(found)
    finer = replace(found, finer={8: np.array([0.5, 0.5]), 16: np.full(2, np.nan)})
    assert "Up to 8 poses, not every class" in " ".join(helps(finer))
    assert helps(finer)[-1].endswith("; 16 poses.")


def test_shares_of_all_seeds_are_weighted_by_how_many_a_class_has(turned):
    right = np.array([1.0, 0.0, np.nan])  # of 1 and 4 seeds, and nothing was asked of the third
    table = np.repeat(right[:, None], 8, axis=1)
    table[1, 1:] = np.nan  # a single pose of the second class
    found = replace(
        turned,
        seeds=np.array([1, 4, 5]),
        accuracy=table,
        remedies={"the whole group": table, "global average pooling": table},
        finer={16: right},
        fewer={2: right},
    )
    averaged, pooled, finer, fewer = helps(found)
    assert "transforms: 20% (the whole group)" in averaged
    assert "pooling: 20%" in pooled
    assert "all but one: 20% (16 poses)" in finer
    assert fewer.count("20%") == 2


@pytest.mark.slow
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


@pytest.mark.slow
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
    said = " ".join(repr(alone).split())
    assert "was not run" in said
    assert "not first rows alone" in said and "fewer seeds" in said


# Pages


def test_a_page_stands_alone_and_can_be_heard(tmp_path, turned):
    path = turned.to_html(tmp_path / "new" / "found.html", title="A <title>")
    text = path.read_text("utf-8")
    assert "A &lt;title&gt;" in text and "<title>A <title>" not in text
    assert "src=" not in text and "url(" not in text and "@import" not in text
    assert text.count("scope='row'") == 3
    assert text.count("aria-hidden='true'") == 4  # pictures, beside numbers that say the same
    for line in remarks(turned):
        assert escape(line) in text
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

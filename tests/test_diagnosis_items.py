"""What is handed in as items: transforms that are actions or not, and what may mislead."""

from dataclasses import replace

import jax.numpy as jnp
import numpy as np
import pytest
from sklearn.linear_model import RidgeClassifier

from symtheory.actions import dihedral_action, orbit, rotation_action, translation_action
from symtheory.datasets import load_digits, normalize
from symtheory.diagnosis import diagnose
from symtheory.diagnosis.interpolation import probe
from symtheory.diagnosis.items import read_items
from symtheory.diagnosis.labels import read_labels
from symtheory.diagnosis.remarks import suspects
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


# What labels are


class Unknown:
    """As pandas.NA: nobody can say whether it is equal to anything."""

    def __ne__(self, other):
        return self

    def __bool__(self):
        raise TypeError("boolean value of NA is ambiguous")

    __hash__ = object.__hash__


class Tensor:
    """As other libraries have them: an element is a tensor too, and hashed by identity."""

    def __init__(self, values, error=None):
        self.values, self.error = np.asarray(values), error

    def __array__(self, dtype=None, copy=None):
        if self.error is not None:
            raise self.error
        return self.values

    def __iter__(self):
        return map(Tensor, self.values)


@pytest.mark.parametrize("kind", [np.array, jnp.array, Tensor, lambda labels: iter(labels)])
def test_labels_may_be_arrays_of_any_library(kind):
    labels = kind([5, 3, 3, 5, 4])
    one, other = read_labels(labels), read_labels(list(kind([5, 3, 3, 5, 4])))
    assert one.classes == other.classes == (3, 4, 5)
    assert {type(label) for label in one.classes + other.classes} == {int}
    assert one.members.tolist() == other.members.tolist() == [2, 0, 0, 2, 1]


def test_numbers_within_tuples_are_those_of_python():
    found = read_labels([(np.int64(3), ("a", np.float32(0.5))), (jnp.array(2), ("b", True))])
    assert found.classes == ((2, ("b", True)), (3, ("a", 0.5)))
    assert [type(label[0]) for label in found.classes] == [int, int]
    assert type(found.classes[1][1][1]) is float


@pytest.mark.parametrize(
    "labels, message",
    [
        (None, "a list of them"),
        (3, "a list of them"),
        (np.eye(3), "argmax"),
        (np.array(3), "one axis"),
        (Tensor(np.eye(3)), "one axis"),
        ([np.array([0, 1]), np.array([1, 0])], "hashable"),
        (np.ma.array([0, 1, 1], mask=[True, False, False]), "masked"),
        (Tensor([0, 1], RuntimeError("it requires grad")), "tolist()"),
        (Tensor([0, 1], TypeError("on another device")), "tolist()"),
        ([(0, np.float64("nan")), (0, np.float64("nan")), (1, 0.0)], "NaN"),
        (["a", "b", Unknown()], "NaN"),
    ],
)
def test_labels_that_are_none_are_refused(labels, message):
    with pytest.raises(ValueError, match=r"(?s)Expected.*Got.*Try") as error:
        read_labels(labels)
    assert message in str(error.value)


# What transforms are


@pytest.mark.slow
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


def test_what_works_in_place_leaves_the_items_of_the_user_as_they_are():
    seeds, group = clouds(4), cyclic_group(4)
    orbits = np.stack([shift(seeds, g) for g in range(4)], axis=1)
    before = seeds.copy(), orbits.copy()

    def center(some):
        some -= some.mean()
        return some

    def in_place(some, g):
        some[:] = shift(some, g)
        return some

    found = read_items(orbits, group, prepare=center)
    np.testing.assert_allclose(found.orbits, before[1] - before[1].mean())
    np.testing.assert_array_equal(read_items(seeds, group, in_place).orbits, before[1])
    np.testing.assert_array_equal(seeds, before[0])
    np.testing.assert_array_equal(orbits, before[1])


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


@pytest.mark.parametrize("wrong", [jnp.eye(3), jnp.eye(16)])
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


@pytest.mark.slow
def test_exact_actions_have_nothing_to_say_of_interpolation():
    images, labels = chosen((1, 4), 3)
    exact = diagnose(images, labels, MLPKernel(), group=dihedral_action(4, (28, 28)), remedies=[])
    assert exact.cautions.interpolated is None
    assert "nterpolat" not in repr(exact)
    turned = diagnose(images, labels, MLPKernel(), group=rotation_action(8, (28, 28)), remedies=[])
    assert "sorted entries" in repr(turned)


@pytest.mark.parametrize(
    "items, labels, message",
    [
        (clouds(1), [0], "at least two classes"),
        (clouds(3), [0, 1], "a label for each of 3 seeds"),
        (np.where(np.arange(3)[:, None, None] == 1, np.nan, clouds(3)), [0, 1, 1], "finite"),
        (np.ones((3, 4, 2)), [0, 1, 1], "positive definite"),
    ],
)
def test_items_that_cannot_be_diagnosed_are_refused(items, labels, message):
    with pytest.raises(ValueError, match=r"(?s)Expected.*Got.*Try") as error:
        diagnose(items, labels, RBF(1.0), group=cyclic_group(4), transform=shift, ridge=0)
    assert message in str(error.value)

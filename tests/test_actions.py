"""Actions against scipy, the axioms of an action, and errors."""

import pickle

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from symtheory._checks import SymmetryWarning
from symtheory.actions import (
    Action,
    dihedral_action,
    linear_action,
    orbit,
    permutation_action,
    planar_rotation_action,
    product_action,
    restrict,
    rotation_action,
    stabilizers,
    translation_action,
)
from symtheory.groups import (
    alternating_group,
    cyclic_group,
    homomorphism,
    permutation_group,
    subgroup,
    symmetric_group,
)
from symtheory.testing import assert_action


@pytest.mark.parametrize("side", [5, 8, 28])
@pytest.mark.parametrize("n", [1, 2, 3, 4, 6, 8, 64])
def test_rotations_are_those_of_scipy(n, side, rng):
    images = rng.normal(size=(3, side, side))
    expected = [
        [ndimage.rotate(image, 360 * g / n, order=3, reshape=False) for g in range(n)]
        for image in images
    ]
    computed = orbit(images, rotation_action(n, (side, side)))
    np.testing.assert_allclose(computed, expected, atol=1e-12)


@pytest.mark.parametrize("n", [1, 2, 4])
def test_quarter_turns_are_an_exact_action(n, rng):
    action = rotation_action(n, (9, 9))
    assert action.exact
    assert_action(action, rng.normal(size=(2, 9, 9)), tolerance=0)


@pytest.mark.parametrize("n", [3, 8, 12])
def test_other_rotations_say_that_they_are_not_exact_and_are_not(n, rng):
    action = rotation_action(n, (9, 9))
    assert not action.exact
    with pytest.raises(AssertionError, match="Got a difference"):
        assert_action(action, rng.normal(size=(2, 9, 9)), tolerance=1e-3)


@pytest.mark.parametrize("n", [8, 12, 20])
def test_quarter_turns_inside_a_larger_group_act_exactly(n, rng):
    images = rng.normal(size=(2, 10, 10))
    action = rotation_action(n, (10, 10))
    turned = orbit(np.rot90(images, axes=(-2, -1)), action)
    np.testing.assert_array_equal(
        turned[:, 0], np.roll(orbit(images, action), -n // 4, axis=1)[:, 0]
    )
    np.testing.assert_allclose(turned, np.roll(orbit(images, action), -n // 4, axis=1), atol=1e-13)


@given(st.sampled_from([(1, -1), (2, 0), (3, 1), (6, -1), (4, -2)]))
def test_translations_are_an_exact_action(setting):
    n, axis = setting
    action = translation_action(n, (4, 6), axis)
    assert action.exact
    assert_action(action, np.random.default_rng(n).normal(size=(2, 4, 6)), tolerance=0)


@pytest.mark.parametrize("n,dimension", [(1, 2), (5, 2), (6, 3)])
def test_planar_rotations_are_an_exact_action(n, dimension, rng):
    assert_action(planar_rotation_action(n, dimension), rng.normal(size=(4, dimension)))


def test_an_orbit_starts_at_its_seed(rng):
    seeds = rng.normal(size=(3, 8, 8))
    np.testing.assert_array_equal(orbit(seeds, rotation_action(6, (8, 8)))[:, 0], seeds)


@pytest.mark.parametrize("convert", [jnp.asarray, lambda x: np.asarray(x, np.float32), np.copy])
def test_orbits_are_double_precision_of_numpy_whatever_the_transform_computes_in(convert, rng):
    def transform(items):
        return convert(np.stack([items, -items], axis=1)).astype(np.float32)

    seeds = rng.normal(size=(3, 4))
    action = Action("signs", cyclic_group(2), (4,), True, transform)
    for one in (action, restrict(action, subgroup(action.group, [1]))):
        poses = orbit(seeds, one)
        assert type(poses) is np.ndarray and poses.dtype == np.float64
        np.testing.assert_allclose(poses, np.stack([seeds, -seeds], axis=1), rtol=1e-6)


def test_poses_of_another_shape_are_refused_where_the_action_was_too_large_to_try(rng):
    size = 650_000
    seeds = rng.normal(size=(3, size))
    for transform, message in (
        (lambda x: np.stack([x, -x]), r"Got \(2, 3, 650000\) .* Try np.stack\(poses, axis=1\)"),
        (lambda x: np.stack([x, np.nan * x], 1), "finite numbers in the transforms of mine"),
        (lambda x: [[1], [1, 2]], "real numbers in the transforms of mine"),
    ):
        action = Action("mine", cyclic_group(2), (size,), True, transform)
        with pytest.raises(ValueError, match=f"Expected .*{message}"):
            orbit(seeds, action)


@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.int64, jnp.int32])
def test_integers_of_any_kind_are_numbers_of_transforms(kind, rng):
    for make, shape in (
        (rotation_action, (8, 8)),
        (dihedral_action, (8, 8)),
        (translation_action, (784,)),
        (planar_rotation_action, None),
    ):
        arguments = () if shape is None else (shape,)
        action, expected = (make(n, *arguments) for n in (kind(4), 4))
        assert action == expected and hash(action) == hash(expected)
        items = rng.normal(size=(1, *action.item_shape))
        np.testing.assert_array_equal(orbit(items, action), orbit(items, expected))


def test_bad_input_is_refused(rng):
    action = rotation_action(4, (8, 8))
    with pytest.raises(ValueError, match=r"Expected seeds of shape \(m, 8, 8\).*Try seeds\[None\]"):
        orbit(rng.normal(size=(8, 8)), action)
    with pytest.raises(
        ValueError, match=r"Expected seeds of shape .* Got shape \(2, 7, 8\)\. Try an"
    ):
        orbit(rng.normal(size=(2, 7, 8)), action)
    with pytest.raises(ValueError, match="Expected finite numbers in the seeds"):
        orbit(np.full((1, 8, 8), np.nan), action)
    with pytest.raises(ValueError, match="Expected square images"):
        rotation_action(4, (8, 9))
    with pytest.raises(
        ValueError, match=r"a number of shifts that divides .* Try one of \[1, 2, 3, 6\]"
    ):
        translation_action(5, (4, 6))
    with pytest.raises(ValueError, match="order of a cyclic group"):
        rotation_action(0, (8, 8))
    with pytest.raises(ValueError, match="Expected an integer ≥ 2"):
        planar_rotation_action(3, 1)
    assert planar_rotation_action(1, 1000).item_shape == (1000,)
    with pytest.raises(ValueError, match=r"≥ 2 and ≤ 1000 as dimension\. Got 1001\. Try 1000"):
        planar_rotation_action(1, 1001)


@pytest.mark.parametrize("n", [1, 2, 4])
def test_the_symmetries_of_a_square_are_an_exact_action(n, rng):
    action = dihedral_action(n, (6, 6))
    assert action.exact and action.group.order == 2 * n
    images = rng.normal(size=(2, 6, 6))
    assert_action(action, images, tolerance=0)
    poses = orbit(images, action)
    np.testing.assert_array_equal(poses[:, 1], images[:, :, ::-1])
    np.testing.assert_array_equal(poses[:, ::2], orbit(images, rotation_action(n, (6, 6))))


def test_reflections_by_interpolation_are_a_group_as_nearly_as_rotations_are(rng):
    """A mirrored grid is the same grid, so that reflections lose nothing more."""
    images, action = rng.normal(size=(1, 9, 9)), dihedral_action(8, (9, 9))
    poses = orbit(images, action)
    mirrored = orbit(poses[:, 6, :, ::-1], action)  # (e, s, …) of s·r³·x, which is r⁻³·s·x
    np.testing.assert_allclose(mirrored[:, 0], poses[:, 11], atol=1e-12)
    assert not action.exact


@pytest.mark.parametrize(
    "group,shape,axis",
    [
        (symmetric_group(4), (4,), 0),
        (alternating_group(4), (4, 2), 0),
        (symmetric_group(3), (2, 3, 5), 1),
        (symmetric_group(3), (2, 3), -1),
        (permutation_group([[1, 2, 0, 4, 5, 3], [3, 4, 5, 0, 1, 2]]), (2, 3), None),
    ],
)
def test_permutations_are_an_exact_action(group, shape, axis, rng):
    items = rng.normal(size=(2, *shape))
    action = permutation_action(group, shape, axis)
    assert_action(action, items, tolerance=0)
    moved, g = orbit(items, action), group.order - 1
    if axis is None:
        moved, places, flat = moved.reshape(2, group.order, -1), -1, items.reshape(2, -1)
    else:
        places, flat = (axis if axis < 0 else axis - len(shape)), items
    # (g·x)[g(i)] = x[i]
    back = np.take(moved[:, g], group.permutations[g], axis=places)
    np.testing.assert_array_equal(back, flat)


def test_shifts_along_two_axes_are_a_product(rng):
    images = rng.normal(size=(2, 6, 8))
    down, right = (translation_action(n, (6, 8), axis) for n, axis in ((3, 0), (4, 1)))
    both = product_action(down, right)
    assert both.exact and both.group.cyclic_factors == (3, 4)
    assert_action(both, images, tolerance=0)
    np.testing.assert_array_equal(
        orbit(images, both)[:, 2 * 4 + 1], np.roll(images, (4, 2), axis=(1, 2))
    )


def test_actions_that_do_not_commute_have_no_product():
    with pytest.raises(ValueError, match="Expected actions that commute"):
        product_action(dihedral_action(4, (6, 6)), translation_action(3, (6, 6)))
    with pytest.raises(ValueError, match="Expected two actions on items of one shape"):
        product_action(translation_action(3, (6, 6)), translation_action(3, (6, 9)))


def test_a_subgroup_acts_as_the_group_does(rng):
    images, action = rng.normal(size=(2, 6, 6)), dihedral_action(4, (6, 6))
    turns = restrict(action, subgroup(action.group, [2]))
    np.testing.assert_array_equal(orbit(images, turns), orbit(images, rotation_action(4, (6, 6))))
    assert_action(turns, images, tolerance=0)
    sign = homomorphism(symmetric_group(3), cyclic_group(2), [0, 1, 1, 0, 0, 1])
    mirrored = restrict(translation_action(2, (6, 6)), sign)
    assert_action(mirrored, images, tolerance=0)
    with pytest.raises(ValueError, match="Expected a homomorphism into the group that acts"):
        restrict(translation_action(3, (6, 6)), sign)


def test_permutations_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="Expected a group of permutations"):
        permutation_action(cyclic_group(4), (4,))
    with pytest.raises(ValueError, match="which moves 4 places"):
        permutation_action(symmetric_group(4), (4, 2), axis=1)
    with pytest.raises(ValueError, match="which moves 4 places"):
        permutation_action(symmetric_group(4), (4, 2), axis=None)


@pytest.mark.parametrize("make", [rotation_action, dihedral_action])
@pytest.mark.parametrize(("n", "channels"), [(4, 3), (6, 2), (8, 1)])
def test_images_with_channels_are_rotated_channel_by_channel(make, n, channels, rng):
    images = rng.normal(size=(2, 7, 7, channels))
    action, plain = make(n, (7, 7, channels)), make(n, [7, 7])
    assert action.exact is plain.exact and action.exact_elements == plain.exact_elements
    expected = [orbit(images[..., channel], plain) for channel in range(channels)]
    np.testing.assert_array_equal(orbit(images, action), np.stack(expected, axis=-1))


def test_an_axis_to_shift_along_is_said_where_it_may_be_that_of_channels(rng):
    images = rng.normal(size=(2, 4, 6, 3))
    with pytest.raises(ValueError, match=r"Expected an axis .* Got none. Try axis=1 .*channels"):
        translation_action(3, (4, 6, 3))
    for axis in (1, -2):
        np.testing.assert_array_equal(
            orbit(images, translation_action(3, (4, 6, 3), axis))[:, 1], np.roll(images, 2, axis=2)
        )
    assert translation_action(3, (4, 6)) == translation_action(3, (4, 6), axis=1)


# What actions claim


QUARTERS, EIGHTHS = (rotation_action(n, (6, 6)) for n in (4, 8))
SQUARE = dihedral_action(4, (6, 6))


@pytest.mark.parametrize(
    ("group", "shape", "exact", "transform", "exact_elements"),
    [
        (cyclic_group(8), (6, 6), True, SQUARE.transform, ()),  # orbits of D4, called C8
        (cyclic_group(8), (6, 6), True, EIGHTHS.transform, ()),
        (cyclic_group(8), (6, 6), False, EIGHTHS.transform, (0, 4, 2, 6)),
        (cyclic_group(8), (6, 6), False, EIGHTHS.transform, (0, 2, 2, 4, 6)),
        (cyclic_group(8), (6, 6), False, EIGHTHS.transform, (0, 3)),
        (cyclic_group(8), (6, 6), False, EIGHTHS.transform, (0, 2, 4)),
        (cyclic_group(8), (6, 6), False, EIGHTHS.transform, (2, 4, 6)),
        (cyclic_group(8), (6, 6), False, EIGHTHS.transform, (0, 8)),
        (cyclic_group(8), (6, 6), False, EIGHTHS.transform, (-4, 0)),
        (cyclic_group(8), (6, 6), False, EIGHTHS.transform, (0, 2.0, 4, 6)),
        (cyclic_group(8), (6, 6), False, EIGHTHS.transform, tuple(range(8))),
        (cyclic_group(4), (6, 6), True, QUARTERS.transform, (0, 2)),
        (cyclic_group(4), (6, 6), False, lambda x: QUARTERS.transform(x)[:, ::-1], ()),  # e·x ≠ x
        (cyclic_group(4), (6, 6), True, lambda x: QUARTERS.transform(x)[:, [0, 2, 1, 3]], ()),
        (symmetric_group(3), (3,), True, lambda x: x[:, symmetric_group(3).permutations], ()),
        (cyclic_group(2), (3,), True, lambda x: np.stack([x, -x * (1 + 1e-5)], 1), ()),
        (cyclic_group(2), (3,), True, lambda x: np.stack([x, x * np.nan], 1), ()),
        (cyclic_group(2), (3,), True, lambda x: x, ()),
        (cyclic_group(2), (3,), True, lambda x: np.stack([x, -x]), ()),
        (cyclic_group(2), 3, True, lambda x: np.stack([x, -x], 1), ()),
        (cyclic_group(2), (3, -1), True, lambda x: np.stack([x, -x], 1), ()),
    ],
)
def test_claims_that_are_wrong_are_refused(group, shape, exact, transform, exact_elements):
    with pytest.raises(ValueError, match="Expected .* Got .* Try "):
        Action("mine", group, shape, exact, transform, exact_elements)


def test_the_last_element_of_a_group_is_named_where_exact_ones_are_refused():
    with pytest.raises(ValueError, match=r"each once, from 0 to at most 7\. Got \(0, 8\)\. Try"):
        Action("mine", cyclic_group(8), (6, 6), False, EIGHTHS.transform, (0, 8))


def test_an_identity_that_changes_items_is_named():
    """A projection and its negative multiply as C2 does, but neither of them is the identity."""

    def transform(x):
        centered = x - x.mean(axis=1, keepdims=True)
        return np.stack([centered, -centered], axis=1)

    with pytest.raises(ValueError, match=r"Got a difference of .*, at h = e, g = e\. Try"):
        Action("mine", cyclic_group(2), (3,), True, transform)


def test_claims_that_are_right_are_taken():
    mine = Action("mine", cyclic_group(8), [6, 6], False, EIGHTHS.transform, [0, 2, 4, 6])
    assert mine.item_shape == (6, 6) and mine.exact_elements == (0, 2, 4, 6)
    assert Action("mine", cyclic_group(8), (6, 6), False, EIGHTHS.transform).exact_elements == (0,)
    single = Action("mine", cyclic_group(2), (3,), True, lambda x: np.stack([x, -x], 1, dtype="f4"))
    assert single.exact_elements == (0, 1)


@pytest.mark.filterwarnings("error")
def test_a_transform_may_work_in_place(rng):
    """It gets arrays of its own: items that it changes would hide that e·x ≠ x."""

    def turned(x):
        poses = []
        for _ in range(3):
            poses.append(x.copy())
            x[...] = np.roll(x, 1, axis=1)
        x[...] = 0
        return np.stack(poses, axis=1)

    def centered(x):
        x -= x.mean(axis=1, keepdims=True)
        return turned(x)

    action, seeds = Action("shifts", cyclic_group(3), (3,), True, turned), rng.normal(size=(2, 3))
    before = seeds.copy()
    np.testing.assert_array_equal(orbit(seeds, action), orbit(before, translation_action(3, (3,))))
    np.testing.assert_array_equal(seeds, before)
    assert product_action(action, action).exact
    with pytest.raises(ValueError, match=r"at h = e, g = e\. Try"):
        Action("shifts", cyclic_group(3), (3,), True, centered)


def test_actions_too_large_to_try_are_believed():
    assert translation_action(10**4, (10**4,)).group.order == 10**4  # an orbit of 0.8 GB


def test_a_product_is_exact_where_both_are_and_commute():
    eighths, thirds, quarters = (rotation_action(n, (8, 8)) for n in (8, 3, 4))
    down, flip = translation_action(2, (8, 8), axis=0), translation_action(2, (8, 8), axis=1)
    assert product_action(down, flip).exact
    for first, second in ((eighths, quarters), (quarters, eighths)):
        both = product_action(first, second)
        assert not both.exact
        expected = [
            g * second.group.order + h for g in first.exact_elements for h in second.exact_elements
        ]
        assert list(both.exact_elements) == expected and len(expected) == 16
    assert not product_action(eighths, thirds).exact
    colors = permutation_action(symmetric_group(3), (6, 6, 3), axis=2)
    moved = product_action(rotation_action(8, (6, 6, 3)), colors)
    assert len(moved.exact_elements) == 4 * 6
    items = np.random.default_rng(0).normal(size=(1, 6, 6, 3))
    assert_action(restrict(moved, subgroup(moved.group, moved.exact_elements)), items)


@pytest.mark.parametrize("exact_first", [True, False])
def test_what_commutes_only_nearly_is_not_exact_in_a_product(exact_first):
    """Thirds of a turn are exact, and half turns that are a little off are not."""
    off = np.array([[-1.0, 0.01], [0.02, -1.0]])
    nearly = Action(
        "half turns", cyclic_group(2), (2,), False, lambda x: np.stack([x, x @ off.T], axis=1)
    )
    pair = (planar_rotation_action(3), nearly)
    both = product_action(*(pair if exact_first else pair[::-1]))
    assert not both.exact and both.exact_elements == (0,)


@pytest.mark.parametrize("n", [3, 4, 5, 8, 16])
def test_interpolation_does_not_hide_that_actions_do_not_commute(n):
    turns, mirrored = rotation_action(n, (8, 8)), dihedral_action(n, (8, 8))
    shifts, down = translation_action(8, (8, 8)), translation_action(4, (8, 8), axis=0)
    for first, second in ((turns, shifts), (shifts, turns), (mirrored, down), (mirrored, turns)):
        with pytest.raises(ValueError, match="Expected actions that commute"):
            product_action(first, second)


@pytest.mark.parametrize("side", [8, 28])
def test_rotations_by_interpolation_commute(side):
    one, other = (rotation_action(n, (side, side)) for n in (5, 16))
    assert product_action(one, other).group.order == 80


def test_a_subgroup_is_exact_where_its_image_is(rng):
    """Its own elements, not its parent's: of a group that is not exact, and of one that is."""
    turns = restrict(EIGHTHS, subgroup(EIGHTHS.group, [2]))
    assert turns.exact and turns.exact_elements == (0, 1, 2, 3)
    assert_action(turns, rng.normal(size=(2, 6, 6)), tolerance=0)
    fine = rotation_action(24, (6, 6))
    twelfths = restrict(fine, subgroup(fine.group, [2]))
    assert not twelfths.exact and twelfths.exact_elements == (0, 3, 6, 9)
    thirds = restrict(fine, subgroup(fine.group, [8]))
    assert not thirds.exact and thirds.exact_elements == (0,)
    mirrored = dihedral_action(12, (6, 6))
    reflections = restrict(mirrored, subgroup(mirrored.group, [1, 6]))
    assert reflections.exact and reflections.group.order == 8
    sign = homomorphism(symmetric_group(3), cyclic_group(2), [0, 1, 1, 0, 0, 1])
    half = restrict(EIGHTHS, subgroup(EIGHTHS.group, [4]))
    assert restrict(half, sign).exact


# Matrices


def test_matrices_act_on_vectors_and_on_each_point_of_a_cloud(rng):
    turn = np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])
    matrices = [np.linalg.matrix_power(turn, k) for k in range(4)]
    vectors, clouds = rng.normal(size=(2, 3)), rng.normal(size=(2, 5, 3))
    action = linear_action(cyclic_group(4), matrices)
    assert action.exact and action.item_shape == (3,)
    np.testing.assert_array_equal(orbit(vectors, action)[:, 1], vectors @ turn.T)
    cloud = linear_action(cyclic_group(4), matrices, item_shape=[5, 3])
    np.testing.assert_array_equal(orbit(clouds, cloud)[:, 3], clouds @ turn)
    # A cloud whose points are moved as well: what is wanted of molecules.
    both = product_action(cloud, permutation_action(symmetric_group(5), (5, 3)))
    assert both.exact and both.group.order == 480


@given(st.integers(0, 10**6), st.integers(0, 5))
def test_any_representation_acts(seed, g):
    """Of S3 in any basis; not with two of its matrices exchanged, nor transposed."""
    rng, group = np.random.default_rng(seed), symmetric_group(3)
    basis = np.linalg.qr(rng.normal(size=(3, 3)))[0] @ np.diag(rng.uniform(0.5, 2, 3))
    rho = np.linalg.inv(basis) @ np.eye(3)[group.permutations].swapaxes(1, 2) @ basis
    assert_action(linear_action(group, rho), rng.normal(size=(2, 3)))
    exchanged = rho.copy()
    exchanged[[g, (g + 1) % 6]] = rho[[(g + 1) % 6, g]]
    for wrong in (exchanged, rho.swapaxes(1, 2)[:, ::-1, ::-1] * 1.1, -rho):
        with pytest.raises(ValueError, match="Expected .* Got .* Try ordering"):
            linear_action(group, wrong)


@pytest.mark.parametrize(
    ("matrices", "shape"),
    [
        (np.eye(3), None),
        (np.ones((2, 3, 2)), None),
        (np.ones((3, 2, 2)), None),
        (np.ones((2, 0, 0)), None),
        (np.stack([np.eye(2), -np.eye(2)]) * 1j, None),
        (np.stack([np.eye(2), np.full((2, 2), np.nan)]), None),
        (np.stack([np.eye(2), -np.eye(2)]), (2, 3)),
        (np.stack([np.eye(2), -np.eye(2)]), ()),
        (np.stack([np.eye(2), -np.eye(2)]), 2),
    ],
)
def test_matrices_that_do_not_fit_are_refused(matrices, shape):
    with pytest.raises(ValueError, match="Expected .* Got .* Try "):
        linear_action(cyclic_group(2), matrices, shape)


# Actions are values


MAKERS = {
    "turns": lambda: rotation_action(4, (6, 6)),
    "colored": lambda: rotation_action(8, (6, 6, 3)),
    "square": lambda: dihedral_action(4, (6, 6)),
    "shifts": lambda: translation_action(3, (6, 6)),
    "planar": lambda: planar_rotation_action(5),
    "linear": lambda: linear_action(cyclic_group(2), [[[1]], [[-1]]], (4, 1)),
    "orders": lambda: permutation_action(symmetric_group(3), (3, 2)),
    "product": lambda: product_action(MAKERS["shifts"](), translation_action(2, (6, 6), axis=0)),
    "half": lambda: restrict(MAKERS["turns"](), subgroup(MAKERS["turns"]().group, [2])),
}


@pytest.mark.parametrize("name", MAKERS)
def test_actions_are_pickled_and_compared_as_values(name, rng):
    action, twin = MAKERS[name](), MAKERS[name]()
    again = pickle.loads(pickle.dumps(action))
    assert action == twin == again and hash(action) == hash(twin) == hash(again)
    assert all(action != make() for other, make in MAKERS.items() if other != name)
    items = rng.normal(size=(2, *action.item_shape))
    np.testing.assert_array_equal(orbit(items, again), orbit(items, action))
    assert "0x" not in repr(action)


@pytest.mark.parametrize("name", MAKERS)
def test_no_seeds_have_no_orbits(name):
    action = MAKERS[name]()
    expected = (0, action.group.order, *action.item_shape)
    assert orbit(np.empty((0, *action.item_shape)), action).shape == expected


# Stabilizers


def test_seeds_that_look_the_same_after_some_turn_are_warned_of(rng):
    images = rng.normal(size=(4, 6, 6))
    images[1] += np.rot90(images[1], 2)
    images[2] = 0  # a blank frame is no item, and nothing is held out of it
    action = rotation_action(4, (6, 6))
    with pytest.warns(SymmetryWarning, match=r"Got 1 of 4 .*: seed 1 after r2\. .*copy.* Try"):
        poses = orbit(images, action)
    expected = np.zeros((4, 4), dtype=bool)
    expected[:, 0] = expected[1, 2] = expected[2] = True
    np.testing.assert_array_equal(stabilizers(poses), expected)
    np.testing.assert_array_equal(orbit(images, action, allow_copies=True), poses)
    orbit(images[[0, 2, 3]], action)  # without a warning
    images[1, 0, 0] += 1e-9  # enough to tell them apart
    orbit(images, action)


def test_of_seeds_that_look_the_same_after_some_turn_the_first_is_named(rng):
    images = rng.normal(size=(3, 6, 6))
    images[2] += np.rot90(images[2], 2)
    images[1] += np.rot90(images[1], 1) + np.rot90(images[1], 2) + np.rot90(images[1], 3)
    with pytest.warns(SymmetryWarning, match=r"Got 2 of 3 .*: seed 1 after r\. .*copy.* Try"):
        orbit(images, rotation_action(4, (6, 6)))


@given(st.sampled_from([1.0, 1e-200, 1e200]), st.integers(0, 10**6))
def test_stabilizers_are_the_elements_that_leave_a_seed_as_it_is(scale, seed):
    """Of sequences with repeated entries: a Young subgroup, at any scale."""
    rng, group = np.random.default_rng(seed), symmetric_group(4)
    action = permutation_action(group, (4, 3))
    kinds = rng.integers(0, 3, 4)
    items = scale * rng.normal(size=(3, 3))[kinds][None]
    expected = (kinds[np.argsort(group.permutations, axis=1)] == kinds).all(axis=1)
    np.testing.assert_array_equal(stabilizers(action.transform(items))[0], expected)


def test_stabilizers_need_orbits():
    with pytest.raises(ValueError, match=r"Expected orbits .* Got shape \(3,\). Try"):
        stabilizers(np.ones(3))
    with pytest.raises(ValueError, match=r"Expected orbits .* Got shape \(2, 0, 3\). Try"):
        stabilizers(np.zeros((2, 0, 3)))


@pytest.mark.parametrize(
    ("make", "arguments"),
    [
        (rotation_action, (4, (8, 9))),
        (rotation_action, (4, (8,))),
        (rotation_action, (4, (8, 8, 3, 1))),
        (rotation_action, (4, 8)),
        (rotation_action, (4, (8.0, 8.0))),
        (rotation_action, (0, (8, 8))),
        (rotation_action, (2.5, (8, 8))),
        (dihedral_action, (4, (9, 8))),
        (dihedral_action, (0, (8, 8))),
        (translation_action, (3, (4, 6), 2)),
        (translation_action, (3, (4, 6), -3)),
        (translation_action, (3, (4, 6), 0.5)),
        (translation_action, (0, (4, 6))),
        (translation_action, (3, ())),
        (permutation_action, (symmetric_group(3), (3, 2), 2)),
        (permutation_action, (symmetric_group(3), (0, 2))),
        (planar_rotation_action, (3, 1)),
        (planar_rotation_action, (3, 2.5)),
        (planar_rotation_action, (0, 2)),
    ],
)
def test_bad_arguments_are_one_clear_error(make, arguments):
    with pytest.raises(ValueError, match=r"Expected .*Got "):
        make(*arguments)

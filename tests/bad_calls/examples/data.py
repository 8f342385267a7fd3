"""Actions, data sets, Gram matrices of orbits, and assertions."""

import numpy as np

from bad_calls.inputs import (
    Right,
    choice,
    elements,
    fixed,
    given,
    integer,
    integers,
    number,
    real,
    thing,
)
from bad_calls.outcomes import call
from symtheory import actions, datasets, groups, orbit_gram, testing
from symtheory.kernels import RBF

NOT_CALLED = {"datasets.DatasetError", "datasets.OwnItems"}

C3, C4 = groups.cyclic_group(3), groups.cyclic_group(4)
VECTORS = np.array([[0.5, 1.0, -2.0, 0.25], [1.5, 0.0, 1.0, -1.0]])
IMAGES = np.arange(18.0).reshape(2, 3, 3) ** 1.5
SHIFTS = actions.translation_action(4, (4,))
ITEMS = np.array([[1.0, 0.0], [0.25, -0.5]])
TURNS = np.round(actions.orbit(np.eye(2), actions.planar_rotation_action(3)).transpose(1, 2, 0), 15)
PLANE = actions.planar_rotation_action(3)
ORBITS = actions.orbit(ITEMS, PLANE)


def rotated(shape):
    """An action without any of its own checks of data."""
    return actions.rotation_action(4, shape)


EXAMPLES = {
    "actions.Action": call(
        actions.Action,
        name=given("nothing"),
        group=thing(C3),
        item_shape=integers((2,)).but(Right.EITHER, "zero"),
        exact=given(True),
        transform=thing(lambda items: np.repeat(items[:, None], 3, axis=1)),
    ),
    "actions.dihedral_action": call(
        actions.dihedral_action, n=integer(4), image_shape=integers((3, 3))
    ),
    "actions.linear_action": call(
        actions.linear_action,
        group=thing(C3, C4),
        matrices=fixed(TURNS).but(Right.EITHER, "one axis more"),
        item_shape=integers((5, 2)).but(Right.EITHER, "None"),
    ),
    "actions.orbit": call(
        actions.orbit,
        seeds=fixed(VECTORS).but(Right.EITHER, "no rows", "one row fewer", "one row more"),
        action=thing(SHIFTS),
    ),
    "actions.permutation_action": call(
        actions.permutation_action,
        group=thing(groups.symmetric_group(3), groups.cyclic_group(4)),
        item_shape=integers((3, 2)),
        axis=integer(0, minimum=-2),
    ),
    "actions.planar_rotation_action": call(
        actions.planar_rotation_action, n=integer(3), dimension=integer(3, minimum=2)
    ),
    "actions.product_action": call(
        actions.product_action,
        first=thing(actions.translation_action(3, (3, 3), -1)),
        second=thing(actions.translation_action(3, (3, 3), -2), SHIFTS),
    ),
    "actions.restrict": call(
        actions.restrict,
        action=thing(SHIFTS, PLANE),
        homomorphism=thing(groups.subgroup(C4, [2])),
    ),
    "actions.rotation_action": call(
        actions.rotation_action, n=integer(4), image_shape=integers((3, 3))
    ),
    "actions.stabilizers": call(actions.stabilizers, orbits=real(ORBITS)),
    "actions.translation_action": call(
        actions.translation_action,
        n=integer(3),
        image_shape=integers((3, 3)),
        axis=integer(-1, minimum=-2).but(Right.EITHER, "None"),
    ),
    "datasets.Dataset": call(
        datasets.Dataset,
        name=given("two images"),
        images=fixed(IMAGES / IMAGES.max()).but(Right.EITHER, "one column fewer"),
        labels=elements(np.array([0, 1]), 2).but(
            Right.EITHER, "beyond the last", "huge", "negative"
        ),
        sha256=given("0" * 64),
    ),
    "datasets.book_dataset": call(datasets.book_dataset),
    "datasets.fetch": call(
        datasets.fetch, name=choice("mnist", works=False), split=choice("train", works=False)
    ),
    "datasets.load": call(datasets.load, name=choice("digits")),
    "datasets.load_digits": call(datasets.load_digits),
    "datasets.load_fashion_mnist": call(
        datasets.load_fashion_mnist, split=choice("train", works=False)
    ),
    "datasets.load_images": call(datasets.load_images, path=choice("own.npz", works=False)),
    "datasets.load_items": call(
        datasets.load_items, path=choice("own.npz", works=False), labels=given(None)
    ),
    "datasets.load_kmnist": call(datasets.load_kmnist, split=choice("train", works=False)),
    "datasets.load_mnist": call(datasets.load_mnist, split=choice("train", works=False)),
    "datasets.normalize": call(
        datasets.normalize, items=real(IMAGES), item_ndim=integer(2).but(Right.EITHER, "None")
    ),
    "datasets.sample_pairs": call(
        datasets.sample_pairs,
        labels=elements(np.array([0, 1, 0]), 2).but(
            Right.EITHER,
            "array of text",
            "complex",
            "fractions",
            "negative",
            "beyond the last",
            "huge",
            "huge unsigned",
        ),
        n_pairs=integer(2),
        seed=integer(3, minimum=0).but(Right.EITHER, "huge"),
    ),
    "datasets.two_circles": call(
        datasets.two_circles, n=integer(3), separation=number(0.5), radius=number(1.0)
    ),
    "orbit_gram.orbit_gram": call(
        orbit_gram.orbit_gram,
        kernel=thing(RBF(1.0)),
        orbits=fixed(ORBITS).but(Right.EITHER, "no rows", "one row fewer", "one row more"),
        action=thing(PLANE, SHIFTS),
    ),
    "testing.assert_action": call(
        testing.assert_action,
        action=thing(PLANE, SHIFTS),
        items=fixed(ITEMS).but(Right.EITHER, "no rows", "one row fewer", "one row more"),
        tolerance=number(1e-10),
    ),
    "testing.assert_equivariant": call(
        testing.assert_equivariant,
        function=thing(lambda items: 2 * items),
        action=thing(PLANE, SHIFTS),
        items=fixed(ITEMS).but(Right.EITHER, "no rows", "one row fewer", "one row more"),
        output_action=thing(PLANE, SHIFTS),
        tolerance=number(1e-10),
    ),
    "testing.assert_group": call(testing.assert_group, group=thing(C3)),
    "testing.assert_invariant_kernel": call(
        testing.assert_invariant_kernel,
        kernel=thing(RBF(1.0)),
        action=thing(PLANE, SHIFTS),
        items=fixed(ITEMS).but(Right.EITHER, "no rows", "one row fewer", "one row more"),
        tolerance=number(1e-10),
    ),
    "testing.assert_representation": call(
        testing.assert_representation,
        matrices=fixed(np.ones((3, 1, 1))).but(Right.SAME, "complex"),
        group=thing(C3, C4),
        tolerance=number(1e-10),
    ),
}

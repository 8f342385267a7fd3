"""The group-convolutional kernel against the recursion over the group, and its symmetry."""

import numpy as np
import pytest
from lanes import slow

from symtheory.actions import dihedral_action, orbit, rotation_action, translation_action
from symtheory.kernels import Averaged, gram
from symtheory.ntk import CNNKernel, GroupCNNKernel, MLPKernel, arc_cosine
from symtheory.ntk.group_cnn import POINT_GROUPS
from symtheory.regression import gradient_flow, predict
from symtheory.testing import assert_equivariant


def rotation_matrix(turns, mirror):
    """Of an orientation, on (row, column) offsets."""
    turn = np.linalg.matrix_power(np.array([[0, -1], [1, 0]]), turns)
    return turn @ np.diag([1, -1 if mirror else 1])


def over_the_group(kernel: GroupCNNKernel, x, y):
    """The recursion over all pairs of (place, orientation), filters moved, on circular images.

    Covariances of a lifting convolution, of group convolutions over places and orientations, and of
    the average over both, with nothing known of the average over transforms.
    """
    side = x.shape[-1]
    frames = [rotation_matrix(*element) for element in POINT_GROUPS[kernel.symmetry]]
    size, reach = len(frames), kernel.filter_shape[0] // 2
    offsets = np.array(np.meshgrid(*[np.arange(-reach, reach + 1)] * 2)).reshape(2, -1).T
    places = np.array(np.meshgrid(range(side), range(side), indexing="ij")).reshape(2, -1).T

    def places_seen(frame):  # (places, taps) as flat indices
        seen = (places[:, None] + offsets @ frame.T) % side
        return seen[..., 0] * side + seen[..., 1]

    lifted = [[image.ravel()[places_seen(frame)] for frame in frames] for image in (x, y)]
    x_lift, y_lift = (np.concatenate(patches) for patches in lifted)  # (|H|·places, taps)
    w, b = kernel.weight_std**2, kernel.bias_std**2

    def neighbors():  # (places, orientation) seen by a group filter at each node: (nodes, taps·|H|)
        table = []
        for frame in frames:
            products = [frame @ other for other in frames]
            numbers = [next(k for k, f in enumerate(frames) if (f == p).all()) for p in products]
            seen = places_seen(frame)
            table.append(np.concatenate([seen + k * side**2 for k in numbers], axis=1))
        return np.concatenate(table)

    def relu(xy, xx, yy):
        scale = np.sqrt(np.outer(xx, yy))
        cosine = np.clip(xy / scale, -1, 1)
        return scale * np.asarray(arc_cosine(cosine, 1)), np.asarray(arc_cosine(cosine, 0))

    taps = x_lift.shape[1]
    xy = w * x_lift @ y_lift.T / taps + b
    xx, yy = (w * np.square(v).sum(axis=1) / taps + b for v in (x_lift, y_lift))
    tangent, table = xy, neighbors()
    for _ in range(kernel.depth - 1):
        features, slope = relu(xy, xx, yy)
        tangent = tangent * slope
        pick = lambda v: v[table[:, None, :], table[None, :, :]].mean(axis=-1)  # noqa: E731
        xy, tangent = w * pick(features) + b, w * pick(tangent)
        tangent = tangent + xy
        xx, yy = (w * (v / 2)[table].mean(axis=1) + b for v in (xx, yy))
    features, slope = relu(xy, xx, yy)
    result = w * features.mean() + b
    assert len(x_lift) == size * side**2
    return result + w * (tangent * slope).mean() if kernel.kind == "ntk" else result


@pytest.mark.parametrize("kind", ["ntk", "nngp"])
@pytest.mark.parametrize("symmetry", list(POINT_GROUPS))
@pytest.mark.parametrize("depth", [1, slow(2)])
def test_equals_the_recursion_over_the_group(symmetry, depth, kind, rng):
    kernel = GroupCNNKernel(symmetry, depth, (3, 3), weight_std=1.2, bias_std=0.3, kind=kind)
    x, y = rng.normal(size=(2, 3, 3))
    expected = over_the_group(kernel, x, y)
    np.testing.assert_allclose(kernel(x[None], y[None]), [[expected]], rtol=1e-10)


def test_is_the_covariance_of_wide_random_networks(rng):
    """Monte Carlo over lifting networks with quarter turns: within 4 standard errors."""
    x = rng.normal(size=(2, 4, 4))
    filters, biases = rng.normal(size=(50_000, 3, 3)), rng.normal(size=50_000)
    pooled = np.zeros((2, len(filters)))
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1)), mode="wrap")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
    for turns in range(4):
        turned = np.rot90(filters, turns, axes=(1, 2)).reshape(-1, 9)
        hidden = 1.3 * windows.reshape(2, 16, 9) @ turned.T / 3 + 0.4 * biases
        pooled += np.maximum(hidden, 0).mean(axis=1) / 4
    products = 1.3**2 * pooled[0] * pooled[1]
    kernel = GroupCNNKernel("p4", 1, (3, 3), "circular", 1.3, 0.4, "nngp")
    error = products.std() / np.sqrt(len(products))
    assert abs(products.mean() + 0.4**2 - kernel(x)[0, 1]) < 4 * error


@pytest.mark.parametrize(
    "symmetry,action",
    [
        ("p1", translation_action(7, (7, 7))),
        ("p4", rotation_action(4, (7, 7))),
        ("p4m", dihedral_action(4, (7, 7))),
        ("pm", dihedral_action(1, (7, 7))),
        ("pmm", dihedral_action(2, (7, 7))),
        ("p2", rotation_action(2, (7, 7))),
    ],
    ids=lambda value: value if isinstance(value, str) else value.group.name,
)
@pytest.mark.parametrize("depth", [1, slow(2)])
def test_is_invariant_under_its_own_group_in_each_argument(symmetry, action, depth, rng):
    kernel, other = GroupCNNKernel(symmetry, depth), rng.normal(size=(3, 7, 7))
    assert_equivariant(lambda x: kernel(x, other), action, rng.normal(size=(2, 7, 7)))


def test_another_group_is_not_built_in(rng):
    kernel, other = GroupCNNKernel("p2"), rng.normal(size=(3, 7, 7))
    with pytest.raises(AssertionError):
        assert_equivariant(
            lambda x: kernel(x, other),
            rotation_action(4, (7, 7)),
            rng.normal(size=(2, 7, 7)),
            tolerance=1e-3,
        )


@pytest.mark.slow
def test_is_the_average_of_the_pooled_kernel(rng):
    x = rng.normal(size=(4, 6, 6))
    action = dihedral_action(4, (6, 6))
    averaged = Averaged(CNNKernel(2, pooling="global", bias_std=0.1), action.transform)
    kernel = GroupCNNKernel("p4m", 2, bias_std=0.1)
    np.testing.assert_allclose(kernel(x), averaged(x), rtol=1e-12)
    np.testing.assert_allclose(kernel(x, x[:2]), averaged(x, x[:2]), rtol=1e-12)


def test_orbits_collapse_under_an_average(rng):
    action = rotation_action(4, (6, 6))
    kernel = Averaged(MLPKernel(2), action.transform)
    matrix = np.asarray(gram(kernel, orbit(rng.normal(size=(2, 6, 6)), action)))
    blocks = matrix.reshape(2, 4, 2, 4)
    np.testing.assert_allclose(blocks, np.broadcast_to(blocks[:, :1, :, :1], blocks.shape), 1e-12)


@pytest.fixture
def augmented_and_averaged(rng):
    """Gram matrix, similarities of new items, and labels: of all poses, and of the average."""
    action = rotation_action(4, (6, 6))
    kernel = MLPKernel(1)
    averaged = Averaged(kernel, action.transform)
    seeds, new = rng.normal(size=(5, 6, 6)), rng.normal(size=(7, 6, 6))
    labels = np.array([1, -1, 1, 1, -1])
    poses = orbit(seeds, action).reshape(-1, 6, 6)
    return (
        (kernel(poses), kernel(new, poses), np.repeat(labels, 4)),
        (averaged(seeds), averaged(new, seeds), labels),
    )


@pytest.mark.parametrize("time", [0.0, 1.0, 30.0, 1e4])
def test_training_on_augmented_data_is_training_with_the_averaged_kernel(
    time, augmented_and_averaged
):
    """Misof, Kessel, Gerken 2025, theorem 5.2: at all times, off the training points too."""
    every, average = augmented_and_averaged
    augmented, with_average = (gradient_flow(*one, time=time) for one in (every, average))
    np.testing.assert_allclose(augmented, with_average, rtol=1e-7, atol=1e-12)


@pytest.mark.slow
def test_a_ridge_on_augmented_data_is_that_of_the_average_once_for_each_transform(
    augmented_and_averaged,
):
    every, average = augmented_and_averaged
    for ridge in (1e-3, 0.5, 20.0):
        augmented = predict(*every, ridge=4 * ridge)
        np.testing.assert_allclose(augmented, predict(*average, ridge=ridge), rtol=1e-9)
        assert np.abs(augmented / predict(*every, ridge=ridge) - 1).max() > 1e-4


@pytest.mark.slow
def test_gradient_flow_starts_at_zero_and_ends_at_interpolation(rng):
    x, new, labels = rng.normal(size=(6, 4)), rng.normal(size=(3, 4)), np.resize([1, -1], (6, 2))
    kernel = MLPKernel(1)
    matrix, cross = np.asarray(kernel(x)), np.asarray(kernel(new, x))
    assert not np.asarray(gradient_flow(matrix, cross, labels, time=0.0)).any()
    end = gradient_flow(matrix, cross, labels, time=1e9)
    np.testing.assert_allclose(end, predict(matrix, cross, labels, ridge=0.0), rtol=1e-8)
    # Explicit Euler steps on the same flow.
    outputs, at_new, step = np.zeros((6, 2)), np.zeros((3, 2)), 1e-3
    for _ in range(2000):
        residual = labels - outputs
        outputs, at_new = (
            outputs + step / 6 * matrix @ residual,
            at_new + step / 6 * cross @ residual,
        )
    np.testing.assert_allclose(gradient_flow(matrix, cross, labels, time=2.0), at_new, rtol=1e-3)
    with pytest.raises(ValueError, match="Expected times ≥ 0"):
        gradient_flow(matrix, cross, labels, time=-1.0)


@pytest.mark.parametrize(
    "arguments,message",
    [
        ({"symmetry": "p6"}, 'Expected symmetry "p1" or "p2"'),
        ({"filter_shape": (3, 5)}, "Expected square filters"),
        ({"depth": 0}, "≥ 1 as depth"),
    ],
)
def test_settings_out_of_range_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        GroupCNNKernel(**arguments)


@pytest.mark.slow
def test_images_that_cannot_be_turned_are_refused(rng):
    with pytest.raises(ValueError, match="Expected square images"):
        GroupCNNKernel("p4")(rng.normal(size=(2, 4, 5)))
    assert GroupCNNKernel("pmm")(rng.normal(size=(2, 4, 5))).shape == (2, 2)

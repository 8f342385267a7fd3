"""The fully connected kernel against neural-tangents, 50-digit arithmetic, and its limits."""

import itertools
import sys

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lanes import slow

from symtheory.neural_tangents import from_stax, import_neural_tangents
from symtheory.ntk import MLPKernel, arc_cosine
from symtheory.ntk.mlp import BLOCK, UNROLLED

STDS = ((1.0, 1.0), (1.5, 0.3), (0.7, 0.0))
DEPTHS = (1, 2, 3, 4, 5)
KINDS = ("ntk", "nngp")
SETTINGS = list(itertools.product(DEPTHS, KINDS, STDS))


def references(
    depth: int, weight_std: float, bias_std: float, x: np.ndarray, y: np.ndarray
) -> list[tuple[float, float]]:
    """The textbook recursion, with arccos and no care at all, in 50-digit arithmetic.

    The NTK and the NNGP kernel with 1, …, depth hidden layers.
    """
    kernels = []
    with mpmath.workdps(50):
        x, y = [[mpmath.mpf(float(v)) for v in vector] for vector in (x, y)]
        w2, b2 = mpmath.mpf(weight_std) ** 2, mpmath.mpf(bias_std) ** 2
        xx, yy, xy = (w2 * mpmath.fdot(u, v) / len(x) + b2 for u, v in ((x, x), (y, y), (x, y)))
        tangent = xy
        for _ in range(depth):
            norm = mpmath.sqrt(xx * yy)
            angle = mpmath.acos(min(max(xy / norm, -1), 1))
            slope = (mpmath.pi - angle) / (2 * mpmath.pi)
            mean = (mpmath.sin(angle) + (mpmath.pi - angle) * mpmath.cos(angle)) / (2 * mpmath.pi)
            xx, yy, xy = w2 * xx / 2 + b2, w2 * yy / 2 + b2, w2 * norm * mean + b2
            tangent = xy + w2 * tangent * slope
            kernels.append((float(tangent), float(xy)))
    return kernels


def reference(kernel: MLPKernel, x: np.ndarray, y: np.ndarray) -> float:
    tangent, covariance = references(kernel.depth, kernel.weight_std, kernel.bias_std, x, y)[-1]
    return tangent if kernel.kind == "ntk" else covariance


def difficult_points(rng: np.random.Generator) -> np.ndarray:
    """Points at ordinary angles, and others near to, parallel to, or opposite to the first."""
    base, direction = rng.normal(size=(2, 12))
    near = [base + step * direction for step in (1e-1, 1e-2, 1e-4, 1e-7, 1e-10, 1e-14)]
    parallel = [base * (1 + 1e-3), base * (1 + 1e-9), 3 * base]
    opposite = [-base, -base + 1e-2, -base + 1e-8]
    return np.array([base, base, *near, *parallel, *opposite, *rng.normal(size=(3, 12))])


@pytest.mark.slow
@pytest.mark.parametrize("stds", STDS)
def test_equals_50_digit_arithmetic(stds, rng):
    points = difficult_points(rng)
    n, deepest = len(points), max(DEPTHS)
    every = np.empty((n, n, deepest, len(KINDS)))
    for i, j in itertools.combinations_with_replacement(range(n), 2):
        every[i, j] = every[j, i] = references(deepest, *stds, points[i], points[j])
    for depth, (place, kind) in itertools.product(DEPTHS, enumerate(KINDS)):
        kernel, expected = MLPKernel(depth, *stds, kind), every[:, :, depth - 1, place]
        for computed in (kernel(points), kernel(points, points)):
            np.testing.assert_allclose(computed, expected, rtol=0, atol=1e-13 * expected.max())
            np.testing.assert_allclose(np.diag(computed), np.diag(expected), rtol=1e-14)


@pytest.mark.parametrize("depth,kind,stds", SETTINGS)
def test_equals_neural_tangents(depth, kind, stds, rng):
    try:
        stax = import_neural_tangents().stax
    except ImportError as error:
        pytest.skip(str(error))
    hidden = [stax.Dense(1, *stds), stax.Relu()] * depth
    _, _, kernel_fn = stax.serial(*hidden, stax.Dense(1, *stds))
    x, y = rng.normal(size=(2, 9, 20))
    expected = from_stax(kernel_fn, kind)(x, y)
    np.testing.assert_allclose(MLPKernel(depth, *stds, kind)(x, y), expected, rtol=1e-12)


@pytest.mark.parametrize("depth", [1, slow(UNROLLED + 1)])
def test_blocks_meet_without_a_seam(depth, rng):
    """More items than a block holds, with pairs that agree, nearly agree and are opposite."""
    x = rng.normal(size=(2 * BLOCK + 7, 3))
    x[-1], x[-2], x[-3] = x[0], x[1] + 1e-9, -x[2]
    kernel = MLPKernel(depth, 1.3, 0.2)
    whole = np.asarray(kernel(x))
    np.testing.assert_allclose(whole, whole.T, rtol=1e-14)
    parts = [np.asarray(kernel(part, x)) for part in np.array_split(x, 5)]
    np.testing.assert_allclose(whole, np.concatenate(parts), rtol=1e-13)
    few = [0, 1, 2, BLOCK - 1, BLOCK, 2 * BLOCK, -3, -2, -1]
    expected = np.array([[reference(kernel, a, b) for b in x[few]] for a in x[few]])
    np.testing.assert_allclose(
        whole[np.ix_(few, few)], expected, rtol=0, atol=1e-13 * expected.max()
    )


def test_is_the_covariance_of_wide_random_networks(rng):
    """Monte Carlo over networks of one hidden layer: the NNGP kernel within 4 standard errors."""
    kernel = MLPKernel(1, 1.3, 0.4, "nngp")
    x = rng.normal(size=(3, 5))
    weights, biases = rng.normal(size=(200_000, 5)), rng.normal(size=200_000)
    hidden = 1.3 * weights @ x.T / np.sqrt(5) + 0.4 * biases[:, None]
    products = 1.3**2 * np.maximum(hidden, 0)[:, :, None] * np.maximum(hidden, 0)[:, None, :]
    error = products.std(axis=0) / np.sqrt(len(products))
    assert (np.abs(products.mean(axis=0) + 0.4**2 - kernel(x)) < 4 * error).all()


@pytest.mark.slow
@given(st.integers(1, 4), st.sampled_from(STDS), st.integers(0, 2**32 - 1))
def test_gram_matrices_are_symmetric_and_positive_definite(depth, stds, seed):
    x = np.random.default_rng(seed).normal(size=(6, 4))
    gram = np.asarray(MLPKernel(depth, *stds)(x))
    np.testing.assert_allclose(gram, gram.T, rtol=1e-14)
    assert np.linalg.eigvalsh(gram).min() > 0


def test_rows_and_columns_may_be_images(rng):
    images = rng.normal(size=(3, 4, 4))
    kernel = MLPKernel(2)
    np.testing.assert_array_equal(kernel(images), kernel(images.reshape(3, 16)))


@pytest.mark.parametrize("depth", [1, slow(3)])
@pytest.mark.parametrize("stds", STDS)
def test_gradients_are_finite_at_identical_points_and_right_elsewhere(depth, stds, rng):
    kernel = MLPKernel(depth, *stds)
    x = rng.normal(size=(4, 6))
    identical = jnp.concatenate([x, x[:1]])
    for gradient in (
        jax.grad(lambda x: kernel(x).sum())(identical),
        jax.grad(lambda y: kernel(x, y).sum())(identical),
        jax.grad(lambda x: kernel(x).sum())(jnp.zeros((5, 6))),
    ):
        assert jnp.isfinite(gradient).all()
    y, step = rng.normal(size=(5, 6)), rng.normal(size=(5, 6))
    slope = jnp.sum(jax.grad(lambda y: kernel(x, y).sum())(y) * step)
    difference = (kernel(x, y + 1e-6 * step).sum() - kernel(x, y - 1e-6 * step).sum()) / 2e-6
    np.testing.assert_allclose(slope, difference, rtol=1e-7)


@pytest.mark.parametrize("weight_std,bias_std", [(1.0, 1.0), (2**0.5, 0.0), (1.3, 0.2)])
def test_a_layer_takes_a_cube_off_the_loss_of_similarity(weight_std, bias_std):
    """To the fifth order in the angle, the next one, with its coefficient."""
    kernel = MLPKernel(1, weight_std, bias_std, "nngp")
    before = np.array([0.1, 0.05])
    x = np.sqrt(2) * np.stack([np.cos([0, *before]), np.sin([0, *before])], axis=1)
    size = weight_std**2 + bias_std**2
    angle = np.arccos((weight_std**2 * np.cos(before) + bias_std**2) / size)
    same, *others = np.asarray(kernel(x))[0]
    scale = weight_std**2 * size / 2
    left = scale * (1 - np.cos(angle) - angle**3 / (3 * np.pi)) - (same - np.array(others))
    np.testing.assert_allclose(left, -scale * angle**5 / (30 * np.pi), rtol=1e-2)


@pytest.mark.slow
def test_deep_networks_without_biases_forget_their_inputs():
    """What is left falls as 1/depth, up to a logarithm; with biases there are other limits."""
    angles = np.array([0.0, 0.3, 1.0, 2.0, np.pi])
    x = np.stack([np.cos(angles), np.sin(angles)], axis=1)

    def left(depth, bias_std=0.0):
        nngp, ntk = (
            np.asarray(MLPKernel(depth, 2**0.5, bias_std, kind)(x))[0] for kind in ("nngp", "ntk")
        )
        angle = np.arccos(nngp[1:] / nngp[0])
        return abs(angle * depth / (3 * np.pi) - 1), abs(ntk[1:] / ntk[0] - 1 / 4)

    for shallow, deep in zip(left(60), left(600), strict=True):
        assert np.all(deep < 0.07) and np.all(shallow > 3.5 * deep)
    angle, ratio = left(60, 1.0)
    assert angle.max() > 0.5 and ratio.min() > 0.3


def test_arc_cosine_kernels_have_their_known_values():
    np.testing.assert_allclose(arc_cosine([1.0, 0.0, -1.0], 0), [1 / 2, 1 / 4, 0], atol=1e-15)
    expected = [1 / 2, 1 / (2 * np.pi), 0]
    np.testing.assert_allclose(arc_cosine([1.0, 0.0, -1.0], 1), expected, atol=1e-15)
    with pytest.raises(ValueError, match="≤ 1 as order"):
        arc_cosine(0.5, 2)


@pytest.mark.parametrize(
    "arguments,message",
    [
        ({"depth": 0}, "≥ 1 as depth"),
        ({"depth": 1.5}, "an integer ≥ 1 as depth"),
        ({"weight_std": 0.0}, "> 0 as weight_std"),
        ({"bias_std": -1.0}, "≥ 0 as bias_std"),
        ({"kind": "tangent"}, 'Expected kind "ntk" or "nngp"'),
    ],
)
def test_bad_attributes_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        MLPKernel(**arguments)


def test_from_stax_refuses_an_unknown_kind():
    with pytest.raises(ValueError, match="Expected kind"):
        from_stax(lambda x, y, kind: x, "tangent")


@pytest.mark.slow
def test_nothing_stays_in_place_of_the_experimental_module():
    try:
        library = import_neural_tangents()
    except ImportError as error:
        pytest.skip(str(error))
    assert "neural_tangents.experimental" not in sys.modules
    assert not hasattr(library, "experimental")

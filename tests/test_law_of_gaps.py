"""Many poses, and gaps: what the error tends to when an orbit of rotations is sampled densely."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.special import zeta

from symtheory.groups import cyclic_group
from symtheory.ntk import MLPKernel
from symtheory.spectral import FirstRows, held_out_error, spectral_error

Array = NDArray[np.float64]


def angles(n: int) -> Array:
    return 2 * np.pi * np.arange(n) / n


def laplace_rows(n: int, radii: Array, heights: Array) -> Array:
    """κ_ij of exp(-‖x - x'‖) on circles around one axis: κ_ii has the kink b_i = radius i."""
    r, rr = radii[:, None, None], radii[None, :, None]
    apart = r**2 + rr**2 - 2 * r * rr * np.cos(angles(n))
    apart += (heights[:, None, None] - heights[None, :, None]) ** 2
    return np.exp(-np.sqrt(np.maximum(apart, 0)))


def alike_rows(n: int, separation: float) -> Array:
    return laplace_rows(n, np.ones(2), np.array([0.0, separation]))


def gaussian_rows(n: int, separation: float) -> Array:
    within = np.exp(-2 * (2 - 2 * np.cos(angles(n))))
    between = within * np.exp(-2 * separation**2)
    return np.array([[within, between], [between, within]])


def means(rows: Array) -> Array:
    """C_0, the inner products of the orbits' means."""
    return rows.mean(axis=-1)


def squared_distance(rows: Array) -> float:
    c = means(rows)
    return float(c[0, 0] + c[1, 1] - 2 * c[0, 1])


def one_missing(rows: Array, ridge: float = 0.0, labels: Array | None = None) -> Array:
    group = cyclic_group(rows.shape[-1])
    return np.asarray(spectral_error(FirstRows(rows), group, ridge=ridge, labels=labels))


def gap(rows: Array, degrees: float, ridge: float = 0.0) -> Array:
    """Errors of orbit 0 at all poses strictly inside a gap."""
    n = rows.shape[-1]
    missing = [(0, g) for g in range(1, round(degrees * n / 360))]
    return np.asarray(
        held_out_error(FirstRows(rows), cyclic_group(n), held_out=missing, ridge=ridge)
    )


def parabola(degrees: float, inside: int, b: float, distance: float) -> Array:
    w = np.deg2rad(degrees)
    t = w * np.arange(1, inside + 1) / (inside + 1)
    return b * t * (w - t) / (np.pi * distance)


@pytest.mark.parametrize("separation", [0.3, 0.5, 1.0])
def test_with_many_poses_the_error_is_the_kink_over_the_signal(separation):
    limit = 4 * np.pi / squared_distance(alike_rows(2**14, separation))
    off = [n**2 * one_missing(alike_rows(n, separation))[0] / limit - 1 for n in (16, 64, 256)]
    assert abs(off[0]) > 0.05
    assert abs(off[1]) < 0.02
    assert abs(off[2]) < 0.002


def test_orbits_that_are_not_alike_have_each_their_own_kink_and_signal():
    radii, heights, y = np.array([1.0, 0.7, 1.5]), np.array([0.0, 0.4, 0.9]), np.array([1, -1, 1])
    inverse_signal = y * np.linalg.solve(means(laplace_rows(2**14, radii, heights)), y)
    errors = one_missing(laplace_rows(512, radii, heights), labels=y)
    limit = 2 * np.pi * radii * inverse_signal
    np.testing.assert_allclose(512**2 * errors, limit, rtol=1e-3)
    # Each is told by its own kink: with that of another orbit it would be off by a third.
    assert (np.abs(512**2 * errors / (limit * np.roll(radii, 1) / radii) - 1) > 0.25).all()


@pytest.mark.parametrize("alpha", [1.5, 2.0, 3.0, 4.0])
def test_the_error_falls_as_the_coefficients_do(alpha):
    """Kernels given by their coefficients, whose aliases are Hurwitz's zeta functions."""
    a, zero, other = 0.3, 1.0, 0.2

    def rows(n: int) -> Array:
        u = np.arange(1, n) / n
        within = np.empty(n)
        within[1:] = a * n**-alpha * (zeta(alpha, u) + zeta(alpha, 1 - u))
        within[0] = zero + 2 * a * n**-alpha * zeta(alpha, 1)
        k = np.minimum(np.arange(n), n - np.arange(n))
        between = other * 0.2**k
        coefficients = np.array([[within, between], [between, within]])
        return np.fft.fft(coefficients, axis=-1).real

    def inverse(u: float) -> float:
        return 1 / (zeta(alpha, u) + zeta(alpha, 1 - u))

    integral = 2 * quad(inverse, 0, 0.5)[0]
    signal = zero - other  # half of ‖μ_A - μ_B‖²
    n = 256
    error = one_missing(rows(n))[0]
    # Slow coefficients are slow to be rid of the low frequencies, whose share is of order 1/N.
    assert n**alpha * error == pytest.approx(a / (integral * signal), rel=0.02)
    if alpha == 2:
        assert integral == pytest.approx(1 / (2 * np.pi**2), rel=1e-9)


def test_a_ridge_that_is_not_negligible_changes_what_one_pose_costs():
    n, limit = 256, 4 * np.pi / squared_distance(alike_rows(2**14, 0.5))
    negligible, heavy = (n**2 * one_missing(alike_rows(n, 0.5), r)[0] for r in (1e-6, 0.1))
    assert negligible == pytest.approx(limit, rel=0.01)
    assert heavy > 1.5 * limit


@pytest.mark.slow
def test_in_a_gap_the_error_does_not_depend_on_how_densely_the_rest_is_sampled():
    coarse, middle, fine = (gap(alike_rows(n, 0.5), 45) for n in (32, 128, 512))
    np.testing.assert_allclose(middle[15::16], fine[63::64][: len(middle[15::16])], rtol=2e-3)
    np.testing.assert_allclose(coarse, fine[15::16], rtol=0.02)
    # Nor on a ridge that is small beside the number of poses, though it is not beside 1/N.
    np.testing.assert_allclose(gap(alike_rows(1024, 0.5), 45, ridge=1e-2)[31::32], coarse, rtol=0.1)
    # One missing pose, in contrast, costs less and less.
    assert one_missing(alike_rows(512, 0.5))[0] < 0.01 * one_missing(alike_rows(32, 0.5))[0]


def test_in_a_narrow_gap_the_error_is_a_parabola():
    n, off = 1024, []
    rows = alike_rows(n, 0.5)
    distance = squared_distance(alike_rows(2**14, 0.5))
    for degrees in (45.0, 22.5, 11.25):
        errors = gap(rows, degrees)
        expected = parabola(degrees, len(errors), 1.0, distance)
        off.append(np.abs(errors - expected).max() / expected.max())
    assert off[0] > 0.1
    assert off[1] < off[0] / 3
    assert off[2] < min(off[1] / 3, 0.01)


def told_by_means_alone(n: int, distance: float) -> Array:
    """A kernel with the kink b = 1, under which all poses of A are equally near to B."""
    within = 1 + np.pi / 3 - angles(n) * (2 * np.pi - angles(n)) / (2 * np.pi)
    between = np.full(n, 1 - distance / 2)
    return np.array([[within, between], [between, within]])


@pytest.mark.slow
def test_the_critical_gap_is_where_a_narrow_gap_is_lost():
    """2 ‖μ_A - μ_B‖ √(π/b), the better the narrower."""
    off = []
    for distance in (0.2, 0.06, 0.02):
        rows = told_by_means_alone(2048, distance)
        critical = np.rad2deg(2 * np.sqrt(np.pi * distance))
        assert gap(rows, 0.9 * critical).max() < 1 < gap(rows, 1.1 * critical).max()
        off.append(1 - gap(rows, critical).max())
    assert 0 < off[2] < off[1] < off[0] < 0.1
    # Beside a circle that is as near as the ends of the gap, it is an underestimate.
    critical = np.rad2deg(2 * np.sqrt(np.pi * squared_distance(alike_rows(2**14, 0.2))))
    assert gap(alike_rows(2048, 0.2), 1.2 * critical).max() < 0.9


def test_a_smooth_kernel_keeps_neither_law():
    """A Gaussian has no kink: one pose costs ever less than 1/N², and a gap less and less too."""
    scaled = [n**2 * one_missing(gaussian_rows(n, 0.5))[0] for n in (8, 12, 16)]
    assert scaled[2] / scaled[1] < scaled[1] / scaled[0] < 0.6
    coarse, fine = (gap(gaussian_rows(n, 0.5), 90, ridge=1e-10).max() for n in (16, 28))
    assert fine < 0.5 * coarse
    with_kink = [gap(alike_rows(n, 0.5), 90).max() for n in (16, 28)]
    assert with_kink[1] == pytest.approx(with_kink[0], rel=0.05)


@pytest.mark.parametrize(("weight", "bias"), [(1.0, 1.0), (1.3, 0.7), (0.8, 0.2)])
@pytest.mark.parametrize("norm", [1.0, 28.0])
def test_the_kink_of_the_one_layer_tangent_kernel(weight, bias, norm):
    """σ_w³ √q / (2π √d) for each unit of distance, q = σ_w² ‖x‖²/d + σ_b²; the NNGP has none."""
    d, rng = 784, np.random.default_rng(0)
    x, direction = rng.normal(size=(2, d))
    x /= np.linalg.norm(x)
    direction -= x * (x @ direction)
    direction /= np.linalg.norm(direction)
    q = weight**2 * norm**2 / d + bias**2
    slopes = {}
    for kind in ("ntk", "nngp"):
        kernel, step = MLPKernel(weight_std=weight, bias_std=bias, kind=kind), 1e-4
        pair = norm * np.array([x, np.cos(step) * x + np.sin(step) * direction])
        K = np.asarray(kernel(pair))
        slopes[kind] = (K[0, 0] - K[0, 1]) / np.linalg.norm(pair[0] - pair[1])
    expected = weight**3 * np.sqrt(q) / (2 * np.pi * np.sqrt(d))
    assert slopes["ntk"] == pytest.approx(expected, rel=1e-3)
    assert abs(slopes["nngp"]) < 1e-3 * expected

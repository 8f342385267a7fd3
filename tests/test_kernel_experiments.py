"""Convolution, shifts and depth: runs against solving again with plain Gram matrices."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from filled_plan import filled

from symtheory import datasets
from symtheory.actions import Action, orbit, rotation_action, translation_action
from symtheory.datasets import Dataset, normalize, sample_pairs
from symtheory.experiments.convolution import run as convolution
from symtheory.experiments.convolution.settings import CONVOLUTION, Convolution
from symtheory.experiments.depth import run as depth
from symtheory.experiments.depth.settings import Depth
from symtheory.experiments.settings import Settings
from symtheory.experiments.shared.architectures import Preparation, unit_norm
from symtheory.experiments.shared.convolutions import cnn_kernel, separation_and_spread
from symtheory.experiments.shared.statistics import (
    bootstrap_interval,
    correlation,
    mean_interval,
    median_interval,
)
from symtheory.experiments.shifts import run as shifts
from symtheory.experiments.shifts.settings import Shifts
from symtheory.kernels import Kernel, gram
from symtheory.ntk import CNNKernel, MLPKernel
from symtheory.records import Record

CNN: dict[str, Any] = {
    "pairs": 2,
    "orders": [2, 4],
    "filters": [1, 3],
    "preparations": ["zero-mean", "unit-norm"],
    "ridge": 1e-10,
    "seed": 5,
}
# Matrices of two filters at a time, and of two pairs of shifts, are of one size to compile.
ROTATED = CNN | {"pooled_pairs": 1, "pooled_pairs_beyond_16": 1, "preparations": ["unit-norm"]}
DEEP = {"pairs": 2, "orders": [2, 4], "depths": [1, 3], "ridge": 1e-10, "seed": 5}


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return datasets.load_digits()


def solved_again(
    images: np.ndarray,
    action: Action,
    kernel: Kernel,
    prepare: Preparation,
    held_out: tuple[int, ...],
) -> np.ndarray:
    """1 - yŷ at points of a pair of orbits, each left out in turn and predicted from the rest."""
    matrix = np.asarray(gram(kernel, prepare(orbit(images, action), item_ndim=2)))
    y = np.repeat([1.0, -1.0], len(matrix) // 2)
    matrix = matrix + 1e-10 * np.trace(matrix) * np.eye(len(matrix))
    errors = []
    for one in held_out:
        kept = np.delete(np.arange(len(y)), one)
        weights = np.linalg.solve(matrix[np.ix_(kept, kept)], y[kept])
        errors.append(1 - y[one] * (matrix[one, kept] @ weights))
    return np.array(errors)


@pytest.mark.slow
def test_convolution_equals_solving_again(digits: Dataset) -> None:
    data = filled(convolution, digits, Convolution(**ROTATED))
    assert data["exact_error"].shape == (2, 2, 1, 2, 2)
    images = digits.images[sample_pairs(digits.labels, 2, seed=5)]
    for readout, pooling in enumerate(("none", "global")):
        found = {key: value[readout, 1, 0, 1, 0] for key, value in _of_pairs(data)}
        kernel = CNNKernel(pooling=pooling)  # type: ignore[arg-type]
        errors = solved_again(
            images[0], rotation_action(4, (28, 28)), kernel, unit_norm, tuple(range(8))
        )
        # Stored in 32 bits; quarter turns are exact, and so is the theory.
        assert np.isclose(found["exact_error"], errors[[0, 4]].mean(), rtol=2e-7)
        assert np.isclose(found["orbit_mean_error"], errors.mean(), rtol=2e-7)
        assert np.isclose(found["spectral_error"], errors.mean(), rtol=2e-7)
        assert found["number_correct"] == (errors[[0, 4]] < 1).sum()
        assert found["general_gap"] < 1e-9 and found["symmetry_defect"] < 1e-12
    # Pairs beyond pooled_pairs are left out of the summary.
    assert np.isnan(data["exact_error"][1, ..., 1]).all()
    assert (data["number_correct"][1, ..., 1] == -1).all()
    found = convolution.summary(data)
    assert found["pairs"][:, 0, 0, 0].tolist() == [2, 1]
    first = data["exact_error"][1, ..., 0]
    np.testing.assert_array_equal(found["exact_error"][1], first)
    assert np.isnan(found["exact_error_interval"][1]).all()  # of a single pair
    assert np.isfinite(found["exact_error_interval"][0]).all()
    correct = data["number_correct"][0].mean(axis=-1) / 2
    np.testing.assert_allclose(found["fraction_correct"][0], correct)


@pytest.mark.slow
def test_beyond_16_rotations_fewer_pairs_are_pooled(digits: Dataset) -> None:
    """At the orders that a pair does have, the same as if it had all of them."""
    small = Dataset("small", digits.images[:, ::4, ::4], digits.labels, "")
    asked = ROTATED | {"pairs": 3, "pooled_pairs": 2, "orders": [2, 6, 36, 9], "filters": [1]}
    fewer, all_of_them = (
        filled(convolution, small, Convolution(**(asked | {"pooled_pairs_beyond_16": beyond})))
        for beyond in (1, 2)
    )
    for key, value in fewer.items():
        expected = all_of_them[key].copy()
        if value.ndim == 5 and value.shape[0] == 2:
            expected[1, ..., 2, 1] = -1 if key == "number_correct" else np.nan
        np.testing.assert_allclose(value, expected, rtol=1e-4, atol=1e-9, err_msg=key)
    assert convolution.summary(fewer)["pairs"][1, 0, 0].tolist() == [2, 2, 1, 2]
    settings = Convolution(**(asked | {"pooled_pairs_beyond_16": 1}))
    plan = convolution.plan(small, settings)
    assert [unit.pairs.start for unit in plan.units] == [2, 1, 0] and plan.costs == sorted(
        plan.costs
    )


def test_what_no_pair_has_is_unknown(digits: Dataset, rng: np.random.Generator) -> None:
    """Without pairs for the pooled readout, its numbers are missing, and those of the other not."""
    settings = Convolution(
        **(
            ROTATED
            | {"pooled_pairs": 0, "pooled_pairs_beyond_16": 0, "orders": [2], "filters": [1]}
        )
    )
    data = convolution.plan(digits, settings).arrays
    for name, values in data.items():
        values[0] = 1 if name == "number_correct" else rng.uniform(size=values.shape[1:])
    found = convolution.summary(data)
    assert found["pairs"].ravel().tolist() == [2, 0]
    for name, value in found.items():
        assert np.isfinite(value[0]).all(), name
        assert name == "pairs" or np.isnan(value[1]).all(), name
    lines = CONVOLUTION.table(Record("convolution", {"dataset": "digits", **settings}, data))
    assert lines.splitlines()[-1].split() == ["pooled", "1×1,", "unit-norm", "2", *5 * ["-"]]


def _of_pairs(data: Mapping[str, np.ndarray]) -> list[tuple[str, np.ndarray]]:
    shape = data["exact_error"].shape
    return [(key, value) for key, value in data.items() if value.shape == shape]


def test_separation_and_spread(digits: Dataset) -> None:
    """Against their definitions, image by image."""
    points = normalize(orbit(digits.images[[3, 9]], rotation_action(3, (28, 28))))
    separation, spread = separation_and_spread(points)
    means = [np.mean(list(own), axis=0) for own in points]
    distances = [np.linalg.norm(x - means[i]) for i in (0, 1) for x in points[i]]
    assert np.isclose(separation, np.linalg.norm(means[0] - means[1]) ** 2, rtol=1e-12)
    assert np.isclose(spread, np.mean(distances), rtol=1e-12)


@pytest.mark.slow
def test_shifts_equal_solving_again(digits: Dataset) -> None:
    data = filled(shifts, digits, Shifts(**CNN))
    assert data["exact_error"].shape == (2, 2, 2, 2, 2)
    images = digits.images[sample_pairs(digits.labels, 2, seed=5)]
    for row, order in enumerate((2, 4)):
        action = translation_action(order, (28, 28))
        for p, prepare in enumerate((normalize, unit_norm)):
            # Every place is as good as any other.
            errors = solved_again(images[1], action, CNNKernel(), prepare, (1, order + 1))
            assert np.isclose(data["exact_error"][0, 1, p, row, 1], errors.mean(), rtol=2e-7)
            assert data["number_correct"][0, 1, p, row, 1] == (errors < 1).sum()
    assert data["general_gap"][0].max() < 1e-12
    pooled = {key: data[key][1, 1] for key in ("exact_error", "number_correct")}  # 3×3
    assert pooled["exact_error"].max() < 1e-5 and (pooled["number_correct"] == 2).all()
    found = shifts.summary(data)
    assert found["exact_error_interval"].shape == (2, 2, 2, 2, 2)
    assert "spectral_error" not in found and (found["circulant_gap"][0] < 0.3).all()


def test_depth_equals_solving_again(digits: Dataset) -> None:
    data = filled(depth, digits, Depth(**DEEP))
    assert data["exact_error"].shape == (2, 2, 2) and data["spread"].shape == (1, 2, 2)
    images = digits.images[sample_pairs(digits.labels, 2, seed=5)]
    for row, layers in enumerate((1, 3)):
        errors = solved_again(
            images[0],
            rotation_action(4, (28, 28)),
            MLPKernel(depth=layers),
            normalize,
            tuple(range(8)),
        )
        assert np.isclose(data["exact_error"][row, 1, 0], errors[[0, 4]].mean(), rtol=2e-7)
        assert np.isclose(data["orbit_mean_error"][row, 1, 0], errors.mean(), rtol=2e-7)
        assert data["number_correct"][row, 1, 0] == (errors[[0, 4]] < 1).sum()
    # Δ² and ρ are those of the other experiment, which computes them in another way.
    points = normalize(orbit(images[0], rotation_action(4, (28, 28))))
    expected = separation_and_spread(points)
    found = data["squared_separation"][0, 1, 0], data["spread"][0, 1, 0]
    np.testing.assert_allclose(found, expected, rtol=2e-7)


def test_correlation_is_that_of_numpy_and_none_without_variation(
    rng: np.random.Generator,
) -> None:
    x, y = rng.normal(size=(2, 3, 5, 1)), rng.normal(size=(3, 5, 7)).astype(np.float32)
    found = correlation(x, y, axis=(2, 3))
    for k, place in np.ndindex(2, 3):
        both = (v.ravel() for v in np.broadcast_arrays(x[k, place], y[place]))
        # Over both axes together, and in double precision whatever comes in.
        np.testing.assert_allclose(found[k, place], np.corrcoef(*both)[0, 1], rtol=1e-12)
    # Rounding leaves a rest of a mean of tenths, which is no variation.
    assert np.isnan(correlation(np.full(10, 0.1), rng.normal(size=10)))
    assert np.isnan(correlation(np.array([1.0, np.nan, 2.0]), np.arange(3)))


def test_median_interval(rng: np.random.Generator) -> None:
    values = rng.normal(size=(300, 2, 25))
    low, high = np.moveaxis(median_interval(values), -1, 0)
    assert low.shape == (300, 2) and (low < high).all()
    # It holds the true median, 0, about as often as it says: 600 draws, four standard errors.
    assert 0.91 < np.mean((low < 0) & (high > 0)) < 0.99
    # It is the interval of resampling: for an odd number of draws both end at one of them.
    medians = np.median(values[0, 0][rng.integers(25, size=(20_000, 25))], axis=-1)
    expected = np.quantile(medians, [0.025, 0.975], method="inverted_cdf")
    np.testing.assert_array_equal(median_interval(values[0, 0]), expected)
    drawn = bootstrap_interval(lambda x: np.median(x, axis=1), values[0, 0])
    assert np.abs(drawn - expected).max() <= np.diff(np.sort(values[0, 0])).max()
    assert np.isnan(median_interval(np.array([1.0, np.nan, 2.0]))).all()
    for interval in (median_interval, partial(bootstrap_interval, partial(np.median, axis=-1))):
        assert np.isnan(interval(np.array([2.0]))).all()  # of one draw nothing is known
    with pytest.raises(ValueError, match="at least one draw"):
        median_interval(np.zeros((2, 0)))
    with pytest.raises(ValueError, match="level between 0 and 1"):
        median_interval(np.zeros(3), level=95)


def test_mean_interval_stays_where_the_values_are(rng: np.random.Generator) -> None:
    shares = rng.uniform(size=(200, 10)) > 0.1
    mean, interval = mean_interval(shares.astype(float))
    np.testing.assert_allclose(mean, shares.mean(axis=1))
    assert interval.shape == (200, 2) and 0 <= interval.min() < interval.max() <= 1
    assert (interval[:, 0] <= mean).all() and (mean <= interval[:, 1]).all()
    # It holds the true mean, 0, about as often as a percentile interval of ten draws does: 0.90.
    low, high = mean_interval(rng.normal(size=(600, 10)))[1].T
    assert 0.85 < np.mean((low < 0) & (high > 0)) < 0.95
    # A draw without a value in one place is left out of all intervals, and of that mean.
    values = rng.normal(size=(3, 5))
    values[1, 4] = np.nan
    mean, interval = mean_interval(values)
    np.testing.assert_allclose(mean, np.nanmean(values, axis=1))
    np.testing.assert_array_equal(interval, mean_interval(values[:, :4])[1])
    assert np.isnan(mean_interval(values[:, 3:])[1]).all()  # of one draw nothing is known
    # Where there is no value at all, the others keep theirs.
    values[2] = np.nan
    mean, interval = mean_interval(values)
    assert np.isnan(mean[2]) and np.isnan(interval[2]).all() and np.isfinite(interval[:2]).all()


@pytest.mark.parametrize(
    ("experiment", "settings", "parameters", "message"),
    [
        (convolution, Convolution, ROTATED | {"orders": [2, 3]}, "divide the largest"),
        (convolution, Convolution, ROTATED | {"orders": [0, 2]}, "orders: different .* from 1"),
        (convolution, Convolution, ROTATED | {"filters": [4]}, "odd sides"),
        (convolution, Convolution, ROTATED | {"filters": [29]}, "up to 28"),
        (convolution, Convolution, ROTATED | {"filters": []}, "filters: .* Got none"),
        (convolution, Convolution, ROTATED | {"preparations": ["raw"]}, "ones of zero-mean"),
        (convolution, Convolution, ROTATED | {"pooled_pairs": 3}, "at most the number of pairs, 2"),
        (shifts, Shifts, CNN | {"orders": [3]}, "divide the width of the images, 28"),
        (shifts, Shifts, CNN | {"filters": [3, 3]}, "filters: different"),
        (depth, Depth, DEEP | {"orders": [2, 2]}, "orders: different"),
        (depth, Depth, DEEP | {"depths": [0, 1]}, "depths: different whole numbers from 1"),
    ],
)
def test_bad_settings_are_found_before_any_work(
    digits: Dataset,
    experiment: ModuleType,
    settings: type[Settings],
    parameters: dict[str, Any],
    message: str,
) -> None:
    with pytest.raises(ValueError, match=message):
        experiment.plan(digits, settings(**parameters))


def test_unknown_readout() -> None:
    with pytest.raises(ValueError, match="readout among dense, pooled"):
        cnn_kernel("max", 3)

"""Features that are learned as a metric: recursive feature machines."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike, NDArray
from scipy import linalg

from symtheory._checks import as_integer, as_number, as_real_values

__all__ = ["MetricLaplace", "gradient_outer_product", "learn_metrics", "regress"]

# A squared distance is a difference of numbers as large as the squared norms: below this part of
# them it is rounding.
_ROUNDING = 1e-13
# Of the largest entry or eigenvalue of a metric: what is smaller is rounding.
_UNEVEN = 1e-8


@dataclass(frozen=True, eq=False)
class MetricLaplace:
    """The Laplace kernel with a metric, k(x, y) = exp(-‖x - y‖_M / ℓ), ‖v‖²_M = vᵀMv.

    Attributes:
        metric: M, symmetric and positive semidefinite, of shape (d, d).
        length: ℓ, in units of the data.

    Raises:
        ValueError: If the metric is no symmetric matrix or has a negative eigenvalue, or the length
            is not positive.
    """

    metric: Float[np.ndarray, "d d"]
    length: float

    def __post_init__(self) -> None:
        """Check the attributes."""
        metric = as_real_values(self.metric, "metric")
        square = metric.ndim == 2 and metric.shape[0] == metric.shape[1] and metric.size
        if not square or np.abs(metric - metric.T).max() > _UNEVEN * np.abs(metric).max():
            raise ValueError(
                "Expected a metric as a symmetric matrix. "
                f"Got an array of shape {metric.shape}. Try numpy.eye(x.shape[-1])."
            )
        eigenvalues = np.linalg.eigvalsh(metric)
        if eigenvalues[0] < -_UNEVEN * np.abs(eigenvalues).max():
            raise ValueError(
                "Expected a metric that is positive semidefinite. Got one with the eigenvalue "
                f"{eigenvalues[0]:.3g}. Try half @ half.T, of any matrix."
            )
        object.__setattr__(self, "metric", metric)
        object.__setattr__(self, "length", float(as_number(self.length, "length", above=0.0)))

    def __call__(self, x: ArrayLike, y: ArrayLike | None = None) -> Float[np.ndarray, "n m"]:
        """All similarities between x and y, of shape (n, *item); see `symtheory.kernels`."""
        x = self._vectors(x)
        y = x if y is None else self._vectors(y)
        return np.exp(-self.distances(x, y) / self.length)

    def distances(self, x: np.ndarray, y: np.ndarray) -> Float[np.ndarray, "n m"]:
        """‖x_a - y_b‖_M of vectors, of shape (n, d) and (m, d)."""
        # Distances stay what they are when all points are shifted, and have more digits near zero.
        center = x.mean(axis=0) if len(x) else 0.0
        x, y = x - center, y - center
        of_x, of_y = (np.einsum("nd,nd->n", v @ self.metric, v) for v in (x, y))
        both = of_x[:, None] + of_y
        squared = both - 2 * (x @ self.metric) @ y.T
        return np.sqrt(np.where(squared > _ROUNDING * both, squared, 0.0))

    def _vectors(self, items: ArrayLike) -> np.ndarray:
        values = as_real_values(items, "items")
        if values.ndim < 2 or math.prod(values.shape[1:]) != len(self.metric):
            raise ValueError(
                f"Expected items of {len(self.metric)} numbers, as many as the metric is for. "
                f"Got shape {values.shape}. Try items.reshape(len(items), -1)."
            )
        return values.reshape(len(values), len(self.metric))


def gradient_outer_product(
    kernel: MetricLaplace, x: ArrayLike, weights: ArrayLike, *, at: ArrayLike | None = None
) -> Float[np.ndarray, "d d"]:
    """The average gradient outer product of a kernel machine, (1/n) Σ_a Σ_c ∇f_c(x_a) ∇f_c(x_a)ᵀ.

    With f_c = Σ_b w_bc k(·, x_b); the kink of the kernel at its own point has the slope 0, the mean
    of those around it. (Radhakrishnan et al. 2024, Science 383, equation 2.)

    Args:
        kernel: Of the machine.
        x: Its points, of shape (n, *item).
        weights: Of shape (n, outputs).
        at: Which of the points to average over, as indices or as a mask; all, if not given.

    Returns:
        Shape (d, d), positive semidefinite.

    Raises:
        ValueError: If shapes do not fit, there is no point to average over, or one that there is
            not.
    """
    x = kernel._vectors(x)
    weights = as_real_values(weights, "weights")
    if weights.ndim != 2 or len(weights) != len(x):
        raise ValueError(
            f"Expected weights of shape ({len(x)}, outputs), a row for each point. "
            f"Got shape {weights.shape}. Try weights[:, None]."
        )
    x = x - x.mean(axis=0) if len(x) else x  # gradients are of differences
    points = x[_places(at, len(x))]
    distance = kernel.distances(points, x)
    slope = np.zeros_like(distance)
    np.divide(np.exp(-distance / kernel.length), distance, out=slope, where=distance > 0)
    slope /= -kernel.length
    total = np.zeros_like(kernel.metric)
    for column in weights.T:
        pull = slope * column
        gradients = pull.sum(axis=1)[:, None] * points - pull @ x
        total += gradients.T @ gradients
    return kernel.metric @ total @ kernel.metric / len(points)


def learn_metrics(
    x: ArrayLike,
    labels: ArrayLike,
    *,
    iterations: int = 5,
    length: float = 1.0,
    ridge: float = 1e-10,
    at: ArrayLike | None = None,
) -> list[MetricLaplace]:
    """A recursive feature machine: regression, its gradients as a metric, regression again.

    Each metric is the average gradient outer product of the regression before it, multiplied by a
    number: the mean squared distance of the points stays what it was, so that nothing changes that
    a bandwidth could have changed. (Radhakrishnan et al. 2024, Science 383, algorithm 1.)

    Args:
        x: Training points, of shape (n, *item).
        labels: Of shape (n, outputs).
        iterations: How many metrics to learn.
        length: ℓ, in units of the median distance of two different points.
        ridge: In units of the trace of each Gram matrix.
        at: Which of the points to average gradients over, as indices or as a mask; all, if not
            given.

    Returns:
        The kernels, the first with the identity as its metric: iterations + 1 of them.

    Raises:
        ValueError: If shapes do not fit, all points are equal, a setting is out of bounds, or a
            Gram matrix is singular to precision.
    """
    values, labels = as_real_values(x, "points"), as_real_values(labels, "labels")
    if values.ndim < 2 or not values.size:
        raise ValueError(
            f"Expected points of shape (n, *item). Got shape {values.shape}. Try x[:, None]."
        )
    x = values.reshape(len(values), -1)
    if labels.ndim != 2 or len(labels) != len(x):
        raise ValueError(
            f"Expected labels of shape ({len(x)}, outputs), a row for each point. "
            f"Got shape {labels.shape}. Try labels[:, None]."
        )
    count = as_integer(iterations, "iterations", minimum=0)
    ridge = float(as_number(ridge, "ridge", minimum=0.0))
    places = _places(at, len(x))
    euclidean = MetricLaplace(np.eye(x.shape[1]), float(as_number(length, "length", above=0.0)))
    distance = euclidean.distances(x, x)
    if not distance.any():
        raise ValueError("Expected points that differ. Got equal ones. Try other points.")
    kernel = MetricLaplace(euclidean.metric, euclidean.length * np.median(distance[distance > 0]))
    covariance = np.cov(x, rowvar=False, bias=True).reshape(x.shape[1], -1)
    size = np.trace(covariance)
    kernels = [kernel]
    for _ in range(count):
        matrix = gradient_outer_product(kernel, x, regress(kernel, x, labels, ridge), at=places)
        change = np.einsum("ij,ji->", matrix, covariance)
        if not change > 0 or not np.isfinite(size / change):
            raise ValueError(
                "Expected a regression that changes between its points. Got one without gradients. "
                "Try labels that differ, or a shorter length."
            )
        scale = size / change
        kernel = MetricLaplace(scale * matrix, kernel.length)
        kernels.append(kernel)
    return kernels


def _places(at: ArrayLike | None, count: int) -> NDArray[np.integer]:
    """Which of so many points, as indices, of those or of a mask; all of them, if not given.

    Raises:
        ValueError: If there are none, or one is no index of a point.
    """
    places = np.arange(count) if at is None else _as_array(at)
    if places.dtype == bool and places.shape == (count,):
        places = np.flatnonzero(places)
    if places.shape == (0,):
        raise ValueError("Expected points to average over. Got none. Try at=None.")
    if not np.issubdtype(places.dtype, np.integer) or places.ndim != 1:
        raise ValueError(
            f"Expected indices of points, or a mask of shape ({count},). "
            f"Got {places.dtype} of shape {places.shape}. Try at=[0]."
        )
    if places.min() < -count or places.max() >= count:
        raise ValueError(
            f"Expected indices of {count} points. Got {places.min()} to {places.max()}. Try at=[0]."
        )
    return places


def _as_array(given: ArrayLike) -> np.ndarray:
    try:
        return np.asarray(given)
    except ValueError:  # rows of different lengths
        return np.asarray(given, dtype=object)


def regress(kernel: MetricLaplace, x: np.ndarray, labels: np.ndarray, ridge: float) -> np.ndarray:
    """The weights of kernel regression, with a ridge in units of the trace."""
    matrix = kernel(x)
    matrix[np.diag_indices(len(x))] += ridge * np.trace(matrix)
    try:
        return np.asarray(linalg.solve(matrix, labels, assume_a="pos"))
    except linalg.LinAlgError:
        raise ValueError(
            "Expected a positive definite Gram matrix. Got one that is singular to precision with "
            f"a ridge of {ridge:g} of its trace. Try a larger ridge."
        ) from None

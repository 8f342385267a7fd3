"""What a wide network learns from pairs of images and no labels, in closed form."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike
from scipy import linalg

from symtheory._checks import as_integer, as_real_values, uncopied_gram

__all__ = ["SpectralEmbedding", "spectral_embedding"]

# Of the largest eigenvalue, what is left of those that are 0.
_ROUNDING = 1e-12


class SpectralEmbedding(NamedTuple):
    """Functions of an image, each a combination of kernels with the images that were paired.

    The embedding of other images is `cross @ coefficients`, with their kernels of shape (..., n).

    Attributes:
        coefficients: Of shape (n, dimension).
        eigenvalues: ν, the correlation of two views along each coordinate before it is scaled to 1,
            in falling order, of shape (dimension,).
    """

    coefficients: Float[np.ndarray, "n dimension"]
    eigenvalues: Float[np.ndarray, " dimension"]


def spectral_embedding(gram: ArrayLike, views: ArrayLike, dimension: int) -> SpectralEmbedding:
    """The embedding that Barlow Twins learns with a kernel, from small weights.

    Two views are drawn independently of one of r images, each equally often, so that a and b are a
    pair with probability P = V Vᵀ/r. Of all functions f(x) = Σ_a A_a k(x, x_a) with as many
    coordinates, that which minimizes ‖C - I‖² for the correlation C = Fᵀ P F of views, F = K A, and
    among these has the least norm tr(Aᵀ K A), is made of the top modes of the pair operator,
    P K a = ν a with aᵀ K a = 1, as A = a/√ν (Simon et al. 2023, arXiv 2303.15438, who kernelize a
    linear model and write them as K^½ a, eigenvectors of K^½ P K^½). All a are multiples of V u for
    eigenvectors u of the r × r matrix Vᵀ K V/r, so that no matrix is inverted. Coordinates are
    determined up to their sign, and up to a rotation where eigenvalues coincide.

    >>> import numpy as np
    >>> from symtheory.learning import spectral_embedding
    >>> K = np.array([[3.0, 1, 0, 1], [1, 3, 1, 0], [0, 1, 3, 1], [1, 0, 1, 3]])
    >>> pairs = np.array([[0.5, 0], [0.5, 0], [0, 0.5], [0, 0.5]])  # 0 with 1, 2 with 3
    >>> found = spectral_embedding(K, pairs, 2)
    >>> np.abs(K @ found.coefficients).round(3).tolist()
    [[1.0, 1.0], [1.0, 1.0], [1.0, 1.0], [1.0, 1.0]]

    Args:
        gram: Among the n points that are views of something, of shape (n, n).
        views: V, of shape (n, r): the probability of each point to be the view that is drawn of
            each image; not negative, and each column adds up to 1.
        dimension: How many coordinates, at most the rank of the pair operator.

    Returns:
        Coefficients and eigenvalues.

    Raises:
        ValueError: If it is no Gram matrix, if views are no probabilities of as many points, or if
            there are fewer modes.
    """
    matrix = as_real_values(uncopied_gram(gram), "Gram matrix")
    if matrix.ndim != 2:
        raise ValueError(
            f"Expected one Gram matrix, of shape (n, n). Got shape {matrix.shape}. "
            "Try one after the other."
        )
    views = _as_views(views, len(matrix))
    dimension = as_integer(dimension, "dimension", minimum=1, maximum=views.shape[1])
    factor = views / np.sqrt(views.shape[1])
    among = factor.T @ matrix @ factor
    r = len(among)
    values, vectors = linalg.eigh(
        (among + among.T) / 2, subset_by_index=[r - dimension, r - 1], check_finite=False
    )
    values, vectors = values[::-1], vectors[:, ::-1]
    there = int((values > _ROUNDING * values[0]).sum()) if values[0] > 0 else 0
    if there < dimension:
        raise ValueError(
            f"Expected a dimension of at most the rank of the pair operator, {there}. Got "
            f"{dimension}. Try views of more images, or fewer coordinates."
        )
    return SpectralEmbedding(factor @ vectors / values, values)


def _as_views(views: ArrayLike, n: int) -> np.ndarray:
    values = as_real_values(views, "views")
    if values.ndim != 2 or len(values) != n or not values.shape[1]:
        raise ValueError(
            f"Expected views of shape ({n}, images), a row for each point. Got shape "
            f"{values.shape}. Try numpy.eye({n}), where each point is its own only view."
        )
    if (values < 0).any() or not np.allclose(values.sum(axis=0), 1, rtol=0, atol=1e-6):
        raise ValueError(
            "Expected columns of probabilities in views. Got negative numbers, or columns that do "
            "not add up to 1. Try views / views.sum(axis=0)."
        )
    return values

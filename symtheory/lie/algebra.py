"""What the brackets of generators say: closure, structure constants, Killing form, ideals."""

from __future__ import annotations

import itertools

import numpy as np
import scipy.linalg
from jaxtyping import Float, Inexact
from numpy.typing import ArrayLike

from symtheory._checks import as_number
from symtheory.lie.checks import as_constants, as_generators, as_rows

__all__ = ["algebra_rank", "closure_defect", "ideals", "killing_form", "structure_constants"]

_TOLERANCE = 1e-6
_DRAWS = 10  # of random combinations, by which ideals are told apart
# Times the closure defect: what is smaller than this part of a structure constant is rounding.
_MANY = 100
# Of the largest structure constant: what is smaller says nothing of the scale of generators.
_UNSEEN = 1e-14


def closure_defect(generators: ArrayLike) -> float:
    """How far the brackets of generators leave their span: 0 for a Lie algebra.

    >>> from symtheory.lie import orthogonal_algebra
    >>> so3 = orthogonal_algebra(3)
    >>> round(closure_defect(so3), 6), round(closure_defect(so3[:2]), 6)
    (0.0, 1.0)

    Args:
        generators: Real or complex, of shape (dimension, n, n), linearly independent.

    Returns:
        The largest distance of a bracket [X, Y] from the span, for X and Y of an orthonormal basis
        of it, relative to the largest bracket; 0 if all commute. It does not depend on the scale of
        the generators, and little on the basis.

    Raises:
        ValueError: If the generators are of another shape or dependent.
    """
    basis, found = _in_orthonormal(as_generators(generators))
    sizes = np.linalg.norm(found, axis=1)
    if sizes.max() < _TOLERANCE:
        return 0.0
    outside = found - found @ basis @ basis.T
    return float(np.linalg.norm(outside, axis=1).max() / sizes.max())


def structure_constants(
    generators: ArrayLike, *, tolerance: float = _TOLERANCE
) -> Float[np.ndarray, "d d d"]:
    """The numbers f with [X_a, X_b] = Σ_c f[a, b, c] X_c.

    Args:
        generators: Real or complex, of shape (dimension, n, n), linearly independent.
        tolerance: The largest `closure_defect` that is taken for rounding.

    Returns:
        Of shape (dimension, dimension, dimension), antisymmetric in the first two indices.

    Raises:
        ValueError: If the generators are of another shape or dependent, or span no Lie algebra.
    """
    matrices = as_generators(generators)
    tolerance = float(as_number(tolerance, "tolerance", above=0))
    defect = closure_defect(matrices)
    if defect > tolerance:
        raise ValueError(
            f"Expected generators whose brackets stay in their span, within {tolerance:g}. "
            f"Got a defect of {defect:.2g}. Try more generators, or fewer."
        )
    d = len(matrices)
    # What commutes but for rounding commutes: of nothing but rounding, all would look significant.
    if np.linalg.norm(_in_orthonormal(matrices)[1], axis=1).max() < _TOLERANCE:
        return np.zeros((d, d, d))
    norms = np.linalg.norm(as_rows(matrices), axis=1)
    units = matrices / norms[:, None, None]
    constants = (as_rows(_brackets(units)) @ np.linalg.pinv(as_rows(units))).reshape(d, d, d)
    constants = (constants - constants.swapaxes(0, 1)) / 2
    constants[np.abs(constants) <= _MANY * max(defect, np.finfo(float).eps)] = 0
    return _scaled(constants, norms)


def killing_form(constants: ArrayLike) -> Float[np.ndarray, "d d"]:
    """The form K[a, b] = tr(ad X_a ad X_b) = Σ_cd f[a, c, d] f[b, d, c].

    Negative definite for compact semisimple algebras, not degenerate for semisimple ones, and zero
    on the center.

    Args:
        constants: As `structure_constants` returns them, of shape (d, d, d).

    Raises:
        ValueError: If they are no structure constants.
    """
    f = as_constants(constants)
    return np.einsum("acd,bdc->ab", f, f, optimize=True)


def algebra_rank(constants: ArrayLike) -> int:
    """The dimension of a Cartan subalgebra: how many elements commute with a general one.

    Args:
        constants: As `structure_constants` returns them, of shape (d, d, d), of an algebra that is
            reductive.

    Raises:
        ValueError: If they are no structure constants.
    """
    f = as_constants(constants)
    f = _scaled(f, _even_scales(f))
    element = np.random.default_rng(0).normal(size=len(f))  # general with probability 1
    roots = np.abs(np.linalg.eigvals(np.einsum("a,abc->cb", element, f)))
    return int(np.count_nonzero(roots <= _TOLERANCE * max(roots.max(), 1e-300)))


def ideals(constants: ArrayLike) -> list[Float[np.ndarray, "k d"]]:
    """The center and the simple ideals of which a reductive algebra is the direct sum.

    Maps that commute with all ad X (the centroid) act on each simple ideal like a number, which is
    another one on each for a map that is drawn at random. Its eigenspaces are the ideals.

    Args:
        constants: As `structure_constants` returns them, of shape (d, d, d).

    Returns:
        For each ideal, in increasing dimension, an orthonormal basis: coefficients in the given
        generators, of shape (k, d). The center, if there is one, is one of them.

    Raises:
        ValueError: If they are no structure constants, or the algebra is not the sum of its center
            and its brackets, so that it is not reductive.
    """
    f = as_constants(constants)
    scales = _even_scales(f)
    f = _scaled(f, scales)
    d = len(f)
    center = scipy.linalg.null_space(f.transpose(1, 2, 0).reshape(-1, d), rcond=_TOLERANCE).T
    derived = scipy.linalg.orth(f.reshape(-1, d).T, rcond=_TOLERANCE).T
    if np.linalg.matrix_rank(np.vstack([center, derived]), tol=_TOLERANCE) < d:
        raise ValueError(
            "Expected a reductive algebra, the sum of its center and its brackets. Got a center "
            f"of dimension {len(center)} and brackets of dimension {len(derived)}, of {d}. "
            "Try one that preserves a definite form."
        )
    parts = [center] if len(center) else []
    if len(derived):
        within = np.einsum("ia,jb,abc,kc->ijk", derived, derived, f, derived, optimize=True)
        parts += [simple @ derived for simple in _simple_ideals(within)]
    if np.ptp(scales):
        parts = [np.linalg.qr((part * scales).T)[0].T for part in parts]
    return sorted(parts, key=len)


def _even_scales(f: Float[np.ndarray, "d d d"]) -> Float[np.ndarray, " d"]:
    """Factors of the generators of a reductive algebra that make them about as large as each other.

    Where they are within a factor of 10 they are left as they are.
    """
    # Like the diagonal of the Killing form, but without signs: it changes with the square of its
    # generator, and with no other. In the center it is 0.
    sizes = np.sqrt(np.einsum("acd,adc->a", np.abs(f), np.abs(f), optimize=True))
    seen = sizes > _UNSEEN * sizes.max()
    if not seen.any() or sizes[seen].max() < 10 * sizes[seen].min():
        return np.ones(len(f))
    return np.where(seen, 1 / np.where(seen, sizes, 1), 1)


def _scaled(
    f: Float[np.ndarray, "d d d"], scales: Float[np.ndarray, " d"]
) -> Float[np.ndarray, "d d d"]:
    """The structure constants of generators that are multiplied by numbers."""
    return f * scales[:, None, None] * scales[:, None] / scales


def _simple_ideals(f: Float[np.ndarray, "d d d"]) -> list[Float[np.ndarray, "k d"]]:
    """Orthonormal bases of the simple ideals of a semisimple algebra."""
    d = len(f)
    rng = np.random.default_rng(0)
    # Two general elements generate a semisimple algebra; a third costs little.
    squares = np.zeros((d * d, d * d))
    for element in rng.normal(size=(3, d)) / np.linalg.norm(f):
        ad = np.einsum("a,abc->cb", element, f)
        commutator = np.kron(ad, np.eye(d)) - np.kron(np.eye(d), ad.T)
        squares += commutator.T @ commutator
    values, maps = np.linalg.eigh(squares)
    centroid = maps[:, values < _TOLERANCE**1.5 * values[-1]]
    # Numbers of two ideals may come near each other by chance: the draw that tells most apart.
    draws = [(centroid @ rng.normal(size=centroid.shape[1])).reshape(d, d) for _ in range(_DRAWS)]
    drawn = max(draws, key=lambda draw: _apart(_distinct_numbers(draw)))
    found = _distinct_numbers(drawn)
    scale = np.abs(found).max()
    spaces = []
    for number in found:
        shifted = drawn - number.real * np.eye(d)
        vanishing = shifted @ shifted + number.imag**2 * np.eye(d)
        # Not null_space, whose threshold is relative: on a simple algebra all of it vanishes.
        _, sizes, rows = np.linalg.svd(vanishing / scale**2)
        spaces.append(rows[sizes < _TOLERANCE])
    return spaces


def _distinct_numbers(matrix: Float[np.ndarray, "d d"]) -> list[complex]:
    """The different eigenvalues of a real matrix, of conjugate ones the one above the real axis."""
    numbers = np.linalg.eigvals(matrix)
    # A complex algebra, as a real one, has a pair of conjugate numbers.
    numbers = numbers.real + 1j * np.abs(numbers.imag)
    scale = np.abs(numbers).max()
    found: list[complex] = []
    for number in numbers:
        if all(abs(number - other) > 1e-4 * scale for other in found):
            found.append(number)
    return found


def _apart(numbers: list[complex]) -> tuple[int, float]:
    """How many numbers there are, and how near the nearest two are in units of the largest."""
    gaps = [abs(one - other) for one, other in itertools.combinations(numbers, 2)]
    return len(numbers), min(gaps, default=0.0) / np.abs(numbers).max()


def _in_orthonormal(
    matrices: Inexact[np.ndarray, "d n n"],
) -> tuple[Float[np.ndarray, "entries d"], Float[np.ndarray, "dd entries"]]:
    """An orthonormal basis of the span of matrices, and the brackets of its elements."""
    basis = np.linalg.qr(as_rows(matrices).T)[0]
    return basis, as_rows(_brackets(_as_matrices(basis.T, matrices)))


def _brackets(matrices: Inexact[np.ndarray, "d n n"]) -> Inexact[np.ndarray, "dd n n"]:
    """[X_a, X_b] for all pairs, that of a and b at a * d + b."""
    products = np.einsum("aij,bjk->abik", matrices, matrices, optimize=True)
    return (products - products.swapaxes(0, 1)).reshape(-1, *matrices.shape[1:])


def _as_matrices(
    rows: Float[np.ndarray, "m entries"], like: Inexact[np.ndarray, "d n n"]
) -> Inexact[np.ndarray, "m n n"]:
    """What `as_rows` has made rows of."""
    if np.iscomplexobj(like):
        rows = rows[:, : rows.shape[1] // 2] + 1j * rows[:, rows.shape[1] // 2 :]
    return rows.reshape(-1, *like.shape[1:])

r"""The theory: errors at unseen points from the spectrum of a Gram matrix over a group.

Take m orbits of a group G whose Gram matrix is invariant, K[(i,g),(j,h)] = κ_ij(g⁻¹h), and labels
that are constant on orbits. The Fourier transform over G takes K + rI apart into a Hermitian block
Λ_ρ for each irreducible representation ρ, made of the blocks κ̂_ij(ρ) = Σ_h κ_ij(h) ρ(h), and the
error at a point of orbit i that was left out of the training set is

    ε_i = 1 - y_i ŷ_i = y_i (Λ_1⁻¹ y)_i / ( (1/|G|) Σ_ρ d_ρ tr[(Λ_ρ⁻¹)_ii] ),

the trivial representation alone over the mean of all. It is above 1 exactly where the prediction
has the wrong sign, and negative where it overshoots, which two orbits under a nonnegative kernel
never do. For two orbits of C_N that interleave into
one circulant of size 2N it is Perin and Deny's ε_s = λ_N⁻¹ / ⟨λ⁻¹⟩ (arXiv 2412.11521).

Wherever a Gram matrix of shape (..., m|G|, m|G|) is expected by a function below, the first rows
κ_ij(h), of shape (..., m, m, |G|), will do as well, as `FirstRows(rows)`.
"""

from symtheory.spectral.bounds import error_bound
from symtheory.spectral.circulant import Spectrum, circulant_spectral_error, spectrum
from symtheory.spectral.errors import held_out_error, held_out_prediction, spectral_error
from symtheory.spectral.invariance import (
    group_average,
    symmetry_defect,
    variation_defect,
)
from symtheory.spectral.rows import FirstRows, average_rows, expand_rows
from symtheory.spectral.variance import error_variance

__all__ = [
    "FirstRows",
    "Spectrum",
    "average_rows",
    "circulant_spectral_error",
    "error_bound",
    "error_variance",
    "expand_rows",
    "group_average",
    "held_out_error",
    "held_out_prediction",
    "spectral_error",
    "spectrum",
    "symmetry_defect",
    "variation_defect",
]

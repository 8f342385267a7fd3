"""What would learn the symmetry: procedures beyond supervised kernel regression, on orbits."""

from symtheory.learning.average import LearnedAverage, learn_average
from symtheory.learning.evidence import averaged_gram, log_evidence
from symtheory.learning.features import MetricLaplace, gradient_outer_product, learn_metrics
from symtheory.learning.operators import learn_operator, operator_powers
from symtheory.learning.spectral_embedding import SpectralEmbedding, spectral_embedding

__all__ = [
    "LearnedAverage",
    "MetricLaplace",
    "SpectralEmbedding",
    "averaged_gram",
    "gradient_outer_product",
    "learn_average",
    "learn_metrics",
    "learn_operator",
    "log_evidence",
    "operator_powers",
    "spectral_embedding",
]

"""What would learn the symmetry: procedures beyond supervised kernel regression, on orbits."""

from symtheory.learning.average import LearnedAverage, learn_average
from symtheory.learning.evidence import averaged_gram, log_evidence

__all__ = ["LearnedAverage", "averaged_gram", "learn_average", "log_evidence"]
from symtheory.learning.spectral_embedding import SpectralEmbedding, spectral_embedding

__all__ = ["SpectralEmbedding", "spectral_embedding"]

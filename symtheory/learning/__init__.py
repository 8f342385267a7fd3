"""What would learn the symmetry: procedures beyond supervised kernel regression, on orbits."""

from symtheory.learning.spectral_embedding import SpectralEmbedding, spectral_embedding

__all__ = ["SpectralEmbedding", "spectral_embedding"]

"""What would learn the symmetry: procedures beyond supervised kernel regression, on orbits."""

from symtheory.learning.evidence import averaged_gram, log_evidence

__all__ = ["averaged_gram", "log_evidence"]

"""What would learn the symmetry: procedures beyond supervised kernel regression, on orbits."""

from symtheory.learning.features import MetricLaplace, gradient_outer_product, learn_metrics

__all__ = ["MetricLaplace", "gradient_outer_product", "learn_metrics"]

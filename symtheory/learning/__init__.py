"""What would learn the symmetry: procedures beyond supervised kernel regression, on orbits."""

from symtheory.learning.operators import learn_operator, operator_powers

__all__ = ["learn_operator", "operator_powers"]

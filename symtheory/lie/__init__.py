"""Lie algebras of matrices: found from what an invariant demands, and what their brackets say.

A Lie algebra is given by generators that span it, an array of shape (dimension, n, n), real or
complex. Coefficients are real even where the generators are complex, and the dimension is that over
the real numbers. Generators need not be orthonormal, nor those of a textbook: what is computed here
does not depend on the basis.
"""

from symtheory.lie.algebra import (
    algebra_rank,
    closure_defect,
    ideals,
    killing_form,
    structure_constants,
)
from symtheory.lie.constraints import invariance_constraints, null_space
from symtheory.lie.descent import LearnedGenerators, learn_generators
from symtheory.lie.equivariant import MatrixRepresentation, equivariant_maps
from symtheory.lie.exceptional import albert_determinant, octonion_form
from symtheory.lie.in_turn import GeneratorsInTurn, learn_generators_in_turn
from symtheory.lie.standard import orthogonal_algebra, unitary_algebra

__all__ = [
    "GeneratorsInTurn",
    "LearnedGenerators",
    "MatrixRepresentation",
    "albert_determinant",
    "algebra_rank",
    "closure_defect",
    "equivariant_maps",
    "ideals",
    "invariance_constraints",
    "killing_form",
    "learn_generators",
    "learn_generators_in_turn",
    "null_space",
    "octonion_form",
    "orthogonal_algebra",
    "structure_constants",
    "unitary_algebra",
]

"""Lie algebras of matrices."""

import numpy as np

from bad_calls.inputs import Right, fixed, integer, number, real, thing
from bad_calls.outcomes import call
from symtheory import lie

NOT_CALLED = {"lie.GeneratorsInTurn", "lie.LearnedGenerators"}

SO3 = lie.orthogonal_algebra(3)
CONSTANTS = lie.structure_constants(SO3)
MIRROR = np.diag([1.0, 1, -1])[None]
VECTORS = lie.MatrixRepresentation(MIRROR, SO3)
POINTS = np.random.default_rng(0).normal(size=(5, 3))

EXAMPLES = {
    "lie.MatrixRepresentation": call(
        lambda elements, algebra: lie.MatrixRepresentation(elements, algebra).tensor(VECTORS),
        elements=real(MIRROR).but(Right.REFUSED, "zeros"),
        algebra=real(SO3),
    ),
    "lie.albert_determinant": call(
        lie.albert_determinant, x=real(np.arange(27.0)).but(Right.REFUSED, "no rows")
    ),
    "lie.algebra_rank": call(lie.algebra_rank, constants=fixed(CONSTANTS)),
    "lie.closure_defect": call(lie.closure_defect, generators=real(SO3).but(Right.SAME, "complex")),
    "lie.equivariant_maps": call(
        lie.equivariant_maps,
        source=thing(VECTORS, lie.MatrixRepresentation(algebra=SO3[:2])),
        target=thing(VECTORS, lie.MatrixRepresentation(elements=SO3 + np.eye(3))),
    ),
    "lie.ideals": call(lie.ideals, constants=fixed(CONSTANTS)),
    "lie.invariance_constraints": call(
        lie.invariance_constraints,
        points=fixed(POINTS).but(Right.SAME, "complex"),
        gradients=fixed(2 * POINTS).but(Right.SAME, "complex"),
    ),
    "lie.killing_form": call(lie.killing_form, constants=fixed(CONSTANTS)),
    "lie.learn_generators": call(
        lambda constraints, count, starts, steps, learning_rate, seed: (
            lie.learn_generators(
                constraints,
                count,
                starts=starts,
                steps=steps,
                learning_rate=learning_rate,
                seed=seed,
            ).losses
        ),
        constraints=real(SO3)
        .but(Right.EITHER, "complex")
        .but(Right.REFUSED, "no rows", "flat", "one column fewer", "no columns", "one axis more"),
        count=integer(2),
        starts=integer(2),
        steps=integer(2),
        learning_rate=number(0.1),
        seed=integer(1, minimum=0),
    ),
    "lie.learn_generators_in_turn": call(
        lambda **settings: lie.learn_generators_in_turn(**settings).generators,
        constraints=real(SO3)
        .but(Right.EITHER, "complex")
        .but(Right.REFUSED, "no rows", "flat", "one column fewer", "no columns", "one axis more"),
        tolerance=number(1e-3),
        steps=integer(100),
        learning_rate=number(1.0),
        momentum=number(0.9),
        seed=integer(1, minimum=0),
    ),
    "lie.null_space": call(
        lie.null_space,
        constraints=real(POINTS).but(Right.EITHER, "complex"),
        tolerance=number(1e-8),
    ),
    "lie.octonion_form": call(lie.octonion_form),
    "lie.orthogonal_algebra": call(
        lie.orthogonal_algebra, p=integer(3, minimum=0), q=integer(1, minimum=0)
    ),
    "lie.structure_constants": call(
        lie.structure_constants,
        generators=real(SO3).but(Right.SAME, "complex"),
        tolerance=number(1e-6),
    ),
    "lie.unitary_algebra": call(lie.unitary_algebra, n=integer(3)),
}

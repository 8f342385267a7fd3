"""The evidence of labels on orbits, and averages learned from it."""

import numpy as np

from bad_calls.inputs import Right, elements, fixed, integer, number, thing
from bad_calls.outcomes import call
from symtheory import datasets, groups, kernels, learning, spectral

# Made by `learn_average`.
NOT_CALLED = {"learning.LearnedAverage"}

C3 = groups.cyclic_group(3)
GRAM = kernels.gram(kernels.RBF(0.5), datasets.two_circles(3, separation=1.0))
ON_ORBITS = {
    "rows": fixed(np.asarray(spectral.average_rows(GRAM, C3))),
    "group": thing(C3, groups.cyclic_group(4), groups.symmetric_group(4)),
}
# One label for each point, or one for each orbit.
LABELS = fixed(np.array([[1.0, 2.0, -1.0], [0.5, -0.2, 0.1]]))
WEIGHTS = fixed(np.array([0.5, 0.3, 0.2]))
HELD_OUT = elements([[0, 1], [1, 2]], 3).but(
    Right.REFUSED, "none", "twice", "one more", "one axis more", "booleans"
)

EXAMPLES = {
    "learning.averaged_gram": call(learning.averaged_gram, **ON_ORBITS, weights=WEIGHTS),
    "learning.learn_average": call(
        learning.learn_average,
        **ON_ORBITS,
        labels=LABELS,
        starts=integer(1),
        steps=integer(20),
        least_noise=number(1e-2).but(Right.REFUSED, "zero", "minus zero", "huge", "huge integer"),
        seed=integer(0, minimum=0),
    ),
    "learning.log_evidence": call(
        learning.log_evidence,
        **ON_ORBITS,
        weights=WEIGHTS,
        labels=LABELS,
        noise=number(1e-2).but(Right.EITHER, "seven numbers"),
    ),
    "learning.log_evidence:held_out": call(
        learning.log_evidence,
        **ON_ORBITS,
        weights=WEIGHTS,
        labels=LABELS,
        noise=number(1e-2),
        held_out=HELD_OUT.but(Right.EITHER, "None"),
    ),
}

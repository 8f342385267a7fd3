"""What would learn the symmetry."""

import numpy as np

from bad_calls.inputs import Right, fixed, integer, number, real
from bad_calls.outcomes import call
from symtheory import learning

NOT_CALLED: set[str] = set()

X, Y = np.random.default_rng(0).normal(size=(2, 4, 3))

EXAMPLES = {
    "learning.learn_operator": call(
        learning.learn_operator,
        inputs=real(X).but(Right.REFUSED, "no rows", "one row fewer", "one row more", "flat"),
        outputs=real(Y).but(Right.REFUSED, "no rows", "one row fewer", "one row more", "flat"),
        ridge=number(0.1),
    ),
    "learning.operator_powers": call(
        learning.operator_powers,
        operator=fixed(X[:3]),
        points=real(Y).but(Right.REFUSED, "one column fewer", "no columns", "flat"),
        count=integer(3),
    ),
}

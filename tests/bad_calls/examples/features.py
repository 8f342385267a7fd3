"""Features that are learned."""

import numpy as np

from bad_calls.inputs import Right, fixed, integer, number, real
from bad_calls.outcomes import call
from symtheory import learning

NOT_CALLED: set[str] = set()

X, Y = np.random.default_rng(0).normal(size=(2, 5, 3))
METRIC = np.diag([1.0, 2.0, 3.0])

EXAMPLES = {
    "learning.MetricLaplace": call(
        lambda metric, length: learning.MetricLaplace(metric, length)(X),
        metric=fixed(METRIC).but(Right.REFUSED, "flat", "one axis more"),
        length=number(1.0),
    ),
    "learning.gradient_outer_product": call(
        lambda x, weights: learning.gradient_outer_product(
            learning.MetricLaplace(METRIC, 1.0), x, weights
        ),
        x=fixed(X).but(Right.REFUSED, "flat"),
        weights=real(Y).but(Right.REFUSED, "no rows", "one row fewer", "one row more", "flat"),
    ),
    "learning.learn_metrics": call(
        lambda x, labels, iterations, length, ridge: (
            learning.learn_metrics(x, labels, iterations=iterations, length=length, ridge=ridge)[
                -1
            ].metric
        ),
        x=real(X).but(Right.REFUSED, "no rows", "one row fewer", "one row more", "zeros"),
        labels=real(Y).but(Right.REFUSED, "no rows", "one row fewer", "one row more", "flat"),
        iterations=integer(1, minimum=0),
        length=number(1.0),
        ridge=number(1e-3),
    ),
}

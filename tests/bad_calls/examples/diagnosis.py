"""Diagnoses of one's own data."""

import numpy as np

from bad_calls.inputs import Right, fixed, given, integer, number, thing
from bad_calls.outcomes import call
from symtheory import diagnosis, groups, kernels

# Made by `diagnose`.
NOT_CALLED = {"diagnosis.Cautions", "diagnosis.Diagnosis"}

C3 = groups.cyclic_group(3)
ORBITS = np.arange(24.0).reshape(4, 3, 2) % 7

EXAMPLES = {
    "diagnosis.diagnose": call(
        diagnosis.diagnose,
        items=fixed(ORBITS)
        .but(Right.REFUSED, "no rows", "one row fewer", "one row more")
        .but(Right.EITHER, "one column fewer"),
        labels=given(["a", "b", "b", "a"]),
        kernel=given(kernels.RBF(0.5)),
        group=thing(C3, groups.cyclic_group(4)),
        transform=given(None),
        prepare=given(None),
        missing=given(None),
        remedies=given(["averaging", "seeds"]),
        finer=given(()),
        ridge=number(1e-3),
        regression_up_to=integer(100, minimum=0),
    ),
}

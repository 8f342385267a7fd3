"""What would learn the symmetry."""

import numpy as np

from bad_calls.inputs import Right, fixed, gram, integer
from bad_calls.outcomes import call
from symtheory import learning

NOT_CALLED = {"learning.SpectralEmbedding"}

FEATURES = np.random.default_rng(0).normal(size=(6, 6))
VIEWS = np.repeat(np.eye(3), 2, axis=0) / 2

EXAMPLES = {
    "learning.spectral_embedding": call(
        lambda matrix, views, dimension: (
            learning.spectral_embedding(matrix, views, dimension).eigenvalues
        ),
        matrix=gram(FEATURES @ FEATURES.T),
        views=fixed(VIEWS).but(Right.EITHER, "one column fewer"),
        dimension=integer(2),
    ),
}

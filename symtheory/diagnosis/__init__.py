"""Your data, your network: will a pose be recognized that one class never showed?

Every class in turn is imagined to lack a pose that all others show. What a network of the given
kernel says of that pose follows from the spectral theory, without training: one factorization
serves all classes and all poses. Beside the verdicts stand what may mislead, and what would help.
"""

from symtheory.diagnosis.cautions import Cautions
from symtheory.diagnosis.diagnose import diagnose
from symtheory.diagnosis.diagnosis import Diagnosis

__all__ = ["Cautions", "Diagnosis", "diagnose"]

"""How any experiment runs: in parts, kept on disk, here or on a cluster. Knows no experiment."""

from symtheory.runs.checkpoints import ResumeWarning
from symtheory.runs.estimates import Estimate, estimate
from symtheory.runs.plan import Experiment, Implementation, Plan, Unit, described, makespan
from symtheory.runs.runner import Announce, Progress, run

__all__ = [
    "Announce",
    "Estimate",
    "Experiment",
    "Implementation",
    "Plan",
    "Progress",
    "ResumeWarning",
    "Unit",
    "described",
    "estimate",
    "makespan",
    "run",
]

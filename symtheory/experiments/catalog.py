"""Every experiment that can be run by name."""

from __future__ import annotations

from symtheory.experiments.averaged_networks.settings import AVERAGED_NETWORKS
from symtheory.experiments.convolution.settings import CONVOLUTION
from symtheory.experiments.depth.settings import DEPTH
from symtheory.experiments.diagnosis.settings import DIAGNOSIS
from symtheory.experiments.evidence.settings import EVIDENCE
from symtheory.experiments.experiment import Experiment
from symtheory.experiments.features.settings import FEATURES
from symtheory.experiments.linearization.settings import LINEARIZATION
from symtheory.experiments.longer_training.settings import LONGER_TRAINING
from symtheory.experiments.many_classes.settings import MANY_CLASSES
from symtheory.experiments.many_seeds.settings import MANY_SEEDS
from symtheory.experiments.operators.settings import OPERATORS
from symtheory.experiments.rotated_digits.settings import ROTATED_DIGITS
from symtheory.experiments.self_supervision.settings import SELF_SUPERVISION
from symtheory.experiments.shifts.settings import SHIFTS
from symtheory.experiments.trained_classes.settings import TRAINED_CLASSES
from symtheory.experiments.trained_mlp.settings import TRAINED_MLP
from symtheory.experiments.trained_pairs.settings import TRAINED_PAIRS
from symtheory.experiments.training_replay.settings import TRAINING_REPLAY
from symtheory.experiments.unseen_pose.settings import UNSEEN_POSE
from symtheory.experiments.verdicts_by_group.settings import VERDICTS_BY_GROUP
from symtheory.experiments.width_sweep.settings import WIDTH_SWEEP

__all__ = ["EXPERIMENTS"]

# In the order of the paper's figures.
EXPERIMENTS: dict[str, Experiment] = {
    one.name: one
    for one in (
        UNSEEN_POSE,
        ROTATED_DIGITS,
        DEPTH,
        CONVOLUTION,
        SHIFTS,
        MANY_SEEDS,
        MANY_CLASSES,
        TRAINED_CLASSES,
        TRAINED_MLP,
        TRAINED_PAIRS,
        WIDTH_SWEEP,
        TRAINING_REPLAY,
        LONGER_TRAINING,
        LINEARIZATION,
        EVIDENCE,
        AVERAGED_NETWORKS,
        SELF_SUPERVISION,
        OPERATORS,
        FEATURES,
        DIAGNOSIS,
        VERDICTS_BY_GROUP,
    )
}

"""Trained networks beside the infinitely wide one: what do they say of a missing pose, and when?"""

from symtheory.book.explorers.training_replay.state import Replay
from symtheory.book.explorers.training_replay.widget import TrainingReplayExplorer

__all__ = ["Replay", "TrainingReplayExplorer"]

"""Networks of finite width, and their training."""

from symtheory.networks.cnn import CNN
from symtheory.networks.mlp import MLP
from symtheory.networks.training import Training, train, train_ensemble
from symtheory.networks.vit import ViT

__all__ = ["CNN", "MLP", "Training", "ViT", "train", "train_ensemble"]

"""Networks of finite width, and their training."""

from symtheory.networks.cnn import CNN
from symtheory.networks.losses import cross_entropy, half_squared_error, squared_error
from symtheory.networks.mlp import MLP
from symtheory.networks.parametrization import Parametrization
from symtheory.networks.training import Training, train, train_ensemble
from symtheory.networks.vit import ViT

__all__ = [
    "CNN",
    "MLP",
    "Parametrization",
    "Training",
    "ViT",
    "cross_entropy",
    "half_squared_error",
    "squared_error",
    "train",
    "train_ensemble",
]

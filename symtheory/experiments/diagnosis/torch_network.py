"""The convolutional network of PyTorch, as one who uses PyTorch writes and trains it."""

from __future__ import annotations

from threading import Lock
from typing import Any

import numpy as np

from symtheory.empirical import from_torch
from symtheory.empirical.extras import import_extra
from symtheory.experiments.diagnosis.candidate import RATES, Network
from symtheory.experiments.shared.pose_task import CLASSES, Images

__all__ = ["build", "torch_network"]

_DRAWING = Lock()  # PyTorch's layers draw from one generator, and networks are made in threads


def build(seed: int) -> Any:
    """Two convolutions with max pooling and two linear layers, for images (n, 28, 28)."""
    torch = import_extra("torch")
    nn = torch.nn

    with _DRAWING:
        torch.manual_seed(seed)
        return nn.Sequential(
            nn.Unflatten(1, (1, 28)),
            nn.Conv2d(1, 4, 5),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(4, 8, 5),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(128, 32),
            nn.ReLU(),
            nn.Linear(32, CLASSES),
        )


def torch_network(seed: int) -> Network:
    """As `symtheory.experiments.diagnosis.networks.network` for "torch".

    Raises:
        ImportError: If PyTorch is not installed.
    """
    torch = import_extra("torch")
    nn = torch.nn

    start = seed

    def tangent_gram(items: np.ndarray) -> np.ndarray:
        return np.asarray(from_torch(build(start))(items))

    def shares_right(
        seen: Images, asked: Images, *, epochs: int, batch: int, seed: int
    ) -> tuple[float, float]:
        module = build(start)
        optimizer = torch.optim.Adam(module.parameters(), lr=RATES["torch"])
        images, labels = torch.tensor(seen.images), torch.tensor(seen.labels, dtype=torch.int64)
        order = torch.Generator().manual_seed(seed)
        for _ in range(epochs):
            for chosen in torch.randperm(len(labels), generator=order).split(batch):
                optimizer.zero_grad()
                nn.functional.cross_entropy(module(images[chosen]), labels[chosen]).backward()
                optimizer.step()
        with torch.no_grad():
            right = [
                module(torch.tensor(of.images)).argmax(dim=1).numpy() == of.labels
                for of in (seen, asked)
            ]
        return float(right[0].mean()), float(right[1].mean())

    return Network(tangent_gram, shares_right)

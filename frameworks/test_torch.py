"""Tangent kernels of PyTorch modules, against autograd: one item, output and parameter at a time."""

import numpy as np
import pytest
import torch
from torch import nn

from symtheory.empirical import from_torch
from symtheory.empirical import torch as ours


def convolutional(channels=3, outputs=4):
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Unflatten(1, (1, 8)),
        nn.Conv2d(1, channels, 3),
        nn.BatchNorm2d(channels),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(9 * channels, 5),
        nn.Tanh(),
        nn.Dropout(0.5),
        nn.Linear(5, outputs),
    ).eval()


class Shared(nn.Module):
    """Weights used twice, a scale of its own, an unused layer, and one output without an axis."""

    def __init__(self):
        """Draw it."""
        super().__init__()
        torch.manual_seed(1)
        self.inner = nn.Linear(6, 6, bias=False)
        self.tied = nn.Linear(6, 6, bias=False)
        self.tied.weight = self.inner.weight
        self.scale = nn.Parameter(torch.tensor(1.5))
        self.unused = nn.Linear(6, 2)
        self.last = nn.Linear(6, 1)

    def forward(self, x):
        """Three times the same matrix."""
        x = torch.tanh(self.inner(torch.tanh(self.inner(x))))
        return self.last(self.scale * torch.tanh(self.tied(x)))[:, 0]


class Tokens(nn.Module):
    """Attention, norms and layers that act on each of several tokens."""

    def __init__(self):
        """Draw it."""
        super().__init__()
        torch.manual_seed(2)
        self.embed = nn.Linear(3, 4)
        self.block = nn.TransformerEncoderLayer(4, 2, 8, batch_first=True, dropout=0.0)
        self.last = nn.Linear(4, 3)

    def forward(self, x):
        """The mean over tokens."""
        return self.last(self.block(self.embed(x)).mean(dim=1))


MODULES = {
    "convolutional": (convolutional, (8, 8)),
    "shared weights": (Shared, (6,)),
    "tokens": (Tokens, (4, 3)),
    "linear": (lambda: nn.Linear(6, 2), (6,)),
}


def entry_by_entry(module, items):
    """Each derivative of each output of each item, by autograd, in double precision."""
    double = module.double()
    parameters = [part for part in double.parameters() if part.requires_grad]
    rows = []
    for item in torch.tensor(items):
        outputs = double(item[None]).reshape(-1)
        row = [
            torch.autograd.grad(one, part, retain_graph=True, allow_unused=True)[0]
            for one in outputs
            for part in parameters
        ]
        zeros = parameters * len(outputs)
        row = [torch.zeros_like(p) if g is None else g for g, p in zip(row, zeros, strict=True)]
        rows.append(torch.cat([part.reshape(-1) for part in row]).numpy())
    return np.stack(rows), len(outputs)


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("gib", [1.0, 1e-7])  # all at once, and one item at a time
def test_the_kernel_is_that_of_autograd_item_by_item(name, gib, rng, monkeypatch):
    make, shape = MODULES[name]
    x, y = rng.normal(size=(5, *shape)), rng.normal(size=(3, *shape))
    kernel = from_torch(make())
    monkeypatch.setattr(ours, "MEMORY_GIB", gib)
    exact = make().double()
    (left, outputs), (right, _) = entry_by_entry(exact, x), entry_by_entry(exact, y)
    scale = np.abs(left @ left.T).max()
    for found, expected in ((kernel(x), left @ left.T), (kernel(x, y), left @ right.T)):
        assert found.dtype == np.float64
        np.testing.assert_allclose(found * outputs, expected, rtol=0, atol=1e-12 * scale)
    assert kernel(x[:0], y).shape == (0, 3) and kernel(x, y[:0]).shape == (5, 0)


def test_the_module_of_the_user_stays_as_it_is(rng):
    module = nn.Sequential(nn.Linear(4, 3), nn.Dropout(0.5), nn.Linear(3, 2))
    before = {name: value.clone() for name, value in module.state_dict().items()}
    kernel = from_torch(module)
    x = rng.normal(size=(3, 4))
    found = kernel(x)
    assert module.training and all(part.grad is None for part in module.parameters())
    for name, value in module.state_dict().items():
        assert value.dtype == torch.float32 and torch.equal(value, before[name])
    with torch.no_grad():
        module[0].weight.zero_()
    np.testing.assert_array_equal(found, kernel(x))


def test_frozen_parameters_are_as_they_are(rng):
    """With the last layer alone, the kernel is that of its features, and 1 for its bias."""
    module = convolutional(outputs=3)
    module[:-1].requires_grad_(False)
    x = rng.normal(size=(4, 8, 8))
    kernel = from_torch(module)(x)
    features = module[:-1].double()(torch.tensor(x)).numpy()
    np.testing.assert_allclose(kernel, features @ features.T + 1, rtol=1e-12)

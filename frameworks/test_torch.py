"""Tangent kernels of PyTorch modules, against autograd item by item, output by output."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn

from symtheory.empirical import from_features, from_torch
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
        nn.ReLU(inplace=True),
        nn.Dropout(0.5),
        nn.Linear(5, outputs),
    ).eval()


class Shared(nn.Module):
    """Weights used twice, layers that are called oddly or not at all, an output without an axis."""

    def __init__(self):
        """Draw it."""
        super().__init__()
        torch.manual_seed(1)
        self.inner = nn.Linear(6, 6, bias=False)
        self.tied = nn.Linear(6, 6, bias=False)
        self.tied.weight = self.inner.weight
        self.outside = nn.Linear(6, 6)
        self.scale = nn.Parameter(torch.tensor(1.5))
        self.unused = nn.Linear(6, 2)
        self.by_keyword = nn.Linear(6, 6)
        self.last = nn.Linear(6, 1)

    def forward(self, x):
        """Three times the same matrix, and one that is used beside its layer."""
        x = torch.tanh(self.inner(torch.tanh(self.inner(x))))
        x = torch.tanh(self.outside(x)) @ self.outside.weight
        x = self.by_keyword(input=x)
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


def with_a_weight_norm():
    torch.manual_seed(3)
    normed = nn.utils.parametrizations.weight_norm(nn.Linear(6, 4))
    return nn.Sequential(normed, nn.Tanh(), nn.Linear(4, 2))


# With the layers whose derivative by the weights is taken for an outer product.
MODULES = {
    "convolutional": (convolutional, (8, 8), {"6": (27, 5), "9": (5, 4)}),
    "shared weights": (Shared, (6,), {"last": (6, 1)}),
    "tokens": (Tokens, (4, 3), {"last": (4, 3)}),
    "weight norm": (with_a_weight_norm, (6,), {"2": (4, 2)}),
    "linear": (lambda: nn.Linear(6, 2), (6,), {"": (6, 2)}),
}


def entry_by_entry(module, items):
    """Each derivative of each output of each item, by autograd, in double precision."""
    double = module.double()
    parameters = [part for part in double.parameters() if part.requires_grad]
    rows = []
    for item in torch.tensor(items):
        row = []
        for output in double(item[None]).reshape(-1):
            slopes = torch.autograd.grad(output, parameters, retain_graph=True, allow_unused=True)
            row += [
                torch.zeros_like(part) if slope is None else slope
                for slope, part in zip(slopes, parameters, strict=True)
            ]
        rows.append(torch.cat([part.reshape(-1) for part in row]).numpy())
    return np.stack(rows), double(torch.tensor(items[:1])).numel()


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("gib", [1.0, 1e-7])  # all at once, and one item at a time
def test_the_kernel_is_that_of_autograd_item_by_item(name, gib, rng, monkeypatch):
    make, shape, _ = MODULES[name]
    x, y = rng.normal(size=(5, *shape)), rng.normal(size=(3, *shape))
    kernel = from_torch(make())
    monkeypatch.setattr(ours, "MEMORY_GIB", gib)
    exact = make()
    (left, outputs), (right, _) = entry_by_entry(exact, x), entry_by_entry(exact, y)
    scale = np.abs(left @ left.T).max()
    for found, expected in ((kernel(x), left @ left.T), (kernel(x, y), left @ right.T)):
        assert found.dtype == np.float64
        np.testing.assert_allclose(found * outputs, expected, rtol=0, atol=1e-12 * scale)
    assert kernel(x[:0], y).shape == (0, 3) and kernel(x, y[:0]).shape == (5, 0)


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("gib", [1.0, 1e-7])
def test_every_two_outputs_have_their_own_entry(name, gib, rng, monkeypatch):
    make, shape, _ = MODULES[name]
    x, y = rng.normal(size=(5, *shape)), rng.normal(size=(3, *shape))
    exact = from_torch(make(), outputs="exact")
    monkeypatch.setattr(ours, "MEMORY_GIB", gib)
    (left, outputs), (right, _) = (entry_by_entry(make(), some) for some in (x, y))
    left, right = (rows.reshape(len(rows) * outputs, -1) for rows in (left, right))
    scale = np.abs(left @ left.T).max()
    for found, expected in ((exact(x), left @ left.T), (exact(x, y), left @ right.T)):
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12 * scale)


@pytest.mark.parametrize("name", MODULES)
def test_dense_layers_are_those_that_use_their_weights_once_on_one_vector(name, rng):
    make, shape, dense = MODULES[name]
    items = torch.tensor(rng.normal(size=(4, *shape)))
    assert ours.dense_layers(make().double(), items) == dense


class TiedAutoencoder(nn.Module):
    """Whose decoder is its encoder's weights, transposed: nothing of it is left at zero."""

    def __init__(self):
        """Draw it."""
        super().__init__()
        torch.manual_seed(4)
        self.encoder = nn.Linear(6, 3, bias=False)

    def forward(self, x):
        """As many outputs as inputs."""
        return torch.tanh(self.encoder(x)) @ self.encoder.weight


class Gated(nn.Module):
    """Whose weights are used a second time, where an item is large."""

    def __init__(self):
        """Draw it."""
        super().__init__()
        torch.manual_seed(5)
        self.layer = nn.Linear(6, 3)

    def forward(self, x):
        """Three outputs."""
        return self.layer(x) + torch.relu(x[:, :1] - 2) * self.layer.weight.sum()


@pytest.mark.parametrize("make, first", [(TiedAutoencoder, 0.0), (Gated, -1.0)])
def test_a_second_use_that_the_first_items_do_not_show_is_seen(make, first, rng):
    items = np.concatenate([np.full((6, 6), first), 3 * rng.normal(size=(6, 6))])
    rows, outputs = entry_by_entry(make(), items)
    expected = rows @ rows.T / outputs
    scale = np.abs(expected).max()
    np.testing.assert_allclose(from_torch(make())(items), expected, rtol=0, atol=1e-12 * scale)


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
    encoder = module[:-1].double()
    features = from_features(lambda items: encoder(torch.tensor(items)))(x)
    np.testing.assert_allclose(kernel, np.asarray(features) + 1, rtol=1e-12)


def test_features_may_come_out_in_single_precision(rng):
    encoder = nn.Linear(4, 3)

    def f(items):
        with torch.no_grad():
            return encoder(torch.tensor(items, dtype=torch.float32))

    x = rng.normal(size=(5, 4))
    features = f(x).numpy().astype(float)
    np.testing.assert_allclose(from_features(f)(x), features @ features.T, rtol=1e-12)
    with pytest.raises(ValueError, match=r"Expected features .* requires grad.* Try"):
        from_features(lambda items: encoder(torch.tensor(items, dtype=torch.float32)))(x)


class Failing(nn.Module):
    """A layer, and what a function makes of its outputs."""

    def __init__(self, function):
        """Keep it."""
        super().__init__()
        self.layer, self.function = nn.Linear(4, 3), function

    def forward(self, x):
        """Apply it."""
        return self.function(self.layer(x))


def broken(outputs):
    raise KeyError("logits")


def normalized(**settings):
    return nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3, **settings))


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (nn.Linear, "a torch.nn.Module. Got type"),
        (np.tanh, "a torch.nn.Module. Got ufunc"),
        (nn.ReLU(), "a module with parameters that require gradients. Got none in ReLU"),
        (nn.Linear(4, 3).requires_grad_(False), "parameters that require gradients"),
        (normalized(), "takes each item by itself. Got a batch normalization, 1,"),
        (normalized(track_running_stats=False).eval(), "by itself. Got a batch normalization"),
        (nn.LazyLinear(3), "can be copied to double precision|parameters"),
    ],
)
def test_what_is_no_network_is_refused(module, message):
    with pytest.raises(ValueError, match=f"Expected .*({message}).* Try"):
        from_torch(module)


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (nn.Linear(5, 3), r"items that the module takes.* Got shape \(6, 4\): RuntimeError"),
        (Failing(broken), "items that the module takes.* KeyError: 'logits'"),
        (Failing(lambda x: (x, x)), r"outputs of shape \(n,\) or \(n, c\), a tensor. Got tuple"),
        (Failing(lambda x: x[:, None]), r"outputs of shape .* Got \(1, 1, 3\)"),
        (Failing(lambda x: x.sum()), r"outputs of shape .* Got \(\)"),
        (Failing(lambda x: x * torch.nan), "a module of finite outputs. Got NaN"),
        (Failing(lambda x: torch.log(0 * x)), "a module of finite outputs. Got NaN or infinity"),
        (Failing(lambda x: torch.sqrt(x - x)), "the kernel is finite. Got NaN"),
        (Failing(lambda x: x if x.sum().item() > 0 else -x), "items that the module takes"),
    ],
)
def test_a_module_that_fails_is_refused_in_the_same_form(module, message, rng):
    with pytest.raises(ValueError, match=f"Expected .*{message}.* Try"):
        from_torch(module)(rng.normal(size=(6, 4)))


def test_nothing_of_the_package_imports_a_library_before_its_network_is_there():
    program = (
        "import sys, symtheory; from symtheory import diagnose, empirical, cli; "
        "empirical.as_kernel(lambda x, y=None: x); assert not {'torch', 'flax'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)

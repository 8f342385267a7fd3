"""What is diagnosed of a network of PyTorch, beside one regression after the other."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from torch import nn

from symtheory import diagnose
from symtheory.actions import orbit, rotation_action
from symtheory.cli.app import cli
from symtheory.datasets import load_digits, normalize
from symtheory.empirical import from_torch

SEEDS, ORDER, CLASSES = 5, 4, 3
RIDGE = 1e-6

BUILDERS = """
import jax
import torch
from flax import linen, nnx

import symtheory.ntk
from symtheory.networks import MLP


def of_torch():
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, 3))


class Flat(nnx.Module):
    def __init__(self):
        self.layer = nnx.Linear(784, 3, rngs=nnx.Rngs(0))

    def __call__(self, x):
        return self.layer(x.reshape(len(x), -1))


class FlatLinen(linen.Module):
    @linen.compact
    def __call__(self, x):
        return linen.Dense(3)(x.reshape(len(x), -1))


def of_linen():
    module = FlatLinen()
    return module.bind(module.init(jax.random.key(0), jax.numpy.zeros((1, 28, 28))))


def of_equinox():
    return MLP(784, 3, key=jax.random.key(0))


def kernel():
    return symtheory.ntk.MLPKernel()


def nothing():
    return None


def unbound():
    return FlatLinen()


def flat_items():
    return torch.nn.Linear(784, 3)
"""


@pytest.fixture(scope="module")
def problem():
    """Digits in quarter turns, and a small convolutional network."""
    digits = load_digits()
    chosen = np.concatenate([np.flatnonzero(digits.labels == c)[:SEEDS] for c in (1, 4, 7)])
    action = rotation_action(ORDER, (28, 28))
    orbits = np.asarray(normalize(orbit(digits.images[chosen], action)))
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Unflatten(1, (1, 28)),
        nn.Conv2d(1, 4, 5, stride=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(144, CLASSES),
    )
    return orbits, digits.labels[chosen].tolist(), action.group, network


def jacobian(network, items):
    double = network.double()
    rows = []
    for item in torch.tensor(items):
        outputs = double(item[None])[0]
        slopes = [
            torch.autograd.grad(one, list(double.parameters()), retain_graph=True)
            for one in outputs
        ]
        rows.append(torch.cat([part.reshape(-1) for row in slopes for part in row]).numpy())
    return np.stack(rows)


def refit(matrix, ridge):
    """Right or wrong, and margins, of each class that lacks each pose, from a fit of its own."""
    members = np.repeat(np.arange(CLASSES), SEEDS * ORDER)
    poses = np.tile(np.arange(ORDER), CLASSES * SEEDS)
    columns = np.where(members[:, None] == np.arange(CLASSES), 1.0, -1.0)
    right, margin = np.zeros((2, CLASSES, ORDER))
    for c in range(CLASSES):
        for g in range(ORDER):
            out = (members == c) & (poses == g)
            kept = matrix[np.ix_(~out, ~out)] + ridge * np.eye((~out).sum())
            outputs = matrix[np.ix_(out, ~out)] @ np.linalg.solve(kept, columns[~out])
            right[c, g] = np.mean(outputs.argmax(axis=1) == c)
            others = np.delete(outputs, c, axis=1).max(axis=1)
            margin[c, g] = np.mean(outputs[:, c] - others)
    return right, margin


def test_the_diagnosis_of_a_torch_network_is_that_of_fitting_each_problem_anew(problem):
    orbits, labels, group, network = problem
    found = diagnose(orbits, labels, from_torch(network), group=group, ridge=RIDGE)
    rows = jacobian(network, orbits.reshape(-1, 28, 28))
    matrix = rows @ rows.T / CLASSES
    np.testing.assert_allclose(found.ridge, RIDGE * np.trace(matrix), rtol=1e-10)
    right, _ = refit(matrix, found.ridge)
    np.testing.assert_array_equal(found.regression, right)
    # Theory takes the matrix averaged over the group: K[(i, ag), (j, ah)], in the mean over a.
    turned = matrix.reshape(CLASSES * SEEDS, ORDER, CLASSES * SEEDS, ORDER)
    moved = [np.roll(turned, (-a, -a), axis=(1, 3)) for a in range(ORDER)]
    right, margin = refit(np.mean(moved, axis=0).reshape(matrix.shape), found.ridge)
    np.testing.assert_array_equal(found.accuracy, right)
    np.testing.assert_allclose(found.margin, margin, atol=1e-7)
    assert 0 < np.mean(right) < 1  # neither all right nor all wrong


@pytest.fixture
def builders(tmp_path, monkeypatch):
    """A module of one's own, in the folder that the command is run in."""
    (tmp_path / "own_networks.py").write_text(BUILDERS)
    monkeypatch.chdir(tmp_path)


def run(*networks):
    options = [word for name in networks for word in ("--network", f"own_networks:{name}")]
    return CliRunner().invoke(
        cli, ["diagnose", "digits", "--group", "rotations:4", "--seeds", "2", "--json", *options]
    )


def test_what_the_page_of_the_package_says_of_a_network_runs():
    text = (Path(__file__).parent.parent / "book/package.md").read_text("utf-8")
    (lines,) = re.findall(r"```python\n(from torch.*?)```", text, flags=re.DOTALL)
    names = {}
    exec(lines, names)  # the page's own
    images = normalize(load_digits().images[:3])
    gram = names["kernel"](images)
    assert gram.shape == (3, 3) and np.linalg.eigvalsh(gram).min() > 0


def test_a_network_stands_for_its_tangent_kernel(problem):
    orbits, labels, group, network = problem
    settings = {"group": group, "ridge": RIDGE}
    found = diagnose(orbits, labels, network, **settings)
    asked = diagnose(orbits, labels, from_torch(network), **settings)
    np.testing.assert_array_equal(found.margin, asked.margin)


def test_the_command_takes_networks_of_any_library(builders):
    names = ["of_torch", "Flat", "of_linen", "of_equinox", "kernel"]
    result = run(*names)
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    assert list(found) == [f"own_networks:{name}" for name in names]
    # Of a linear network the kernel is ⟨x, x'⟩ + 1, whatever its weights are.
    linear = [found[f"own_networks:{name}"]["margin"] for name in names[:3]]
    np.testing.assert_allclose(linear[0], linear[1], atol=1e-6)
    np.testing.assert_allclose(linear[0], linear[2], atol=1e-6)
    assert not np.allclose(linear[0], found["own_networks:kernel"]["margin"], atol=1e-2)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nothing", "Expected a network or a kernel from 'own_networks:nothing'.* Got None. Try"),
        ("unbound", 'Expected variables of a Linen module, a mapping with "params"'),
        ("missing", "a function in it that returns a network or a kernel"),
        ("flat_items", "Expected items that the module takes"),
    ],
)
def test_what_is_no_network_is_said(builders, name, message):
    result = run(name)
    assert result.exit_code != 0
    said = " ".join(f"{result.output} {result.exception}".replace("│", "").split())
    assert re.search(message, said), said

"""No public function answers a bad call in silence, or with an error that says nothing.

Every public function is called by the examples of `bad_calls.examples`, with one argument at a time
replaced by each odd input of its kind. A function without an example fails.
"""

import importlib
import pkgutil

import pytest
from bad_calls.examples import EXAMPLES, NOT_CALLED
from bad_calls.outcomes import fault
from lanes import slow

import symtheory

# Pages and commands: what they take comes from the book and from the command line.
OTHER_ROOMS = {"book", "cli", "experiments", "runs"}
# They compile a program for most of their odd inputs.
SLOW = {
    "diagnosis.diagnose",
    "empirical.EmpiricalNTK: call",
    "empirical.from_equinox: call",
    "learning.learn_average",
    "learning.log_evidence",
    "learning.log_evidence:held_out",
    "lie.albert_determinant",
    "lie.learn_generators",
    "networks.CNN",
    "networks.CNN: call",
    "networks.ViT",
    "networks.ViT: call",
    "networks.cross_entropy",
    "networks.half_squared_error",
    "networks.train",
    "networks.train_ensemble",
    "ntk.AttentionKernel: call",
    "ntk.CNNKernel: call",
    "ntk.GroupCNNKernel: call",
    "ntk.MLPKernel: call",
    "ntk.arc_cosine",
    "orbit_gram.orbit_gram",
    "regression.gradient_flow",
    "regression.held_out_prediction",
    "regression.leave_one_out_error",
    "regression.predict",
    "regression.predictive_variance",
    "spectral.circulant_spectral_error",
    "spectral.error_bound",
    "spectral.error_variance",
    "spectral.held_out_error",
}


def public_names() -> set[str]:
    """All functions and classes that a user may import, as module.name."""
    found = set()
    for module in pkgutil.iter_modules(symtheory.__path__):
        if module.name in OTHER_ROOMS or module.name.startswith("_"):
            continue
        room = importlib.import_module(f"symtheory.{module.name}")
        own = [
            name
            for name, value in vars(room).items()
            if getattr(value, "__module__", None) == room.__name__ and not name.startswith("_")
        ]
        names = getattr(room, "__all__", own)
        found |= {f"{module.name}.{name}" for name in names if callable(getattr(room, name))}
    return found


def test_every_public_function_has_an_example() -> None:
    called = {name.split(":")[0] for name in EXAMPLES}
    assert public_names() - NOT_CALLED == called
    assert set(EXAMPLES) >= SLOW
    assert sum(len(a.odd()) for e in EXAMPLES.values() for a in e.arguments.values()) > 1000


@pytest.mark.parametrize(
    "name", [slow(name) if name in SLOW else name for name in sorted(EXAMPLES)]
)
def test_bad_calls(name: str) -> None:
    example = EXAMPLES[name]
    faults = {
        f"{argument}={odd.label}": what
        for argument, table in example.arguments.items()
        for odd in table.odd()
        if (what := fault(example, argument, odd))
    }
    assert faults == {}

"""Layers of PyTorch whose derivative by the weights is an outer product."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

__all__ = ["dense_layers", "shifted"]


def dense_layers(module: Any, items: Any) -> dict[str, tuple[int, int]]:
    """The linear layers of a module that see one vector of each item, with inputs and outputs.

    The derivative of a network by the weights of such a layer is δ hᵀ, of what goes into it, h, and
    the derivatives δ by what comes out; a kernel needs ⟨h, h'⟩ ⟨δ, δ'⟩ alone. That holds if the
    weights are used there, once, and nowhere else: as the graph of some items has it, for a second
    use may add nothing there and much elsewhere.

    Args:
        module: In evaluation mode and double precision, so that no item depends on others.
        items: A few, of shape (n, *item).

    Raises:
        Exception: Whatever the module raises.
    """
    import torch

    known = {
        name: part
        for name, part in module.named_modules()
        if type(part) is torch.nn.Linear and part.weight.requires_grad
    }
    shifts = {
        name: torch.zeros(len(items), part.out_features, dtype=torch.float64, requires_grad=True)
        for name, part in known.items()
    }
    with torch.enable_grad(), shifted(module, shifts) as inputs:
        outputs = module(items)
        generator = torch.Generator().manual_seed(0)
        weighted = outputs * torch.randn(outputs.shape, generator=generator, dtype=torch.float64)
        places = [part.weight for part in known.values()] + list(shifts.values())
        uses = _uses(outputs)
        slopes = torch.autograd.grad(weighted.sum(), places, allow_unused=True)
    found = {}
    for (name, part), direct, delta in zip(
        known.items(), slopes[: len(known)], slopes[len(known) :], strict=True
    ):
        given = inputs.get(name)
        if given is not None and delta is not None and uses[part.weight] == 1:
            gap = (delta.T @ given - direct).abs().max()
            if gap <= 1e-9 * direct.abs().max():  # not where there is NaN
                found[name] = part.in_features, part.out_features
    return found


def _uses(outputs: Any) -> Counter[Any]:
    """How often each parameter is used on the way to outputs, by the graph that autograd has."""
    uses: Counter[Any] = Counter()
    ahead = [outputs.grad_fn]
    known = set(ahead)
    while ahead:
        for node, _ in ahead.pop().next_functions:
            if hasattr(node, "variable"):
                uses[node.variable] += 1
            elif node is not None and node not in known:
                known.add(node)
                ahead.append(node)
    return uses


@contextmanager
def shifted(module: Any, shifts: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Add shifts to what comes out of some layers, and keep what goes in, of shape (n, inputs).

    Of a layer that gets another shape, or a keyword, or is called again, nothing is kept.
    """
    inputs: dict[str, Any] = {}
    with ExitStack() as hooks:
        for name, shift in shifts.items():

            def hook(
                part: Any, arguments: Any, output: Any, name: str = name, shift: Any = shift
            ) -> Any:
                if not arguments or arguments[0].ndim != 2 or name in inputs:
                    inputs[name] = None
                    return None
                inputs[name] = arguments[0]
                return output + shift

            hooks.callback(module.get_submodule(name).register_forward_hook(hook).remove)
        yield inputs

"""The tangent kernel of a PyTorch module."""

from __future__ import annotations

import copy
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import ArrayLike

from symtheory._checks import as_real_values
from symtheory.empirical.blocks import block_size, products_of_blocks
from symtheory.empirical.extras import import_extra

if TYPE_CHECKING:
    from symtheory.kernels import Kernel

__all__ = ["MEMORY_GIB", "TorchNTK", "from_torch"]

MEMORY_GIB = 1.0  # what the Jacobians of one call may take
_CHUNK = 32  # items at once at most: their hidden layers are stored, too


def from_torch(module: Any) -> Kernel:
    """The tangent kernel of a PyTorch module, k(x, x') = (1/c) Σ_o ⟨∂f_o(x)/∂θ, ∂f_o(x')/∂θ⟩.

    The mean over its c outputs, as of `EmpiricalNTK`. θ are the parameters that require gradients;
    frozen ones are as they are. All is computed on a copy of the module, in double precision, in
    evaluation mode and on the host; the module itself is not touched, and what it learns later is
    not seen. Items are taken one by one, as batches of one, by `torch.func`. Jacobians of as many
    as fit in half a GiB are kept while those of the others pass by in blocks of the same size, so
    that no more than one GiB is filled, apart from the result and the hidden layers of 32 items.

    Args:
        module: Takes items of shape (n, *item) to outputs of shape (n,) or (n, c). Images of this
            package have no axis of channels in front: for one that expects it, try
            ``torch.nn.Sequential(torch.nn.Unflatten(1, (1, 28)), module)``.

    Returns:
        A kernel. It is computed in double precision; JAX without ``jax_enable_x64`` rounds it.

    Raises:
        ValueError: If it is no module, cannot be copied, has no parameter that requires gradients,
            or has a batch normalization that depends on the other items of a batch. When the kernel
            is called: if the module fails, or outputs are of another shape or not finite.
        ImportError: If PyTorch is not installed.
    """
    torch = import_extra("torch")
    if not isinstance(module, torch.nn.Module):
        raise ValueError(
            f"Expected a torch.nn.Module. Got {type(module).__name__}. "
            "Try an instance, such as torch.nn.Linear(784, 10)."
        )
    for name, part in module.named_modules():
        if _mixes_items(part):
            raise ValueError(
                "Expected a module that takes each item by itself. Got a batch normalization, "
                f"{name or type(part).__name__}, that depends on the others of a batch. "
                "Try module.eval(), with track_running_stats=True."
            )
    try:
        double = copy.deepcopy(module).to(device="cpu", dtype=torch.float64).eval()
    except (NotImplementedError, RuntimeError, TypeError, ValueError) as error:
        raise ValueError(
            "Expected a module that can be copied to double precision on the host. "
            f"Got {type(module).__name__}: {error}. Try one that has seen a batch of items."
        ) from error
    if not any(part.requires_grad and part.numel() for part in double.parameters()):
        raise ValueError(
            "Expected a module with parameters that require gradients. "
            f"Got none in {type(module).__name__}. Try empirical.features, for an encoder."
        )
    return TorchNTK(double)


@dataclass(frozen=True, eq=False)
class TorchNTK:
    """The tangent kernel of a module in double precision; see `from_torch`.

    Attributes:
        module: In evaluation mode, on the host.
    """

    module: Any

    def __call__(self, x: ArrayLike | Array, y: ArrayLike | Array | None = None) -> Array:
        """The kernel between x, of shape (n, *item), and y, of shape (n', *item): (n, n').

        Raises:
            ValueError: As `from_torch`.
        """
        import torch

        left = torch.tensor(as_real_values(x, "items"))
        right = left if y is None else torch.tensor(as_real_values(y, "items"))
        lengths = len(left), len(right)
        if 0 in lengths:
            return jnp.zeros(lengths)
        outputs = self._outputs(left)
        blocks = products_of_blocks(
            lambda output, some: self._gradients(output, left[some]),
            None if y is None else lambda output, some: self._gradients(output, right[some]),
            lengths,
            block_size(self._entries, MEMORY_GIB),
            outputs,
        )
        kernel = np.block([[block.numpy() for block in row] for row in blocks]) / outputs
        if not np.isfinite(kernel).all():
            raise ValueError(
                "Expected items and parameters of which the kernel is finite. "
                "Got NaN or infinity. Try normalizing them."
            )
        return jnp.asarray(kernel)

    def _trained(self) -> dict[str, Any]:
        parameters = self.module.named_parameters()
        return {name: part.detach() for name, part in parameters if part.requires_grad}

    @property
    def _entries(self) -> int:
        return sum(part.numel() for part in self._trained().values())

    def _outputs(self, items: Any) -> int:
        """How many outputs an item has."""
        import torch

        try:
            with torch.no_grad():
                outputs = self.module(items[:1])
        except Exception as error:
            raise _failure(items, error) from error
        got = tuple(outputs.shape) if isinstance(outputs, torch.Tensor) else type(outputs).__name__
        if got != (1,) and not (isinstance(got, tuple) and len(got) == 2 and got[0] == 1 <= got[1]):
            raise ValueError(
                "Expected outputs of shape (n,) or (n, c), a tensor. "
                f"Got {got} of one item, of shape {tuple(items.shape[1:])}. "
                "Try a module that returns no more, and ends in torch.nn.Flatten()."
            )
        return int(outputs.numel())

    def _gradients(self, output: int, items: Any) -> Any:
        """All derivatives of one output of each item, of shape (n, entries of θ)."""
        import torch
        from torch.func import functional_call, grad, vmap

        def of_item(parameters: dict[str, Any], item: Any) -> tuple[Any, Any]:
            outputs = functional_call(self.module, parameters, (item[None],)).reshape(-1)
            return outputs[output], outputs

        derivatives = vmap(grad(of_item, has_aux=True), in_dims=(None, 0))
        rows = torch.empty(len(items), self._entries, dtype=torch.float64)
        size = min(_CHUNK, block_size(self._entries, MEMORY_GIB / 4))
        for chunk, filled in zip(items.split(size), rows.split(size), strict=True):
            try:
                with warnings.catch_warnings():
                    # Of attention: the items are taken in turn there, which is all that is asked.
                    warnings.filterwarnings("ignore", message="There is a performance drop")
                    slopes, outputs = derivatives(self._trained(), chunk)
            except Exception as error:
                raise _failure(items, error) from error
            if not torch.isfinite(outputs).all():
                raise ValueError(
                    "Expected a module of finite outputs. Got NaN or infinity. "
                    "Try normalizing items, and looking for NaN among the parameters."
                )
            filled.copy_(
                torch.cat([part.reshape(len(chunk), -1) for part in slopes.values()], dim=1)
            )
        return rows


def _failure(items: Any, error: Exception) -> ValueError:
    """What is told of a module that fails."""
    return ValueError(
        "Expected items that the module takes, each as a batch of one. "
        f"Got shape {tuple(items.shape)}: {type(error).__name__}: {error} "
        "Try items of shape (n, *item); torch.nn.Sequential(torch.nn.Unflatten(1, (1, 28)), "
        "module) gives images an axis of channels."
    )


def _mixes_items(part: Any) -> bool:
    """Whether a part of a module is a batch normalization by the statistics of the batch."""
    import torch

    if not isinstance(part, torch.nn.modules.batchnorm._BatchNorm):
        return False
    return part.training or part.running_mean is None

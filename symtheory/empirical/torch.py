"""The tangent kernel of a PyTorch module."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import ArrayLike

from symtheory._checks import as_choice, as_real_values
from symtheory.empirical.blocks import OUTPUTS, block_size, per_item, products_of_blocks
from symtheory.empirical.extras import brief, import_extra
from symtheory.empirical.outer_products import dense_layers, shifted

if TYPE_CHECKING:
    from symtheory.kernels import Kernel

__all__ = ["MEMORY_GIB", "TorchNTK", "from_torch"]

MEMORY_GIB = 1.0  # what the Jacobians of one call may take
_CHUNK = 32  # items at once at most: their hidden layers are stored, too
_TRIED = 4  # items on which layers are tried


def from_torch(module: Any, *, outputs: Literal["trace", "exact"] = "trace") -> Kernel:
    """The tangent kernel of a PyTorch module, k(x, x') = (1/c) Σ_o ⟨∂f_o(x)/∂θ, ∂f_o(x')/∂θ⟩.

    The mean over its c outputs, as of `EmpiricalNTK`. θ are the parameters that require gradients;
    frozen ones are as they are. All is computed on a copy of the module, in double precision, in
    evaluation mode and on the host; the module itself is not touched, and what it learns later is
    not seen. Items are taken one by one, as batches of one, by ``torch.func``, one output after the
    other. Of linear layers that see one vector of each item, the derivative by the weights is an
    outer product that is never written out. As many derivatives as fit in 3/8 of a GiB are kept
    while those of the other items pass by in blocks of that size. So about one GiB is filled, or
    four times the derivatives of one item where that is more; apart from the result and the hidden
    layers of 32 items.

    Args:
        module: Takes items of shape (n, *item) to outputs of shape (n,) or (n, c). Images of this
            package have no axis of channels in front: for one that expects it, try
            ``torch.nn.Sequential(torch.nn.Unflatten(1, (1, 28)), module)``.
        outputs: As of `EmpiricalNTK`.

    Returns:
        A kernel. It is computed in double precision; JAX without ``jax_enable_x64`` rounds it.

    Raises:
        ValueError: If it is no module, cannot be copied, has no parameter that requires gradients,
            or has a batch normalization that depends on the other items of a batch. When the kernel
            is called: if the module fails, or outputs are of another shape or not finite.
        ImportError: If PyTorch is not installed.
    """
    as_choice(outputs, "outputs", OUTPUTS)
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
        trained = any(part.requires_grad and part.numel() for part in double.parameters())
    except (NotImplementedError, RuntimeError, TypeError, ValueError) as error:
        raise ValueError(
            "Expected a module that can be copied to double precision on the host. "
            f"Got {type(module).__name__}: {brief(error)} Try one that has seen a batch of items."
        ) from error
    if not trained:
        raise ValueError(
            "Expected a module with parameters that require gradients. "
            f"Got none in {type(module).__name__}. Try empirical.from_features, for an encoder."
        )
    return TorchNTK(double, outputs)


@dataclass(frozen=True, eq=False)
class TorchNTK:
    """The tangent kernel of a module in double precision; see `from_torch`.

    Attributes:
        module: In evaluation mode, on the host.
        outputs: As of `symtheory.empirical.EmpiricalNTK`.
    """

    module: Any
    outputs: Literal["trace", "exact"] = "trace"

    def __call__(self, x: ArrayLike | Array, y: ArrayLike | Array | None = None) -> Array:
        """The kernel between x, of shape (n, *item), and y, of shape (n', *item): (n, n').

        Raises:
            ValueError: As `from_torch`.
        """
        import torch

        left = torch.tensor(as_real_values(x, "items"))
        right = left if y is None else torch.tensor(as_real_values(y, "items"))
        if not len(left) or not len(right):
            return jnp.zeros((len(left), len(right)))
        outputs = self._outputs(left)
        jacobian = _Jacobian.of(self.module, left)
        each, terms = (outputs, 1) if self.outputs == "exact" else (1, outputs)

        def rows_of(items: Any) -> Callable[[int, slice], Any]:
            def rows(term: int, some: slice) -> Any:
                chosen = items[per_item(some, each)]
                found = [jacobian.rows(term + output, chosen) for output in range(each)]
                return found[0] if each == 1 else torch.stack(found, dim=1).flatten(0, 1)

            return rows

        blocks = products_of_blocks(
            rows_of(left),
            None if y is None else rows_of(right),
            (each * len(left), each * len(right)),
            # The rest is for what makes them.
            each * block_size(each * sum(jacobian.sizes), 0.75 * MEMORY_GIB),
            terms=terms,
            product=jacobian.product,
        )
        kernel = np.block([[block.numpy() for block in row] for row in blocks]) / terms
        if not np.isfinite(kernel).all():
            raise ValueError(
                "Expected items and parameters of which the kernel is finite. "
                "Got NaN or infinity. Try normalizing them."
            )
        return jnp.asarray(kernel)

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


@dataclass(frozen=True, eq=False)
class _Jacobian:
    """Derivatives by all parameters, in rows that the kernel is a product of.

    Attributes:
        module: What is differentiated.
        parameters: By name, those whose derivatives stand first in a row.
        dense: Inputs and outputs of the layers whose weights they are not: in a row stand what goes
            into such a layer and the derivatives by what comes out. See `dense_layers`.
    """

    module: Any
    parameters: dict[str, Any]
    dense: dict[str, tuple[int, int]]

    @classmethod
    def of(cls, module: Any, items: Any) -> _Jacobian:
        """See which layers are dense, on a few of the items.

        Raises:
            ValueError: If the module fails.
        """
        try:
            dense = dense_layers(module, items[:_TRIED])
        except Exception as error:
            raise _failure(items, error) from error
        weights = {f"{name}.weight".removeprefix(".") for name in dense}
        parameters = {
            name: part.detach()
            for name, part in module.named_parameters()
            if part.requires_grad and name not in weights
        }
        return cls(module, parameters, dense)

    @property
    def sizes(self) -> list[int]:
        """How many entries of a row are derivatives, and inputs and outputs of each layer."""
        first = sum(part.numel() for part in self.parameters.values())
        return [first, *(size for sizes in self.dense.values() for size in sizes)]

    def rows(self, output: int, items: Any) -> Any:
        """A row for each item, of one output, of shape (n, sum of sizes).

        Raises:
            ValueError: If the module fails, or outputs are not finite.
        """
        import torch
        from torch.func import functional_call, grad, vmap

        shifts = {
            name: torch.zeros(size, dtype=torch.float64) for name, (_, size) in self.dense.items()
        }

        def of_item(parameters: Any, shifts: Any, item: Any) -> tuple[Any, Any]:
            with shifted(self.module, shifts) as inputs:
                outputs = functional_call(self.module, parameters, (item[None],)).reshape(-1)
            return outputs[output], (outputs, inputs)

        derivatives = vmap(grad(of_item, argnums=(0, 1), has_aux=True), in_dims=(None, None, 0))
        found = torch.empty(len(items), sum(self.sizes), dtype=torch.float64)
        size = min(_CHUNK, block_size(found.shape[1], MEMORY_GIB / 4))
        for chunk, filled in zip(items.split(size), found.split(size), strict=True):
            filled.copy_(self._chunk(derivatives, shifts, chunk))
        return found

    def _chunk(self, derivatives: Callable[..., Any], shifts: dict[str, Any], items: Any) -> Any:
        """Rows of as many items as are taken at once."""
        import torch

        try:
            # Without graphs of autograd's own.
            with torch.no_grad(), warnings.catch_warnings():
                # Of attention: the items are taken in turn there, which is all that is asked.
                warnings.filterwarnings("ignore", message="There is a performance drop")
                (slopes, deltas), (outputs, inputs) = derivatives(self.parameters, shifts, items)
        except Exception as error:
            raise _failure(items, error) from error
        if not torch.isfinite(outputs).all():
            raise ValueError(
                "Expected a module of finite outputs. Got NaN or infinity. "
                "Try normalizing items, and looking for NaN among the parameters."
            )
        parts = [slopes[name] for name in self.parameters]
        parts += [part for name in self.dense for part in (inputs[name], deltas[name])]
        return torch.cat([part.reshape(len(items), -1) for part in parts], dim=1)

    def product(self, rows: Any, others: Any) -> Any:
        """All inner products of the derivatives that two arrays of rows stand for."""
        left, right = (some.split(self.sizes, dim=1) for some in (rows, others))
        total = left[0] @ right[0].T
        for place in range(1, len(left), 2):
            of_inputs, of_outputs = (left[k] @ right[k].T for k in (place, place + 1))
            total += of_inputs * of_outputs
        return total


def _failure(items: Any, error: Exception) -> ValueError:
    """What is told of a module that fails."""
    return ValueError(
        "Expected items that the module takes, each as a batch of one. "
        f"Got shape {tuple(items.shape)}: {brief(error)} "
        "Try items of shape (n, *item); torch.nn.Sequential(torch.nn.Unflatten(1, (1, 28)), "
        "module) gives images an axis of channels."
    )


def _mixes_items(part: Any) -> bool:
    """Whether a part of a module is a batch normalization by the statistics of the batch."""
    import torch

    if not isinstance(part, torch.nn.modules.batchnorm._BatchNorm):
        return False
    return part.training or part.running_mean is None

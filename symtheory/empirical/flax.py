"""The tangent kernel of a Flax module, of Linen or of NNX."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import equinox as eqx
import jax
from jax import Array

from symtheory.empirical.extras import import_extra
from symtheory.empirical.function import EmpiricalNTK

__all__ = ["from_flax"]


def from_flax(
    module: Any,
    variables: Mapping[str, Any] | None = None,
    *,
    outputs: Literal["trace", "exact"] = "trace",
) -> EmpiricalNTK:
    """The tangent kernel of a Flax module, of Linen with its variables or of NNX.

    It is computed in the precision of the items, if that is higher than that of the parameters,
    unless the module has a ``dtype`` of its own. A copy of an NNX module is put into evaluation
    mode; one of Linen has to be made for it, as by ``deterministic=True``.

    Args:
        module: Takes items of shape (n, *item) to outputs of shape (n,) or (n, c).
        variables: Of a Linen module, what its ``init`` returned or training made of it: a mapping
            with "params", by which derivatives are taken, and maybe other collections, such as
            "batch_stats", that stay as they are. None for one that is bound to its variables.
        outputs: As of `EmpiricalNTK`.

    Raises:
        ValueError: If it is no module, has no parameters of floats, or has a batch normalization
            that depends on the other items of a batch.
        ImportError: If Flax is not installed.
    """
    import_extra("flax")
    from flax import linen, nnx

    if isinstance(module, nnx.Module) and variables is None:
        return _kernel(*_of_nnx(module), outputs)
    if isinstance(module, linen.Module):
        if variables is None and module.scope is not None:
            module, variables = module.unbind()
        if isinstance(variables, Mapping) and "params" in variables:
            others = {name: part for name, part in variables.items() if name != "params"}
            return _kernel(_Linen(module, others), variables["params"], outputs)
        got = "none" if variables is None else f"{type(variables).__name__} without it"
        raise ValueError(
            'Expected variables of a Linen module, a mapping with "params". '
            f"Got {got}. Try variables = module.init(key, items)."
        )
    also = "" if variables is None else " and variables"
    raise ValueError(
        "Expected a module of flax.nnx, or one of flax.linen and its variables. "
        f"Got {type(module).__name__}{also}. Try from_flax(module, module.init(key, items))."
    )


def _kernel(
    apply: Callable[[Any, Array], Array], parameters: Any, outputs: Literal["trace", "exact"]
) -> EmpiricalNTK:
    if not any(leaf.size for leaf in jax.tree.leaves(parameters)):
        raise ValueError(
            "Expected a module with parameters. Got none. Try empirical.from_features."
        )
    return EmpiricalNTK(apply, parameters, outputs)


class _Linen(eqx.Module):
    """A Linen module and all of its variables but the parameters."""

    module: Any = eqx.field(static=True)
    others: Any

    def __call__(self, parameters: Any, items: Array) -> Array:
        outputs: Array = self.module.apply({"params": parameters, **self.others}, items)
        return outputs


class _NNX(eqx.Module):
    """An NNX module without its parameters."""

    definition: Any = eqx.field(static=True)
    others: Any

    def __call__(self, parameters: Any, items: Array) -> Array:
        from flax import nnx

        outputs: Array = nnx.merge(self.definition, parameters, self.others)(items)
        return outputs


def _of_nnx(module: Any) -> tuple[_NNX, Any]:
    from flax import nnx

    for _, part in nnx.iter_modules(module):
        if isinstance(part, nnx.BatchNorm) and not part.use_running_average:
            raise ValueError(
                "Expected a module that takes each item by itself. Got a batch normalization that "
                "depends on the others of a batch. Try module.eval()."
            )
    copied = nnx.clone(module)
    copied.eval()
    definition, parameters, others = nnx.split(copied, nnx.Param, ...)
    return _NNX(definition, others), parameters

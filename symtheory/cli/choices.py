"""What is typed for networks, classes and poses, and what it stands for."""

from __future__ import annotations

import ast
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from symtheory.kernels import Kernel

__all__ = ["as_kernel", "as_missing", "chosen_seeds", "settings_of"]


def chosen_seeds(labels: np.ndarray, count: int, seed: int) -> np.ndarray:
    """So many images of each class, drawn; all of a class that has fewer."""
    import numpy as np

    unequal = np.count_nonzero(labels != labels)
    if unequal:
        raise click.ClickException(
            f"Expected labels that are values. Got NaN as {unequal} of {len(labels)}. "
            "Try leaving those items out."
        )
    rng = np.random.default_rng(seed)
    drawn = [rng.permutation(np.flatnonzero(labels == one))[:count] for one in np.unique(labels)]
    return np.sort(np.concatenate(drawn))


def as_missing(texts: Sequence[str], labels: np.ndarray) -> dict[Any, list[int]]:
    """Poses by label, as 3:0,4. Labels are compared as they are written."""
    known = {str(label): label for label in set(labels.tolist())}
    found: dict[Any, list[int]] = {}
    for text in texts:
        label, _, poses = text.rpartition(":")
        numbers = poses.split(",")
        if label not in known or not all(number.isdecimal() for number in numbers):
            raise click.UsageError(
                f"Expected --missing as a class and its poses. Got {text!r}. "
                f"Try {min(known)}:0, of the classes {', '.join(sorted(known)[:10])}."
            )
        found.setdefault(known[label], []).extend(map(int, numbers))
    return found


def as_kernel(text: str) -> Kernel:
    """A kernel, as mlp:depth=3, or that of what a function of one's own returns.

    As module:function; it returns a network of PyTorch, Flax or Equinox, or a kernel.
    """
    from symtheory import kernels, ntk

    known = {
        "mlp": ntk.MLPKernel,
        "cnn": ntk.CNNKernel,
        "rbf": kernels.RBF,
        "linear": kernels.Linear,
    }
    name, _, rest = text.partition(":")
    if name in known:
        settings = settings_of(text, rest)
        try:
            return known[name](**settings)
        except TypeError as error:
            raise click.UsageError(
                f"Expected settings of {name}. Got {rest!r}: {error}. Try {name} alone."
            ) from error
    if not rest:
        raise click.UsageError(
            f"Expected --network as {', '.join(known)}, or as module:function. Got {text!r}. "
            "Try mlp:depth=3."
        )
    from symtheory import empirical

    sys.path.insert(0, "")
    try:
        build = getattr(import_module(name), rest)
        network = build()
    except (ImportError, AttributeError) as error:
        raise click.UsageError(
            "Expected a module and a function in it that returns a network or a kernel. "
            f"Got {text!r}: {error}. Try mlp:depth=3, or a module in this folder."
        ) from error
    except Exception as error:
        raise click.ClickException(
            f"Expected {text} to return a kernel. Got {type(error).__name__}: {error}. "
            f"Try it in Python: from {name} import {rest}; {rest}()."
        ) from error
    finally:
        sys.path.remove("")
    try:
        return empirical.as_kernel(network)
    except ValueError as error:
        raise click.UsageError(f"Expected a network or a kernel from {text!r}. {error}") from error


def settings_of(text: str, rest: str) -> dict[str, Any]:
    """depth=3,kind='nngp' as a dict. Words need no quotes."""
    settings: dict[str, Any] = {}
    for part in filter(None, rest.split(",")):
        key, equals, value = part.partition("=")
        if not equals or not key.isidentifier():
            raise click.UsageError(
                f"Expected settings as name=value, separated by commas. Got {part!r} in {text!r}. "
                "Try mlp:depth=3."
            )
        try:
            settings[key] = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            settings[key] = value
    return settings

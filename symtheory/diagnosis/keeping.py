"""A diagnosis as a record: named arrays, and the rest as JSON. Nothing is pickled."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from symtheory.diagnosis.cautions import Cautions
from symtheory.diagnosis.findings import Findings
from symtheory.groups import FiniteGroup
from symtheory.records import Record, RecordError

__all__ = ["as_record", "from_record"]

_NAME = "diagnosis"
_MAPPINGS = "remedies", "finer", "fewer"  # of arrays
_PLAIN = "defect", "ill_conditioned", "ridge"  # numbers


def as_record(found: Findings) -> Record:
    """The record.

    Raises:
        ValueError: If a label is no number or word, nor made of such.
    """
    arrays: dict[str, np.ndarray] = {"table": found.group.table}
    for one in fields(found):
        value = getattr(found, one.name)
        if isinstance(value, np.ndarray):
            arrays[one.name] = value
    for name in _MAPPINGS:
        for place, value in enumerate(getattr(found, name).values()):
            arrays[f"{name}/{place}"] = value
    for one in fields(found.cautions):
        value = getattr(found.cautions, one.name)
        if value is not None:
            arrays[f"cautions/{one.name}"] = np.asarray(value)
    parameters = {
        "classes": [_written(label) for label in found.classes],
        "group": found.group.name,
        "elements": list(found.group.labels),
        **{name: list(getattr(found, name)) for name in _MAPPINGS},
        **{name: getattr(found, name) for name in _PLAIN},
    }
    return Record(_NAME, parameters, arrays, dict(found.provenance))


def from_record(record: Record) -> dict[str, Any]:
    """What `Findings` are made of.

    Raises:
        RecordError: If it is a record of something else.
    """
    if record.name != _NAME:
        raise RecordError(
            f"Expected the record of a diagnosis. Got one of {record.name}. "
            "Try a file that Diagnosis.save wrote."
        )
    parameters, data = record.parameters, record.data
    try:
        group = FiniteGroup.from_table(parameters["group"], data["table"], parameters["elements"])
        found: dict[str, Any] = {
            "classes": tuple(_read(label) for label in parameters["classes"]),
            "group": group,
            "certain": None,
            "regression": None,
            "provenance": record.provenance,
            **{name: parameters[name] for name in _PLAIN},
        }
        for name in _MAPPINGS:
            found[name] = {
                key: data[f"{name}/{place}"] for place, key in enumerate(parameters[name])
            }
        unknown = {"action_defect": None, "interpolated": None}
        known = {
            one.name: _scalar(data[f"cautions/{one.name}"])
            for one in fields(Cautions)
            if f"cautions/{one.name}" in data
        }
        found["cautions"] = Cautions(**{**unknown, **known})
        found |= {one.name: data[one.name] for one in fields(Findings) if one.name in data}
        missing = {one.name for one in fields(Findings)} - set(found)
        if missing:
            raise KeyError(*sorted(missing))
    except (KeyError, TypeError, ValueError) as error:
        raise RecordError(
            f"Expected the record of a diagnosis, whole. Got one in which {error} is wrong or "
            "missing. Try making the diagnosis again."
        ) from error
    return found


def _scalar(value: np.ndarray) -> Any:
    return value if value.ndim else value.item()


def _written(label: Hashable) -> Any:
    """A label as JSON: a tuple as a list in an object, so that it is read as one."""
    if isinstance(label, tuple):
        return {"tuple": [_written(one) for one in label]}
    if label is None or isinstance(label, bool | int | float | str):
        return label
    raise ValueError(
        f"Expected labels that are numbers, words or tuples of them, to write them to a file. Got "
        f"{label!r}. Try str(label), before the diagnosis."
    )


def _read(written: Any) -> Hashable:
    if isinstance(written, Mapping):
        return tuple(_read(one) for one in written["tuple"])
    return written

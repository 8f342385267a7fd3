"""Results that are kept, with the parameters and the provenance that made them."""

from symtheory.records.base import (
    Description,
    Record,
    RecordError,
    describe,
    load,
    require_writable,
    save,
)
from symtheory.records.provenance import (
    available_cores,
    collect_provenance,
    package_versions,
    source_hash,
)
from symtheory.records.published import published

__all__ = [
    "Description",
    "Record",
    "RecordError",
    "available_cores",
    "collect_provenance",
    "describe",
    "load",
    "package_versions",
    "published",
    "require_writable",
    "save",
    "source_hash",
]

"""Records of results."""

import tempfile
from pathlib import Path

import numpy as np

from bad_calls.inputs import Right, choice, given, thing
from bad_calls.outcomes import call
from symtheory import records

NOT_CALLED = {"records.RecordError", "records.Record", "records.Description"}

FOLDER = Path(tempfile.mkdtemp(prefix="symtheory-bad-calls-"))
RECORD = records.Record("example", {"n": 1}, {"x": np.arange(3.0)})
EXAMPLES = {
    "records.collect_provenance": call(
        records.collect_provenance,
        command=given("symtheory"),
        seed=given(0),
        dataset=given("digits"),
        dataset_hash=given("0" * 64),
        seconds=given(1.0),
    ),
    "records.available_cores": call(records.available_cores),
    "records.describe": call(records.describe, path=thing(FOLDER / "a.npz")),
    "records.load": call(records.load, path=thing(records.save(RECORD, FOLDER / "a.npz"))),
    "records.package_versions": call(lambda: records.package_versions() and None),
    "records.published": call(records.published, name=choice("depth-mnist")),
    "records.require_writable": call(
        records.require_writable, path=thing(FOLDER / "b.npz").but(Right.EITHER, "text")
    ),
    "records.source_hash": call(records.source_hash),
    "records.save": call(records.save, record=thing(RECORD), path=thing(FOLDER / "c.npz")),
}

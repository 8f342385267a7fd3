"""One call that works, or a few, of every public function."""

from bad_calls.examples import (
    algebra,
    data,
    diagnosis,
    embedding,
    evidence,
    features,
    kernels,
    lie,
    networks,
    operators,
    records,
    theory,
)

ROOMS = (
    algebra,
    data,
    diagnosis,
    embedding,
    evidence,
    features,
    kernels,
    lie,
    networks,
    operators,
    records,
    theory,
)
EXAMPLES = {name: example for room in ROOMS for name, example in room.EXAMPLES.items()}
# Public names that are no functions, or that only hold results.
NOT_CALLED = {name for room in ROOMS for name in getattr(room, "NOT_CALLED", ())}

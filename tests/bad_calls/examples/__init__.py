"""One call that works, or a few, of every public function."""

from bad_calls.examples import (
    algebra,
    data,
    diagnosis,
    kernels,
    learning,
    lie,
    networks,
    records,
    theory,
)

EXAMPLES = {
    name: example
    for room in (algebra, data, diagnosis, kernels, learning, lie, networks, records, theory)
    for name, example in room.EXAMPLES.items()
}
# Public names that are no functions, or that only hold results.
NOT_CALLED = {
    name
    for room in (data, diagnosis, kernels, learning, lie, networks, records, theory)
    for name in room.NOT_CALLED
}

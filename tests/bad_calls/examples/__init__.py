"""One call that works, or a few, of every public function; a file a room, or a part of it."""

from importlib import import_module
from pkgutil import iter_modules

_ROOMS = [import_module(f"{__name__}.{room.name}") for room in iter_modules(__path__)]
EXAMPLES = {name: example for room in _ROOMS for name, example in room.EXAMPLES.items()}
# Public names that are no functions, or that only hold results.
NOT_CALLED = {name for room in _ROOMS for name in getattr(room, "NOT_CALLED", ())}

"""All classes, one against the rest, and a pose that one class lacks."""

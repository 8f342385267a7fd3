"""Many seeds of each class, and a pose that one class lacks."""

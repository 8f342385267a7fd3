"""Trained networks of all classes, and a pose that one class lacks."""

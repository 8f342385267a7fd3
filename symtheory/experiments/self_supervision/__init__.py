"""Pairs of images without labels, and a pose that one class lacks."""

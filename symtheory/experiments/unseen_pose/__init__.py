"""Trained networks, and a digit that they have never seen upright."""

"""Deeper networks, and a rotation that is missing."""

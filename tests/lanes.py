"""Slow values among those that a test is given."""

import pytest


def slow(value):
    """A value, or a tuple of one for each argument, with which a test is slow."""
    values = value if type(value) is tuple else (value,)
    return pytest.param(*values, marks=pytest.mark.slow)

"""The toy model: two circles of points."""

"""Convolution, two readouts, and a shift that is missing."""

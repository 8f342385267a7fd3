"""Convolution, two readouts, and a rotation that is missing."""

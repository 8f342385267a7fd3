"""Other networks trained on pairs of rotated digits, beside kernels."""

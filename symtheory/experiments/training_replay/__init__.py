"""Trained networks beside the infinitely wide one, epoch by epoch."""

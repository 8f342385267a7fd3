"""Trained networks beside their linearizations and the theory."""

"""Networks averaged as the evidence says, and a pose that one class lacks."""

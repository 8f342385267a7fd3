"""The experiments behind the figures, one module each, as functions of their parameters."""

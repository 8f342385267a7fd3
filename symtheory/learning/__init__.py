"""What would learn the symmetry: procedures beyond supervised kernel regression, on orbits."""

__all__: list[str] = []

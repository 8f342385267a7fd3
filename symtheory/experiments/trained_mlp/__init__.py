"""The theory against trained networks on rotated digits."""

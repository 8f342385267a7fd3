"""The theory against kernel regression on rotated digits."""

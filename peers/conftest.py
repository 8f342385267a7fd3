"""Settings that every comparison shares."""

import jax

jax.config.update("jax_enable_x64", True)

"""AWS on a laptop: a patched moto server, the deployed stack, and simulations on it."""

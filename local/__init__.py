"""AWS on a laptop: moto as a server with its patches, the deployed topology, and simulations on it."""

"""Makes the generated files out of the trigger registry, at build time: ``python -m builder``, ``--check``."""

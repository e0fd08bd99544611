"""Generates files from the trigger registry at build time: ``python -m builder``, ``--check``."""

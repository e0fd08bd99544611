"""Writes the files of a new trigger type, with places to fill in: ``python -m builder --new-type NAME``."""

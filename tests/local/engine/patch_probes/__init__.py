"""Probes: each function returns True if the engine behaves as one patch makes it behave."""

"""Reads the entries of a configuration for the checks: its lists of triggers, and the paths that they read."""

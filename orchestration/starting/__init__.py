"""Starts executions once, finds duplicates and reads outcomes."""

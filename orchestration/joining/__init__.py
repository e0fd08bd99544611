"""Joins: records the arrivals of several jobs under a key, and decides."""

"""Measurements: run by hand, quoted with their command, never part of the tests."""

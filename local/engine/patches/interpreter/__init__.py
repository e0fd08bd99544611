"""Patches of the interpreter of state machines."""

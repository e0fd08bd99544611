"""Probes: each asks the engine for what one patch is there for, and says whether it got it."""

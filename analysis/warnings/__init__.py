"""Warnings of a configuration: entries that the router accepts, and that are probably mistakes."""

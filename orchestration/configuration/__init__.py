"""Loads the configuration, and reads its workflows, joins and triggers."""

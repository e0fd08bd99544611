"""Starts again what failed: replays, and events of the dead-letter stores."""

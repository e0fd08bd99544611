"""Known shapes of events, and the paths of a configuration that none of them has."""

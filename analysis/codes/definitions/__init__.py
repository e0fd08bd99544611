"""Every code, by the part of a configuration that it is about."""

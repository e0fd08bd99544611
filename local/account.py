"""The account that the engine plays."""

ACCOUNT = "123456789012"
"""moto's default account."""

DEFAULT_REGION = "us-west-1"
"""Where a configuration names no region; the specification's examples are there."""

PREFIX = "local"
"""What the names of the local stack begin with."""

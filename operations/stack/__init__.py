"""The deployed stack: router, configuration, code bucket, topics and role policies."""

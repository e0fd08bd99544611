"""Reads and repairs a deployed stack through AWS APIs; the same on AWS and on the local stack."""

"""Publishes job events: reads their fields from options, checks them first, and follows them to their outcomes."""

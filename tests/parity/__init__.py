"""Compares the router of two revisions on random pairs of an event and a configuration.

``scenarios.py`` makes the pairs, and each pair is a scenario of a few deliveries. ``driver.py`` plays scenarios in a tree of
one revision, on a fake of AWS below botocore. ``comparison.py`` compares what two drivers print. ``features.py`` counts the
features that the pairs had.
"""

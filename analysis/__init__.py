"""Reasons about a configuration offline, with the router's own code. Pure functions; nothing here calls AWS.

The modules::

    event_files.py     events from files, folders and JSON Lines
    event_plan.py      what one event would start under a configuration
    differences.py     how two plans of one event differ
"""

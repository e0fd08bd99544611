"""Codes of the problems of a configuration: the definitions behind ``validate`` and its page."""

"""Starts failed triggers of an earlier event again: the ledger of names, and decisions."""

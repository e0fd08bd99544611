"""Reads executions: lists, timelines, calls, outcomes and the router's log."""

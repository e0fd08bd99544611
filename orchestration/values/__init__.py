"""Meaning of values: strict JSON, templates, placeholders, conditions and DAG conf."""

"""Draws pictures: a layered layout, and the parts of an SVG document."""

"""Which job starts which targets: lineage, cycles and pictures of them."""

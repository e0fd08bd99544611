"""One job event: its delivery, its kind and its identity."""

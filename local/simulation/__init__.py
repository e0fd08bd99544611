"""Events played on the local stack: targets, cascades, test cases and the demo."""

"""Plans of events, differences between plans, and test cases."""
